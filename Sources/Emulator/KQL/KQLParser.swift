/// Reads a query: `let` statements and one pipeline.
struct KQLParser {
  let text: KQLText
  let tokens: [KQLToken]
  var index = 0
  var depth = 0
  /// Tables and scalars that `let` has named.
  var scalars: [String: KQLExpression] = [:]
  var tables: [String: KQLPipeline] = [:]

  /// How deeply parentheses and calls may nest; past it the query is refused rather than the stack tried.
  static let maximumDepth = 100

  static let tooDeep = KQLError.semantic("The query nests more than \(maximumDepth) levels deep.", code: "SEM0250")

  private init(_ text: KQLText) throws(KQLError) {
    self.text = text
    tokens = try KQLLexer.tokens(of: text)
  }

  /// The pipeline of a whole query.
  static func parse(_ query: String) throws(KQLError) -> KQLPipeline {
    var parser = try KQLParser(KQLText(query))
    while parser.take(";") {}
    while parser.peek.is("let") { try parser.statement() }
    if parser.peek.kind == .end {
      throw .semantic("The query has no tabular expression statement to run.", code: "SEM0523")
    }
    let pipeline = try parser.pipeline()
    while parser.take(";") {}
    guard parser.peek.kind == .end else { throw parser.unexpected }
    return pipeline
  }
}

extension KQLParser {
  var peek: KQLToken { tokens[index] }
  func peek(_ offset: Int) -> KQLToken { tokens[min(index + offset, tokens.count - 1)] }
  var unexpected: KQLError { text.error(at: peek.range) }

  mutating func take(_ word: String) -> Bool {
    guard peek.is(word) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ word: String) throws(KQLError) {
    guard take(word) else { throw unexpected }
  }

  /// A name, `['quoted']` included.
  mutating func name() throws(KQLError) -> String {
    if let quoted = quotedName() { return quoted }
    guard case .name(let name) = peek.kind else { throw unexpected }
    index += 1
    return name
  }

  mutating func quotedName() -> String? {
    guard peek.is("["), case .string(let name) = peek(1).kind, peek(2).is("]") else { return nil }
    index += 3
    return name
  }

  /// Whatever `item` reads, with commas between.
  mutating func separated<Item>(
    _ item: (inout KQLParser) throws(KQLError) -> Item
  ) throws(KQLError) -> [Item] {
    var items = [try item(&self)]
    while take(",") { items.append(try item(&self)) }
    return items
  }

  mutating func nested<Value>(
    _ body: (inout KQLParser) throws(KQLError) -> Value
  ) throws(KQLError) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw Self.tooDeep }
    return try body(&self)
  }
}

extension KQLParser {
  private mutating func statement() throws(KQLError) {
    try expect("let")
    let name = try name()
    try expect("=")
    if startsPipeline {
      tables[name] = try pipeline()
    } else {
      scalars[name] = try expression()
    }
    guard take(";") else { throw unexpected }
  }

  /// Whether a table rather than a scalar stands here: a pipe or a semicolon follows its name.
  private var startsPipeline: Bool {
    if peek.is("union") || peek.is("print") || peek.is("datatable") { return true }
    if case .name(let name) = peek.kind, peek(1).is(";") || peek(1).kind == .end {
      return scalars[name] == nil && name != "true" && name != "false"
    }
    if peek.is("["), peek(3).is("|") || peek(3).is(";") { return true }
    return peek(1).is("|")
  }

  mutating func pipeline() throws(KQLError) -> KQLPipeline {
    try nested { (parser) throws(KQLError) in
      var pipeline = KQLPipeline(source: try parser.source(), steps: [])
      while parser.take("|") { pipeline.steps.append(try parser.step()) }
      return pipeline
    }
  }

  /// Words that begin a pipeline or a statement in the language, and are refused by name.
  private static let refusedSources: Set<String> = [
    "alias", "declare", "evaluate", "find", "pattern", "range", "restrict", "search", "set",
  ]

  private mutating func source() throws(KQLError) -> KQLPipeline.Source {
    if take("(") {
      let inner = try pipeline()
      try expect(")")
      return .pipeline(inner)
    }
    if take("print") {
      return .print(try separated { (parser) throws(KQLError) in try parser.named() })
    }
    if peek.is("union") {
      index += 1
      return .union(try unionOperands())
    }
    if take("datatable") { return try dataTable() }
    let isQuoted = peek.is("[")
    let name = try name()
    if let table = tables[name] { return .pipeline(table) }
    if !isQuoted {
      if peek.is("(") { throw .semantic("The function '\(name)' is not supported by the emulator") }
      if Self.refusedSources.contains(name), !peek.is("|"), peek.kind != .end {
        throw .semantic("The operator '\(name)' is not supported by the emulator", in: name)
      }
    }
    return .table(name)
  }

  private mutating func dataTable() throws(KQLError) -> KQLPipeline.Source {
    try expect("(")
    let columns = try separated { (parser) throws(KQLError) -> LogColumn in
      let name = try parser.name()
      try parser.expect(":")
      let word = try parser.name()
      guard let type = ColumnType(kqlName: word) else { throw parser.unexpected }
      return LogColumn(name, type)
    }
    try expect(")")
    try expect("[")
    var values: [KQLExpression] = []
    while !take("]") {
      values.append(try expression())
      guard take(",") || peek.is("]") else { throw unexpected }
    }
    return .rows(columns, values)
  }

  mutating func unionOperands() throws(KQLError) -> [KQLPipeline] {
    while case .name(let option) = peek.kind, ["kind", "withsource", "isfuzzy"].contains(option), peek(1).is("=") {
      guard option == "kind", peek(2).is("outer") else {
        throw .semantic("The emulator has no '\(option)=' of union", in: "union")
      }
      index += 3
    }
    return try separated { (parser) throws(KQLError) -> KQLPipeline in
      KQLPipeline(source: try parser.source(), steps: [])
    }
  }
}
