extension KQLParser {
  /// Operators of the language that the emulator refuses by name.
  private static let refused: Set<String> = [
    "consume", "evaluate", "facet", "find", "fork", "invoke", "join", "lookup", "make-series", "make-graph", "mv-apply",
    "mv-expand", "parse", "parse-kv", "parse-where", "partition", "reduce", "sample", "sample-distinct", "scan",
    "search", "top-hitters", "top-nested", "externaldata", "range",
  ]

  mutating func step() throws(KQLError) -> KQLStep {
    guard case .name(let word) = peek.kind else { throw unexpected }
    index += 1
    return KQLStep(word: word, operation: try operation(word))
  }

  private mutating func operation(_ word: String) throws(KQLError) -> KQLOperator {
    switch word {
    case "where", "filter": return .filter(try expression())
    case "project": return .project(try namedList())
    case "extend": return .extend(try namedList())
    case "project-away": return .projectAway(try patterns())
    case "project-keep": return .projectKeep(try patterns())
    case "project-reorder": return .projectReorder(try patterns())
    case "project-rename":
      return .projectRename(
        try separated { (parser) throws(KQLError) -> (new: String, old: String) in
          let new = try parser.name()
          try parser.expect("=")
          return (new, try parser.name())
        })
    case "take", "limit": return .take(try rowCount())
    case "count": return .count
    case "summarize": return try summarize()
    case "order", "sort":
      try expect("by")
      return .sort(try separated { (parser) throws(KQLError) in try parser.sortKey() })
    case "top":
      let count = try rowCount()
      try expect("by")
      return .top(count, try sortKey())
    case "distinct": return .distinct(try namedList())
    case "union": return .union(try unionOperands())
    case "getschema": return .getschema
    case "serialize": return .nothing
    case "as":
      _ = try name()
      return .nothing
    case "render":
      while !peek.is("|"), !peek.is(";"), !peek.is(")"), peek.kind != .end { index += 1 }
      return .nothing
    default:
      if Self.refused.contains(word) || Self.refused.contains(where: { $0.hasPrefix(word + "-") }) {
        throw .semantic("The operator '\(word)' is not supported by the emulator", in: word)
      }
      index -= 1
      throw unexpected
    }
  }

  private mutating func rowCount() throws(KQLError) -> Int64 {
    let place = peek.range
    switch try expression() {
    case .literal(.long(let count)) where count >= 0: return count
    case .literal(.int(let count)) where count >= 0: return Int64(count)
    default: throw text.error(at: place)
    }
  }

  private mutating func summarize() throws(KQLError) -> KQLOperator {
    while case .name(let word) = peek.kind, word == "hint", peek(1).is(".") {
      while !peek.is("=") { index += 1 }
      index += 2
    }
    let aggregates = peek.is("by") ? [] : try namedList()
    return .summarize(aggregates, by: take("by") ? try namedList() : [])
  }

  private mutating func sortKey() throws(KQLError) -> KQLSortKey {
    let key = try expression()
    let ascending = take("asc")
    if !ascending { _ = take("desc") }
    // Nulls are the smallest unless said.
    var nullsFirst = ascending
    if take("nulls") {
      nullsFirst = take("first")
      if !nullsFirst { try expect("last") }
    }
    return KQLSortKey(expression: key, ascending: ascending, nullsFirst: nullsFirst)
  }

  /// Names in which `*` stands for any text.
  private mutating func patterns() throws(KQLError) -> [KQLPattern] {
    try separated { (parser) throws(KQLError) -> KQLPattern in
      if let quoted = parser.quotedName() { return quoted }
      var pattern = ""
      var end = parser.peek.range.lowerBound
      while parser.peek.range.lowerBound == end {
        if parser.take("*") {
          pattern += "*"
        } else if case .name(let part) = parser.peek.kind {
          pattern += part
          parser.index += 1
        } else {
          break
        }
        end = parser.tokens[parser.index - 1].range.upperBound
      }
      guard !pattern.isEmpty else { throw parser.unexpected }
      if parser.take("asc") || parser.take("desc") { throw parser.unexpected }
      return pattern
    }
  }

  private mutating func namedList() throws(KQLError) -> [KQLNamed] {
    try separated { (parser) throws(KQLError) in try parser.named() }
  }

  mutating func named() throws(KQLError) -> KQLNamed {
    if take("*") { return KQLNamed(name: nil, expression: .star) }
    let start = index
    if let quoted = quotedName() {
      if take("=") { return KQLNamed(name: quoted, expression: try expression()) }
      index = start
    } else if case .name(let name) = peek.kind, peek(1).is("=") {
      index += 2
      return KQLNamed(name: name, expression: try expression())
    }
    return KQLNamed(name: nil, expression: try expression())
  }
}
