/// Two values that KQL compares, brought to one type, and the SQL of comparing them.
///
/// Null against a value is false for `==` and true for `!=`; null against null
/// is null for both, and so is any ordering with a null (Kusto, "Null values").
struct Comparison {
  let left: SQLExpression
  let right: SQLExpression
  /// A function whose -1, 0, 1 or 2 (unordered) orders the values, where SQLite's own operators would not do.
  private let function: String?

  /// Throws SEM0064 where KQL does not compare these types.
  init(_ a: SQLExpression, _ b: SQLExpression, ordered: Bool, in context: String?) throws(KQLError) {
    let translator = ExpressionTranslator(columns: [:], visible: [], context: context, now: 0)
    var (a, b) = (a, b)
    if a.type == .dynamic, b.type != .dynamic, !(ordered && b.type == .string) { a = translator.convert(a, to: b.type) }
    if b.type == .dynamic, a.type != .dynamic, !(ordered && a.type == .string) { b = translator.convert(b, to: a.type) }
    let comparable =
      a.type.isNumeric && b.type.isNumeric
      || a.type == b.type && a.type != .dynamic && !(ordered && (a.type == .string || a.type == .guid))
    guard comparable else { throw .incomparable(a.type, b.type, in: context) }
    (left, right) = (a, b)
    let types = [a.type, b.type]
    function = types.contains(.decimal) ? "kql_decimal_order" : types.contains(.real) ? "kql_real_order" : nil
  }

  /// Whether SQLite's own operators compare the two.
  var isPlain: Bool { function == nil }

  /// `==` where null counts as false.
  var plainEquality: String {
    function.map { "(\($0)(\(left.sql), \(right.sql)) = 0)" } ?? "(\(left.sql) = \(right.sql))"
  }

  /// `==` as a value that is never null: false wherever a null is.
  var definiteEquality: String {
    left.isNullable || right.isNullable ? "coalesce(\(plainEquality), 0)" : plainEquality
  }

  /// `==` as a value.
  var equality: SQLExpression {
    guard left.isNullable || right.isNullable else { return SQLExpression(plainEquality, .bool, nullable: false) }
    return bothNullIsNull(definiteEquality)
  }

  /// `!=` as a value.
  var inequality: SQLExpression {
    guard left.isNullable || right.isNullable else {
      let sql = function.map { "(\($0)(\(left.sql), \(right.sql)) <> 0)" } ?? "(\(left.sql) <> \(right.sql))"
      return SQLExpression(sql, .bool, nullable: false)
    }
    let differs = function.map { "(\($0)(\(left.sql), \(right.sql)) IS NOT 0)" } ?? "(\(left.sql) IS NOT \(right.sql))"
    return bothNullIsNull(differs)
  }

  /// `<`, `<=`, `>` or `>=` as a value.
  func order(_ word: String) -> SQLExpression {
    let nullable = left.isNullable || right.isNullable
    guard let function else { return SQLExpression("(\(left.sql) \(word) \(right.sql))", .bool, nullable: nullable) }
    let places =
      switch word {
      case "<": "= -1"
      case "<=": "IN (-1, 0)"
      case ">": "= 1"
      default: "IN (0, 1)"
      }
    return SQLExpression("(\(function)(\(left.sql), \(right.sql)) \(places))", .bool, nullable: nullable)
  }

  private func bothNullIsNull(_ sql: String) -> SQLExpression {
    guard left.isNullable, right.isNullable else { return SQLExpression(sql, .bool, nullable: false) }
    return SQLExpression(
      "CASE WHEN \(left.sql) IS NULL AND \(right.sql) IS NULL THEN NULL ELSE \(sql) END", .bool)
  }
}
