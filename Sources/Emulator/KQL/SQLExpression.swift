/// A piece of SQL with the KQL type of its value.
struct SQLExpression: Sendable, Equatable {
  var sql: String
  var type: ColumnType
  /// Whether it can be NULL; strings never are.
  var isNullable: Bool
  /// Its value, where the query spells it out.
  var literal: KQLLiteral?
  /// Whether it is no more than a column's name, and so costs nothing to repeat.
  var isColumn = false

  init(_ sql: String, _ type: ColumnType, nullable: Bool = true) {
    self.sql = sql
    self.type = type
    isNullable = nullable && type != .string
  }

  /// A literal.
  init(_ literal: KQLLiteral) {
    self.init(literal.sql, literal.type, nullable: false)
    self.literal = literal
    if case .null = literal { isNullable = type != .string }
  }
}

/// Quoting for SQLite.
enum SQLText {
  /// `"name"`.
  static func identifier(_ name: String) -> String { "\"" + doubled(name, "\"") + "\"" }

  /// `'text'`; text with a NUL in it, at which a statement would end, as its bytes.
  static func string(_ text: String) -> String {
    if text.utf8.contains(0) { return "CAST(x'\(Hex.encode(text.utf8))' AS TEXT)" }
    return "'" + doubled(text, "'") + "'"
  }

  private static func doubled(_ text: String, _ quote: Unicode.Scalar) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where scalar != "\0" || quote == "'" {
      if scalar == quote { out.append(scalar) }
      out.append(scalar)
    }
    return String(out)
  }
}

extension KQLLiteral {
  /// The value as SQLite holds it.
  fileprivate var sql: String {
    switch self {
    case .bool(let value): value ? "1" : "0"
    case .int(let value): value < 0 ? "(\(value))" : "\(value)"
    case .long(let value), .datetime(let value), .timespan(let value):
      // SQLite reads the least integer, with its sign, as a real.
      value == .min ? "(-9223372036854775807 - 1)" : value < 0 ? "(\(value))" : "\(value)"
    case .real(let value):
      value.isNaN
        ? "'NaN'" : value.isInfinite ? (value < 0 ? "(-9e999)" : "9e999") : value < 0 ? "(\(value))" : "\(value)"
    case .decimal(let text), .string(let text), .guid(let text), .dynamic(let text): SQLText.string(text)
    case .null(let type): type == .string ? "''" : "NULL"
    }
  }
}
