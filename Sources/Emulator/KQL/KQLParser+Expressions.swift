extension KQLParser {
  private static let comparisons: Set<String> = ["==", "!=", "<>", "<", "<=", ">", ">=", "=~", "!~"]

  /// Operators between two strings; each but `matches regex` can be negated with `!`.
  private static let stringOperators: Set<String> = [
    "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs", "startswith",
    "startswith_cs", "endswith", "endswith_cs",
  ]

  private static let listOperators: Set<String> = ["in", "!in", "in~", "!in~", "has_any", "has_all"]

  mutating func expression() throws(KQLError) -> KQLExpression {
    try nested { (parser) throws(KQLError) in
      var operands = [try parser.conjunction()]
      while parser.take("or") { operands.append(try parser.conjunction()) }
      return operands.count == 1 ? operands[0] : .any(operands)
    }
  }

  private mutating func conjunction() throws(KQLError) -> KQLExpression {
    var operands = [try comparison()]
    while take("and") { operands.append(try comparison()) }
    return operands.count == 1 ? operands[0] : .all(operands)
  }

  private mutating func comparison() throws(KQLError) -> KQLExpression {
    let left = try sum()
    let word: String
    switch peek.kind {
    case .mark(let mark): word = mark
    case .name(let name): word = name
    default: return left
    }
    let positive = word.hasPrefix("!") ? String(word.dropFirst()) : word
    if Self.comparisons.contains(word) || Self.stringOperators.contains(positive) {
      index += 1
      return .binary(word == "<>" ? "!=" : word, left, try sum())
    }
    if Self.listOperators.contains(word) {
      index += 1
      try expect("(")
      if take(")") { return .list(word, left, []) }
      let items = try separated { (parser) throws(KQLError) in try parser.expression() }
      try expect(")")
      return .list(word, left, items)
    }
    if word == "matches" {
      index += 1
      try expect("regex")
      return .binary("matches regex", left, try sum())
    }
    if positive == "between" {
      index += 1
      try expect("(")
      let low = try sum()
      try expect("..")
      let high = try sum()
      try expect(")")
      return .between(left, low: low, high: high, negated: word != positive)
    }
    return left
  }

  private mutating func sum() throws(KQLError) -> KQLExpression {
    var left = try product()
    var links = 0
    while let word = ["+", "-"].first(where: { peek.is($0) }) {
      try link(&links)
      index += 1
      left = .binary(word, left, try product())
    }
    return left
  }

  private mutating func product() throws(KQLError) -> KQLExpression {
    var left = try unary()
    var links = 0
    while let word = ["*", "/", "%"].first(where: { peek.is($0) }) {
      try link(&links)
      index += 1
      left = .binary(word, left, try unary())
    }
    return left
  }

  private mutating func unary() throws(KQLError) -> KQLExpression {
    if take("+") { return try nested { (parser) throws(KQLError) in try parser.unary() } }
    guard take("-") else { return try postfix() }
    switch peek.kind {
    case .long(let magnitude) where magnitude <= UInt64(Int64.max) + 1:
      index += 1
      return .literal(.long(Int64(truncatingIfNeeded: 0 &- magnitude)))
    case .real(let value):
      index += 1
      return .literal(.real(-value))
    case .timespan(let ticks):
      index += 1
      return .literal(.timespan(-ticks))
    default: return .negated(try nested { (parser) throws(KQLError) in try parser.unary() })
    }
  }

  /// A chain is as deep a tree as the same number of parentheses.
  private func link(_ links: inout Int) throws(KQLError) {
    links += 1
    if depth + links > Self.maximumDepth { throw Self.tooDeep }
  }

  private mutating func postfix() throws(KQLError) -> KQLExpression {
    var value = try primary()
    var links = 0
    while true {
      try link(&links)
      if peek.is("."), case .name(let member) = peek(1).kind {
        index += 2
        value = .member(value, member)
      } else if take("[") {
        let key = try expression()
        try expect("]")
        if case .literal(.string(let name)) = key { value = .member(value, name) } else { value = .element(value, key) }
      } else {
        return value
      }
    }
  }
}

extension KQLParser {
  private mutating func primary() throws(KQLError) -> KQLExpression {
    if let name = quotedName() { return .name(name) }
    let token = peek
    switch token.kind {
    case .string(var value):
      index += 1
      // Neighbouring string literals are one.
      while case .string(let more) = peek.kind {
        value += more
        index += 1
      }
      return .literal(.string(value))
    case .long(let value):
      guard value <= Int64.max else { throw unexpected }
      index += 1
      return .literal(.long(Int64(value)))
    case .real(let value):
      index += 1
      return .literal(.real(value))
    case .timespan(let ticks):
      index += 1
      return .literal(.timespan(ticks))
    case .typed(let type, let body):
      guard let literal = KQLLiteral(type, body) else { throw unexpected }
      index += 1
      return .literal(literal)
    case .mark("("):
      index += 1
      let value = try expression()
      try expect(")")
      return value
    case .name(let name):
      if Self.isReserved(name) { throw unexpected }
      index += 1
      return try named(name)
    case .mark, .end: throw unexpected
    }
  }

  private mutating func named(_ name: String) throws(KQLError) -> KQLExpression {
    guard take("(") else {
      switch name {
      case "true", "True", "TRUE": return .literal(.bool(true))
      case "false", "False", "FALSE": return .literal(.bool(false))
      default: return scalars[name] ?? .name(name)
      }
    }
    if take(")") { return .call(name, []) }
    let arguments = try separated { (parser) throws(KQLError) -> KQLExpression in
      parser.take("*") ? .star : try parser.expression()
    }
    try expect(")")
    return .call(name, arguments)
  }

  private static func isReserved(_ name: String) -> Bool {
    ["and", "or", "by", "in", "between", "matches", "has_any", "has_all"].contains(name)
      || stringOperators.contains(name)
  }
}
