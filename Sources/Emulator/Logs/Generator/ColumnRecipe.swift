/// A column of a generated table and what its values are made of.
struct ColumnRecipe: Sendable {
  /// Name and type.
  var column: LogColumn
  /// One of them makes a value.
  var templates: [RowTemplate]
  /// Decides the template: equal for the columns of a group.
  var choiceSalt: UInt64
  /// Decides whether there is a value.
  var nullSalt: UInt64
  /// Values in a hundred that are null.
  var nulls: UInt64

  /// Reads the lines that `KnownTables` describes.
  static func read(_ text: String, table: String) -> [ColumnRecipe] {
    text.split(separator: "\n").map { line in
      var words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      var rest = words.count > 2 ? words.removeLast() : ""
      let column = LogColumn(String(words[0]), ColumnType(rawValue: String(words[1])) ?? .string)
      let group = mark("@", &rest) ?? column.name
      let nulls = mark("?", &rest).flatMap { UInt64($0) } ?? 0
      return ColumnRecipe(
        column: column, templates: templates(rest), choiceSalt: salt("choice \(group)"),
        nullSalt: salt("null \(column.name)"), nulls: nulls)
    }
  }

  /// Whether the column has no value in the row.
  func isMissing(row: UInt64) -> Bool { nulls > 0 && SplitMix.mix(row ^ nullSalt) % 100 < nulls }

  /// Writes the row's value as text.
  func write(row: UInt64, time: Int64, to sink: ByteSink) {
    let choice = templates.count == 1 ? 0 : Int(SplitMix.mix(row ^ choiceSalt) % UInt64(templates.count))
    templates[choice].write(row: row, time: time, to: sink)
  }

  /// FNV-1a of a name, spread: what tells one use of a row's number from another.
  static func salt(_ name: String) -> UInt64 {
    SplitMix.mix(name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }

  private static func mark(_ sign: String, _ rest: inout Substring) -> String? {
    guard rest.hasPrefix(sign), let end = rest.firstIndex(of: " ") else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end].dropFirst())
  }

  /// Splits at ` | `.
  private static func templates(_ text: Substring) -> [RowTemplate] {
    var found: [RowTemplate] = []
    var from = text.utf8.startIndex
    var index = from
    while index < text.utf8.endIndex {
      if text.utf8[index...].starts(with: " | ".utf8) {
        found.append(RowTemplate(text[from..<index]))
        index = text.utf8.index(index, offsetBy: 3)
        from = index
      } else {
        index = text.utf8.index(after: index)
      }
    }
    return found + [RowTemplate(text[from...])]
  }
}
