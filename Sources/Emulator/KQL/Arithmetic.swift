extension ExpressionTranslator {
  /// `+ - * / %` by the operands' types. Integers go through functions that
  /// wrap at 64 bits, where SQLite's operators would turn to floating point.
  func arithmetic(_ word: String, _ a: SQLExpression, _ b: SQLExpression) throws(KQLError) -> SQLExpression {
    let (left, right) = (undynamic(a, beside: b), undynamic(b, beside: a))
    let function = ["+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod"][word] ?? word
    let nullable = left.isNullable || right.isNullable || word == "/" || word == "%"
    func make(_ family: String, _ type: ColumnType) -> SQLExpression {
      SQLExpression("kql_\(family)_\(function)(\(left.sql), \(right.sql))", type, nullable: nullable)
    }
    switch (left.type, word, right.type) {
    case (let x, _, let y) where x.isInteger && y.isInteger: return make("long", .long)
    case (let x, _, let y) where x.isNumeric && y.isNumeric:
      return x == .real || y == .real ? make("real", .real) : make("decimal", .decimal)
    case (.datetime, "-", .datetime): return make("long", .timespan)
    case (.datetime, "+", .timespan), (.datetime, "-", .timespan), (.timespan, "+", .datetime):
      return make("long", .datetime)
    case (.datetime, "%", .timespan), (.timespan, "%", .timespan), (.timespan, "+", .timespan),
      (.timespan, "-", .timespan):
      return make("long", .timespan)
    case (.timespan, "/", .timespan): return make("real", .real)
    case (.timespan, "*", let y) where y.isInteger: return make("long", .timespan)
    case (let x, "*", .timespan) where x.isInteger: return make("long", .timespan)
    case (.timespan, "/", let y) where y.isInteger: return make("long", .timespan)
    case (.timespan, "*", .real), (.timespan, "/", .real), (.real, "*", .timespan):
      return convert(make("real", .real), to: .timespan)
    default:
      throw .semantic(
        "Arithmetic expression cannot be carried-out between \(a.type.rawValue) and \(b.type.rawValue)",
        code: "SEM0019", in: context)
    }
  }

  private func undynamic(_ operand: SQLExpression, beside other: SQLExpression) -> SQLExpression {
    guard operand.type == .dynamic, other.type != .dynamic, other.type != .string else { return operand }
    return convert(operand, to: other.type)
  }

  /// `bin()` and `floor()`: down to a multiple, on the grid that starts at zero or year 1.
  func bin(_ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard arguments.count == 2 else { throw .argumentCount("bin", "2") }
    let width = try value(arguments[1])
    var subject = try value(arguments[0])
    if subject.type == .dynamic { subject = convert(subject, to: width.type == .timespan ? .datetime : .real) }
    switch (subject.type, width.type) {
    case (.datetime, .timespan):
      if case .timespan(let ticks) = width.literal, ticks > 0, subject.isColumn {
        return SQLExpression("(\(subject.sql) - \(subject.sql) % \(ticks))", .datetime, nullable: subject.isNullable)
      }
      return SQLExpression("kql_long_bin(\(subject.sql), \(width.sql))", .datetime)
    case (.timespan, .timespan): return SQLExpression("kql_long_bin(\(subject.sql), \(width.sql))", .timespan)
    case (let x, let y) where x.isInteger && y.isInteger:
      return SQLExpression("kql_long_bin(\(subject.sql), \(width.sql))", .long)
    case (let x, let y) where x.isNumeric && y.isNumeric:
      return SQLExpression("kql_real_bin(\(convert(subject, to: .real).sql), \(convert(width, to: .real).sql))", .real)
    default:
      throw .semantic(
        "bin(): argument types \(subject.type.rawValue) and \(width.type.rawValue) do not go together", in: context)
    }
  }
}
