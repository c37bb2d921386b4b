internal import Planning
internal import Timeline

/// The coverage of a table, folded into the cells of a calendar: what both heat maps draw.
struct CoverageCalendar: Sendable {
  let fold: Fold
  /// In order of time, without gaps; the first and the last may lie partly outside of the declared range.
  private(set) var cells: [Cell]
  /// The declared range.
  let declared: TimeRange

  /// What a cell stands for, and with it what rows and columns do.
  enum Fold: Sendable {
    /// A row a day, a column an hour.
    case hours
    /// A row a weekday, a column a week.
    case days
    /// A row a year, a column seven days.
    case weeks
    /// A row a year, a column a month.
    case months
  }

  struct Cell: Sendable {
    var range: TimeRange
    var row: Int
    var column: Int
    /// Rows of the slices within it; of a slice that several cells share, by their parts of its time.
    var rows = 0
    /// Stored bytes, likewise.
    var bytes = 0
    /// Missing time; none of it lies outside of the window.
    var missing = Timespan.zero
    fileprivate var states: Set<Coverage.State> = []
    fileprivate var isUnsettled = false
  }

  /// What a cell shows, the most urgent first where it could be several.
  enum Mark: Hashable, Sendable {
    case missing, partlyMissing
    /// From 1, the fewest rows, up to the number of levels.
    case rows(level: Int)
    case unproven, unavailable, expired, empty, unsettled
  }
}

// MARK: - Folding

extension CoverageCalendar {
  init(_ coverage: Coverage, fold: Fold) {
    self.fold = fold
    declared = coverage.declared
    cells = Self.cells(of: coverage.declared, fold)
    for piece in coverage.pieces {
      spread(piece.range) { cell, share in
        cell.rows += share.part(of: piece.rows)
        cell.bytes += share.part(of: piece.bytes)
        cell.states.insert(piece.state)
      }
    }
    for range in coverage.missing.ranges {
      spread(range) { cell, _ in cell.missing = cell.missing + cell.range.intersection(range).length }
    }
    for range in coverage.unsettled.ranges { spread(range) { cell, _ in cell.isUnsettled = true } }
  }

  /// What a cell has of a range's time: from one fraction of it to another.
  private struct Share {
    var start: Double
    var end: Double

    init(of part: TimeRange, in whole: TimeRange) {
      start = (part.start - whole.start).seconds / whole.length.seconds
      end = (part.end - whole.start).seconds / whole.length.seconds
    }

    /// Its part of a figure of the whole; those of all shares add up to it.
    func part(of value: Int) -> Int {
      Int((Double(value) * end).rounded()) - Int((Double(value) * start).rounded())
    }
  }

  /// Calls `body` with each cell that shares time with a range, and the share of the range's time that it has.
  private mutating func spread(_ range: TimeRange, _ body: (inout Cell, Share) -> Void) {
    var (low, high) = (0, cells.count)
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].range.end <= range.start { low = middle + 1 } else { high = middle }
    }
    while low < cells.count, cells[low].range.start < range.end {
      let common = cells[low].range.intersection(range)
      body(&cells[low], Share(of: common, in: range))
      low += 1
    }
  }

  private static func cells(of range: TimeRange, _ fold: Fold) -> [Cell] {
    if range.isEmpty { return [] }
    let firstDay = midnight(range.start)
    let firstYear = CivilDate(range.start).year
    var cells: [Cell] = []
    var start = self.start(of: range.start, fold)
    while start < range.end {
      let end = self.end(of: start, fold)
      let date = CivilDate(start)
      let place: (row: Int, column: Int) =
        switch fold {
        case .hours: (days(from: firstDay, to: start), date.hour)
        case .days: (start.weekday, (days(from: firstDay, to: start) + firstDay.weekday) / 7)
        case .weeks: (date.year - firstYear, days(from: newYear(date.year), to: start) / 7)
        case .months: (date.year - firstYear, date.month - 1)
        }
      cells.append(Cell(range: TimeRange(start, end), row: place.row, column: place.column))
      start = end
    }
    return cells
  }

  private static func start(of tick: Tick, _ fold: Fold) -> Tick {
    let date = CivilDate(tick)
    switch fold {
    case .hours: return SliceGrid.hourly.floor(tick)
    case .days: return midnight(tick)
    case .weeks:
      let first = newYear(date.year)
      return first + .day * Int64(days(from: first, to: tick) / 7 * 7)
    case .months: return CivilDate(year: date.year, month: date.month, day: 1).point
    }
  }

  private static func end(of start: Tick, _ fold: Fold) -> Tick {
    let date = CivilDate(start)
    switch fold {
    case .hours: return start + .hour
    case .days: return start + .day
    case .weeks: return min(start + .day * 7, newYear(date.year + 1))
    case .months: return start + .day * Int64(CivilDate.days(inMonth: date.month, of: date.year))
    }
  }

  private static func midnight(_ tick: Tick) -> Tick {
    let date = CivilDate(tick)
    return CivilDate(year: date.year, month: date.month, day: date.day).point
  }

  private static func newYear(_ year: Int) -> Tick { CivilDate(year: year, month: 1, day: 1).point }

  private static func days(from start: Tick, to end: Tick) -> Int { Int((end - start).ticks / Timespan.day.ticks) }
}

// MARK: - Choosing

extension CoverageCalendar.Fold {
  /// The finest fold of a range that fits into so many columns, and of which a table takes no more than
  /// `mostDays` days of hours.
  init(_ coverage: Coverage, columns: Int, mostDays: Int64) {
    let range = coverage.declared
    let weeks = (range.length.ticks + Timespan.day.ticks * 13) / (Timespan.day.ticks * 7)
    if coverage.grid.width < .day, range.length <= .day * mostDays {
      self = .hours
    } else if weeks <= Int64(columns) {
      self = .days
    } else {
      self = columns >= 53 ? .weeks : .months
    }
  }
}

// MARK: - Reading

extension CoverageCalendar {
  /// The most rows that any cell has for its time; cells at the ends of a range or a year may be short.
  var mostDense: Double { cells.lazy.map(density).max() ?? 0 }

  /// Rows for each second of a cell that is declared.
  private func density(_ cell: Cell) -> Double {
    let seconds = cell.range.intersection(declared).length.seconds
    return seconds > 0 ? Double(cell.rows) / seconds : 0
  }

  /// What a cell shows; rows are told apart by `levels` levels, whose bounds grow with their squares,
  /// so that one burst leaves the rest readable. `most` is `mostDense`.
  func mark(_ cell: Cell, levels: Int, most: Double) -> Mark {
    if cell.missing > .zero {
      return cell.missing >= cell.range.intersection(declared).length ? .missing : .partlyMissing
    }
    if cell.rows > 0, most > 0 {
      let share = (density(cell) / most).squareRoot()
      return .rows(level: min(levels, max(1, Int((share * Double(levels)).rounded(.up)))))
    }
    for (state, mark) in [(Coverage.State.unproven, Mark.unproven), (.unavailable, .unavailable), (.expired, .expired)]
    where cell.states.contains(state) {
      return mark
    }
    return cell.states.isEmpty && cell.isUnsettled ? .unsettled : .empty
  }
}
