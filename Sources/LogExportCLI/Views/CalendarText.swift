internal import Timeline

/// A calendar heat map of characters that need no colour to be told apart.
struct CalendarText {
  let calendar: CoverageCalendar
  let style: Style
  private let most: Double

  /// Shades of rows; see `CoverageCalendar.mark(_:levels:most:)`.
  private static let levels = 4
  /// Columns that the widest labels leave to the cells of a terminal.
  static func room(_ columns: Int) -> Int { columns - 8 }
  /// Columns of a day and its hours.
  private static let hoursWidth = 45
  /// Days of hours that a table may take in the terminal: four weeks of lines.
  static let mostDays: Int64 = 28

  init(_ calendar: CoverageCalendar, style: Style) {
    self.calendar = calendar
    self.style = style
    most = calendar.mostDense
  }

  /// The lines of the map; none where there is no cell. What a day comes to is left out where `columns` do not hold it.
  func lines(columns: Int = .max) -> [String] {
    if calendar.cells.isEmpty { return [] }
    switch calendar.fold {
    case .hours: return ["\(blanks(18))00     06     12     18"] + hourLines(columns)
    case .days: return monthHeader() + rows(labels: CalendarName.weekdays)
    case .weeks:
      let months = CalendarName.months.map { $0 + " " }.joined() + "     "
      return [blanks(8) + trimmed(months)] + yearLines()
    case .months: return [blanks(8) + "JFMAMJJASOND"] + yearLines()
    }
  }

  /// The marks that the map uses.
  var marks: Set<CoverageCalendar.Mark> { Set(calendar.cells.map(mark)) }

  private func mark(_ cell: CoverageCalendar.Cell) -> CoverageCalendar.Mark {
    calendar.mark(cell, levels: Self.levels, most: most)
  }
}

// MARK: - Lines

extension CalendarText {
  private func hourLines(_ columns: Int) -> [String] {
    let days = byRow()
    let amounts = days.map { cells in
      (Quantity.of(cells.reduce(0) { $0 + $1.rows }, "row"), Quantity.bytes(cells.reduce(0) { $0 + $1.bytes }))
    }
    let widths = (amounts.map(\.0.count).max() ?? 0, amounts.map(\.1.count).max() ?? 0)
    return zip(days, amounts).compactMap { cells, amount in
      guard let first = cells.first else { return nil }
      let day = "\(first.range.start.dateText) \(CalendarName.weekdays[first.range.start.weekday])"
      var line = "  \(day)  \(map(cells, columns: 24, gapEvery: 6))"
      if columns >= Self.hoursWidth + 2 + widths.0 {
        line += "  \(blanks(widths.0 - amount.0.count))\(amount.0)"
      }
      if columns >= Self.hoursWidth + 4 + widths.0 + widths.1 {
        line += "  \(blanks(widths.1 - amount.1.count))\(amount.1)"
      }
      return line
    }
  }

  private func yearLines() -> [String] {
    byRow().compactMap { cells in
      cells.first.map { "  \(pad(CivilDate($0.range.start).year, 4))  \(trimmed(map(cells, columns: 53)))" }
    }
  }

  private func rows(labels: [String]) -> [String] {
    let columns = (calendar.cells.map(\.column).max() ?? 0) + 1
    return zip(labels, byRow() + Array(repeating: [], count: 7)).map {
      "  \($0)   \(trimmed(map($1, columns: columns)))"
    }
  }

  private func byRow() -> [[CoverageCalendar.Cell]] {
    let last = calendar.cells.map(\.row).max() ?? -1
    var rows = [[CoverageCalendar.Cell]](repeating: [], count: last + 1)
    for cell in calendar.cells { rows[cell.row].append(cell) }
    return rows
  }

  /// Months above the week that their first day lies in, years above the first month of each. The map's first month
  /// may have no room, where it has not begun with the map.
  private func monthHeader() -> [String] {
    var heads = calendar.cells.filter { CivilDate($0.range.start).day == 1 }
    if let first = calendar.cells.first, heads.first.map({ $0.column >= 4 }) ?? true { heads.insert(first, at: 0) }
    var (years, months) = ("", "")
    var shown = 0
    for cell in heads {
      let date = CivilDate(cell.range.start)
      months += blanks(cell.column - months.count) + CalendarName.months[date.month - 1] + " "
      if date.year != shown {
        years += blanks(cell.column - years.count) + pad(date.year, 4)
        shown = date.year
      }
    }
    return [years, months].map { blanks(8) + trimmed($0) }
  }

  /// Neighbours of one colour share their escapes.
  private func map(_ cells: [CoverageCalendar.Cell], columns: Int, gapEvery: Int = .max) -> String {
    var glyphs = [(text: String, colour: Colour)](repeating: (" ", .none), count: columns)
    for cell in cells {
      let mark = mark(cell)
      glyphs[cell.column] = (mark.glyph, mark.colour)
    }
    var (text, run, colour) = ("", "", Colour.none)
    for (column, glyph) in glyphs.enumerated() {
      if glyph.colour != colour {
        text += colour.paint(run, style)
        (run, colour) = ("", glyph.colour)
      }
      if column > 0, column % gapEvery == 0 { run += " " }
      run += glyph.text
    }
    return text + colour.paint(run, style)
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  private func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}

// MARK: - Marks

private enum Colour {
  case none, green, yellow, red, dim

  func paint(_ text: String, _ style: Style) -> String {
    if text.isEmpty { return "" }
    return switch self {
    case .none: text
    case .green: style.green(text)
    case .yellow: style.yellow(text)
    case .red: style.red(text)
    case .dim: style.dim(text)
    }
  }
}

extension CoverageCalendar.Mark {
  fileprivate var glyph: String {
    switch self {
    case .rows(let level): ["░", "▒", "▓", "█"][level - 1]
    case .empty: "_"
    case .unproven: "?"
    case .unavailable: "!"
    case .expired: "x"
    case .missing: "·"
    case .partlyMissing: ":"
    case .unsettled: "~"
    }
  }

  fileprivate var colour: Colour {
    switch self {
    case .rows: .green
    case .missing, .partlyMissing: .red
    case .unproven, .unavailable: .yellow
    case .empty, .expired, .unsettled: .dim
    }
  }
}

extension CalendarText {
  /// What the characters mean, of those that were used; no line is longer than `columns`.
  static func legend(_ used: Set<CoverageCalendar.Mark>, columns: Int, style: Style) -> String {
    var entries: [(mark: CoverageCalendar.Mark, text: String)] = [
      (.empty, "empty"), (.unproven, "counted empty, unproven"), (.unavailable, "past what the workspace keeps"),
      (.expired, "deleted by policy"), (.missing, "missing"), (.partlyMissing, "partly missing"),
      (.unsettled, "not settled yet"),
    ].filter { used.contains($0.0) }
    let hasRows = used.contains { if case .rows = $0 { true } else { false } }
    if hasRows { entries.insert((.rows(level: 1), "rows, few to many"), at: 0) }
    let texts = entries.map { mark, text in
      let glyphs = mark == .rows(level: 1) ? "░▒▓█" : mark.glyph
      return (text: mark.colour.paint(glyphs, style) + " " + text, width: glyphs.count + 1 + text.count)
    }
    return wrap(texts, separator: "   ", columns: columns).map { $0 + "\n" }.joined()
  }

  /// Entries of known widths on as many indented lines as they need.
  static func wrap(_ entries: [(text: String, width: Int)], separator: String, columns: Int) -> [String] {
    var (lines, width) = ([String](), Int.max / 2)
    for entry in entries {
      if width + separator.count + entry.width > columns {
        lines.append("  " + entry.text)
        width = 2 + entry.width
      } else {
        lines[lines.count - 1] += separator + entry.text
        width += separator.count + entry.width
      }
    }
    return lines
  }
}
