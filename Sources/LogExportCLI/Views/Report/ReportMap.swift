internal import Planning
internal import Timeline

/// The heat map of a table as an inline picture: SVG that names its cells, so that it can be
/// pointed at, read aloud and printed.
struct ReportMap {
  let calendar: CoverageCalendar
  /// What the page's ids of this picture end in.
  let number: Int
  let title: String
  let summary: String
  private let most: Double

  /// Shades of rows; the style sheet has a colour for each.
  static let levels = 8
  /// Days beyond which hours run down and days across.
  private static let mostDaysDown = 14

  init(_ calendar: CoverageCalendar, number: Int, title: String, summary: String) {
    self.calendar = calendar
    self.number = number
    self.title = title
    self.summary = summary
    most = calendar.mostDense
  }

  /// The picture; nothing where there is no cell.
  var markup: Markup {
    if calendar.cells.isEmpty { return "" }
    let grid = Layout(calendar, daysAcross: isAcross)
    let cells = calendar.cells.map { cell in
      let place = grid.place(isAcross ? (cell.column, cell.row) : (cell.row, cell.column))
      let label = label(cell)
      let mark = calendar.mark(cell, levels: Self.levels, most: most)
      return Markup(
        "<rect class=\"\(mark.name)\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(grid.width)\" height=\"\(grid.height)\" rx=\"2\"><title>\(label)</title></rect>\n"
      )
    }
    let labels = grid.labels(calendar, daysAcross: isAcross)
    return """
      <svg class="map" role="img" aria-labelledby="m\(number) d\(number)" viewBox="0 0 \(grid.size.x) \(grid.size.y)" \
      width="\(grid.size.x)" height="\(grid.size.y)"><title id="m\(number)">\(title)</title>\
      <desc id="d\(number)">\(summary)</desc>
      \(labels)\(cells)</svg>

      """
  }

  private var isAcross: Bool {
    calendar.fold == .hours && (calendar.cells.last?.row ?? 0) >= Self.mostDaysDown
  }

  /// `2025-08-01: 75,213 rows, 2 h missing`.
  private func label(_ cell: CoverageCalendar.Cell) -> String {
    let point: String =
      switch calendar.fold {
      case .hours: "\(cell.range.start.dateText) \(pad(CivilDate(cell.range.start).hour, 2)):00"
      case .days: cell.range.start.dateText
      case .weeks: "\(cell.range.start.dateText), \(cell.range.length.ticks / Timespan.day.ticks) days"
      case .months: String(cell.range.start.dateText.prefix(7))
      }
    var text = "\(point): "
    switch calendar.mark(cell, levels: Self.levels, most: most) {
    case .rows: text += "\(Quantity.exact(cell.rows)) rows"
    case .missing: text += "missing"
    case .partlyMissing: text += "\(Quantity.exact(cell.rows)) rows, \(cell.missing) missing"
    case .empty: text += "empty"
    case .unproven: text += "counted empty, unproven"
    case .unavailable: text += "past what the workspace keeps"
    case .expired: text += "deleted by policy"
    case .unsettled: text += "not settled yet"
    }
    return text
  }
}

// MARK: - Layout

extension ReportMap {
  /// Where cells and labels go, in pixels of the page at its full width.
  private struct Layout {
    /// Of a cell, without the space to the next.
    let width: Int
    let height: Int
    private let left: Int
    private let top: Int
    let size: (x: Int, y: Int)

    private static let space = 2
    /// What a map may take of the page's width.
    private static let room = 1000

    init(_ calendar: CoverageCalendar, daysAcross: Bool) {
      let rows = (calendar.cells.map(\.row).max() ?? 0) + 1
      let columns = (calendar.cells.map(\.column).max() ?? 0) + 1
      let (across, down) = daysAcross ? (rows, 24) : (calendar.fold == .hours ? 24 : columns, rows)
      left = calendar.fold == .hours && !daysAcross ? 104 : 44
      top = calendar.fold == .days ? 36 : 20
      let pitch = min(30, max(8, (Self.room - left) / across))
      width = (calendar.fold == .days ? min(pitch, 18) : pitch) - Self.space
      height = calendar.fold == .hours ? (daysAcross ? 9 : 16) : min(18, width + Self.space) - Self.space
      size = (
        left + across * (width + Self.space) + 8,
        top + max(down, calendar.fold == .days ? 7 : 1) * (height + Self.space)
      )
    }

    func place(_ cell: (row: Int, column: Int)) -> (x: Int, y: Int) {
      (left + cell.column * (width + Self.space), top + cell.row * (height + Self.space))
    }

    func labels(_ calendar: CoverageCalendar, daysAcross: Bool) -> [Markup] {
      switch calendar.fold {
      case .hours where daysAcross:
        return [0, 6, 12, 18].map { side(pad($0, 2), row: $0) }
          + calendar.cells.filter { $0.column == 0 && $0.range.start.weekday == 0 }.map {
            above(Self.day($0.range.start), column: $0.row, line: 0)
          }
      case .hours:
        let days = calendar.cells.filter { $0.column == 0 || $0.range.start == calendar.cells.first?.range.start }
        return [0, 6, 12, 18].map { above(pad($0, 2), column: $0, line: 0) }
          + days.map {
            side("\(CalendarName.weekdays[$0.range.start.weekday]) \($0.range.start.dateText)", row: $0.row)
          }
      case .days:
        return [0, 2, 4, 6].map { side(CalendarName.weekdays[$0], row: $0) } + months(calendar)
      case .weeks:
        return CalendarName.months.enumerated().map { above($1, column: $0 * 53 / 12, line: 0) } + years(calendar)
      case .months:
        return CalendarName.months.enumerated().map { above($1, column: $0, line: 0) } + years(calendar)
      }
    }

    private func years(_ calendar: CoverageCalendar) -> [Markup] {
      let first = calendar.cells.first.map { CivilDate($0.range.start).year } ?? 0
      return (0...(calendar.cells.last?.row ?? 0)).map { side(pad(first + $0, 4), row: $0) }
    }

    /// Months above the week of their first day, years above their first month.
    private func months(_ calendar: CoverageCalendar) -> [Markup] {
      var labels: [Markup] = []
      var (next, year) = (0, 0)
      for cell in calendar.cells {
        let date = CivilDate(cell.range.start)
        guard date.day == 1 || labels.isEmpty, cell.column >= next else { continue }
        labels.append(above(CalendarName.months[date.month - 1], column: cell.column, line: 1))
        if date.year != year { labels.append(above(pad(date.year, 4), column: cell.column, line: 0)) }
        (next, year) = (cell.column + max(2, 30 / (width + Self.space)), date.year)
      }
      return labels
    }

    private static func day(_ tick: Tick) -> String {
      let date = CivilDate(tick)
      return "\(date.day) \(CalendarName.months[date.month - 1])"
    }

    private func side(_ text: String, row: Int) -> Markup {
      let y = top + row * (height + Self.space) + height / 2 + 4
      return "<text class=\"side\" x=\"\(left - 8)\" y=\"\(y)\">\(text)</text>\n"
    }

    private func above(_ text: String, column: Int, line: Int) -> Markup {
      "<text x=\"\(left + column * (width + Self.space))\" y=\"\(12 + line * 16)\">\(text)</text>\n"
    }
  }
}

extension CoverageCalendar.Mark {
  /// The class of the style sheet.
  var name: String {
    switch self {
    case .rows(let level): "r\(level)"
    case .empty: "empty"
    case .unproven: "unproven"
    case .unavailable: "unavailable"
    case .expired: "expired"
    case .missing: "missing"
    case .partlyMissing: "partly"
    case .unsettled: "unsettled"
    }
  }
}
