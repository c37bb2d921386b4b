/// Turns scalar expressions into SQL, over the columns in reach.
struct ExpressionTranslator {
  /// The columns in reach, by name.
  var columns: [String: SQLExpression]
  /// The visible columns in order, for `pack_all()`.
  var visible: [LogColumn]
  /// The operator at work, for messages.
  var context: String?
  /// The query's clock, ticks since year 1.
  var now: Int64

  /// The SQL of an expression's value. Throws what the service would refuse.
  func value(_ expression: KQLExpression) throws(KQLError) -> SQLExpression {
    switch expression {
    case .literal(let literal): return SQLExpression(literal)
    case .name(let name):
      guard let column = columns[name] else { throw .unknownColumn(name, in: context) }
      return column
    case .star: throw .semantic("'*' stands where a scalar expression is expected", in: context)
    case .call(let name, let arguments): return try call(name, arguments)
    case .member(let base, let name):
      let json = try dynamic(base)
      return SQLExpression("kql_member(\(json.sql), \(SQLText.string(name)))", .dynamic)
    case .element(let base, let key):
      let json = try dynamic(base)
      let key = try value(key)
      switch key.type {
      case .string: return SQLExpression("kql_member(\(json.sql), \(key.sql))", .dynamic)
      case .int, .long: return SQLExpression("kql_element(\(json.sql), \(key.sql))", .dynamic)
      default: throw .semantic("An index must be of type string or long", in: context)
      }
    case .negated(let operand):
      let operand = try value(operand)
      return try arithmetic("-", SQLExpression(operand.type == .timespan ? .timespan(0) : .long(0)), operand)
    case .binary(let word, let left, let right): return try binary(word, left, right)
    case .all(let operands): return try chain(operands, " AND ")
    case .any(let operands): return try chain(operands, " OR ")
    case .list(let word, let left, let items): return try list(word, value(left), items)
    case .between(let operand, let low, let high, let negated): return try between(operand, low, high, negated)
    }
  }

  /// The SQL of a predicate where null counts as false, as in `where`: plain
  /// comparisons stay plain, so that indexes and virtual tables see them.
  func condition(_ expression: KQLExpression) throws(KQLError) -> String {
    switch expression {
    case .all(let operands): return try join(operands, " AND ")
    case .any(let operands): return try join(operands, " OR ")
    case .binary("==", let left, let right):
      let (a, b) = (try value(left), try value(right))
      let pair = try Comparison(a, b, ordered: false, in: context)
      return pair.plainEquality
    case .list("in", let left, let items):
      return try membership(try value(left), try elements(of: items), negated: false, definite: false).sql
    default: return try boolean(expression).sql
    }
  }

  /// The conjuncts of a predicate, each on its own.
  func conditions(_ expression: KQLExpression) throws(KQLError) -> [String] {
    guard case .all(let operands) = expression else { return [try condition(expression)] }
    var parts: [String] = []
    for operand in operands { parts += try conditions(operand) }
    return parts
  }

  private func join(_ operands: [KQLExpression], _ word: String) throws(KQLError) -> String {
    var parts: [String] = []
    for operand in operands { parts.append(try condition(operand)) }
    return Self.balanced(parts[...], word)
  }

  private func chain(_ operands: [KQLExpression], _ word: String) throws(KQLError) -> SQLExpression {
    var parts: [SQLExpression] = []
    for operand in operands { parts.append(try boolean(operand)) }
    return SQLExpression(
      Self.balanced(parts.map(\.sql)[...], word), .bool, nullable: parts.contains { $0.isNullable })
  }

  /// A chain as a tree of logarithmic depth: SQLite refuses trees deeper than 1000.
  static func balanced(_ parts: ArraySlice<String>, _ word: String) -> String {
    if parts.count <= 8 {
      return parts.count == 1 ? parts[parts.startIndex] : "(" + parts.joined(separator: word) + ")"
    }
    let middle = parts.startIndex + parts.count / 2
    return "(" + balanced(parts[..<middle], word) + word + balanced(parts[middle...], word) + ")"
  }
}

extension ExpressionTranslator {
  /// A value of type `bool`; a dynamic one is converted.
  func boolean(_ expression: KQLExpression) throws(KQLError) -> SQLExpression {
    let operand = try value(expression)
    switch operand.type {
    case .bool: return operand
    case .dynamic: return convert(operand, to: .bool)
    default:
      throw .semantic("A boolean expression was expected, not one of type \(operand.type.rawValue)", in: context)
    }
  }

  private func dynamic(_ expression: KQLExpression) throws(KQLError) -> SQLExpression {
    let operand = try value(expression)
    guard operand.type == .dynamic else {
      throw .semantic("A path expression needs a value of type dynamic, not \(operand.type.rawValue)", in: context)
    }
    return operand
  }

  /// A value of another type, as the `to…()` functions make it: null where there is none.
  func convert(_ operand: SQLExpression, to type: ColumnType) -> SQLExpression {
    if operand.type == type { return operand }
    if operand.type == .int, type == .long { return SQLExpression(operand.sql, .long, nullable: operand.isNullable) }
    let mayFail = type != .string
    return SQLExpression("kql_\(type.rawValue)_of_\(operand.type.rawValue)(\(operand.sql))", type, nullable: mayFail)
  }

  private func binary(_ word: String, _ left: KQLExpression, _ right: KQLExpression) throws(KQLError) -> SQLExpression {
    let (a, b) = (try value(left), try value(right))
    switch word {
    case "+", "-", "*", "/", "%": return try arithmetic(word, a, b)
    case "==": return try Comparison(a, b, ordered: false, in: context).equality
    case "!=": return try Comparison(a, b, ordered: false, in: context).inequality
    case "<", "<=", ">", ">=": return try Comparison(a, b, ordered: true, in: context).order(word)
    default: return try stringOperator(word, a, b)
    }
  }
}

extension ExpressionTranslator {
  /// Spellings whose function is not their own name.
  private static let stringFunctions = ["=~": "equals", "!~": "equals", "matches regex": "matches"]

  private func stringOperator(_ word: String, _ a: SQLExpression, _ b: SQLExpression) throws(KQLError) -> SQLExpression
  {
    let (text, pattern) = (try textual(a, word), try textual(b, word))
    if word == "matches regex", case .string(let regex) = b.literal, Pattern(regex) == nil {
      throw .semantic("Regex pattern is ill-formed: '\(regex)'", code: "SEM0420", in: context)
    }
    let positive = word.hasPrefix("!") ? String(word.dropFirst()) : word
    let call = "kql_\(Self.stringFunctions[word] ?? positive)(\(text.sql), \(pattern.sql))"
    return SQLExpression(word.hasPrefix("!") ? "(NOT \(call))" : call, .bool, nullable: false)
  }

  /// A string, or a dynamic value as one.
  private func textual(_ operand: SQLExpression, _ word: String) throws(KQLError) -> SQLExpression {
    switch operand.type {
    case .string: return operand
    case .dynamic: return convert(operand, to: .string)
    default: throw .semantic("'\(word)' needs a value of type string, not \(operand.type.rawValue)", in: context)
    }
  }

  private func list(_ word: String, _ left: SQLExpression, _ items: [KQLExpression]) throws(KQLError) -> SQLExpression {
    let values = try elements(of: items)
    let negated = word.hasPrefix("!")
    switch word {
    case "in", "!in": return try membership(left, values, negated: negated, definite: true)
    case "in~", "!in~", "has_any", "has_all":
      let text = try textual(left, word)
      let function = word.hasPrefix("has") ? "has" : "equals"
      var parts: [String] = []
      for value in values { parts.append("kql_\(function)(\(text.sql), \(try textual(value, word).sql))") }
      if parts.isEmpty { return SQLExpression(.bool(negated || word == "has_all")) }
      let any = Self.balanced(parts[...], word == "has_all" ? " AND " : " OR ")
      return SQLExpression(negated ? "(NOT \(any))" : any, .bool, nullable: false)
    default: throw .semantic("The operator '\(word)' is not supported by the emulator", in: context)
    }
  }

  private func elements(of items: [KQLExpression]) throws(KQLError) -> [SQLExpression] {
    var values: [SQLExpression] = []
    for item in items { values += elements(of: try value(item)) }
    return values
  }

  /// A literal array in a list stands for its elements.
  private func elements(of item: SQLExpression) -> [SQLExpression] {
    guard case .dynamic(let text) = item.literal, case .array(let items) = KQLJSON(text) else { return [item] }
    return items.map { item in
      switch item {
      case .string(let text): SQLExpression(.string(text))
      case .bool(let value): SQLExpression(.bool(value))
      case .number(let digits): SQLExpression(Int64(digits).map { .long($0) } ?? .real(Double(digits) ?? .nan))
      default: SQLExpression(.dynamic(item.text))
      }
    }
  }

  private func membership(
    _ left: SQLExpression, _ values: [SQLExpression], negated: Bool, definite: Bool
  ) throws(KQLError) -> SQLExpression {
    if values.isEmpty { return SQLExpression(.bool(negated)) }
    var pairs: [Comparison] = []
    for value in values { pairs.append(try Comparison(left, value, ordered: false, in: context)) }
    let plain = pairs.allSatisfy { $0.isPlain && $0.left.sql == pairs[0].left.sql && !$0.right.isNullable }
    let any =
      plain
      ? "(\(pairs[0].left.sql) IN (\(pairs.map(\.right.sql).joined(separator: ", "))))"
      : Self.balanced(pairs.map(\.definiteEquality)[...], " OR ")
    // A null is in no list, and so is not in any.
    let sql = definite && plain && pairs[0].left.isNullable ? "coalesce(\(any), 0)" : any
    return SQLExpression(negated ? "(NOT \(sql))" : sql, .bool, nullable: false)
  }

  private func between(
    _ operand: KQLExpression, _ low: KQLExpression, _ high: KQLExpression, _ negated: Bool
  ) throws(KQLError) -> SQLExpression {
    let (subject, from) = (try value(operand), try value(low))
    var to = try value(high)
    // `between (datetime .. timespan)` counts the second from the first.
    if from.type == .datetime, to.type == .timespan { to = try arithmetic("+", from, to) }
    let lower = try Comparison(subject, from, ordered: true, in: context).order(">=")
    let upper = try Comparison(subject, to, ordered: true, in: context).order("<=")
    let both = "(\(lower.sql) AND \(upper.sql))"
    return SQLExpression(
      negated ? "(NOT \(both))" : both, .bool, nullable: lower.isNullable || upper.isNullable)
  }
}
