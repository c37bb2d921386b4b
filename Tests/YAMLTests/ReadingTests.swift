import Diagnostics
import Testing
import YAML

func read(_ text: String) -> YAMLDocument { YAMLDocument.parse(text, file: "t.yaml") }

/// A node as compact JSON-like text, which drops places and styles.
func outline(_ node: YAMLNode) -> String {
  switch node.content {
  case .scalar(let scalar):
    switch scalar.value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .int(let number): number.map { "\($0)" } ?? "big"
    case .float(let text): "float(\(text))"
    case .string(let text): jsonString(text)
    }
  case .sequence(let items): "[\(items.map(outline).joined(separator: ","))]"
  case .mapping(let mapping):
    "{\(mapping.pairs.map { "\(jsonString($0.key)):\(outline($0.value))" }.joined(separator: ","))}"
  }
}

extension YAMLDocument {
  var places: [String] {
    diagnostics.map { "\($0.range?.start.line ?? 0):\($0.range?.start.column ?? 0) \($0.summary)" }
  }
}

@Suite struct ReadingTests {
  @Test(arguments: [
    ("null", "null"), ("~", "null"), ("Null", "null"), ("nul", "\"nul\""), ("true", "true"), ("True", "true"),
    ("yes", "\"yes\""), ("no", "\"no\""), ("on", "\"on\""), ("0", "0"), ("-17", "-17"), ("+5", "5"), ("007", "7"),
    ("0o17", "15"), ("0x1F", "31"), ("0x", "\"0x\""), ("0o8", "\"0o8\""), ("1_000", "\"1_000\""),
    ("99999999999999999999", "big"), ("1.5", "float(1.5)"), ("1.", "float(1.)"), (".5", "float(.5)"),
    ("1e3", "float(1e3)"), ("-.inf", "float(-.inf)"), (".nan", "float(.nan)"), ("1.2.3", "\"1.2.3\""),
    ("1:30", "\"1:30\""), ("2024-11-23", "\"2024-11-23\""), ("64MB", "\"64MB\""), (".", "\".\""), ("-", "[null]"),
    ("1e", "\"1e\""), ("\"1\"", "\"1\""), ("'true'", "\"true\""), ("!!str 1", "\"1\""), ("! 1", "\"1\""),
    ("!!int \"3\"", "3"),
  ])
  func `a plain scalar is typed by the core schema, a quoted one is a string`(text: String, value: String) throws {
    let document = read(text)
    #expect(document.diagnostics.isEmpty)
    #expect(outline(try #require(document.root)) == value)
  }

  @Test(arguments: [
    ("a: |\n  x\n  y\n", #"{"a":"x\ny\n"}"#), ("a: |-\n  x\n  y\n", #"{"a":"x\ny"}"#),
    ("a: >\n  x\n  y\n", #"{"a":"x y\n"}"#), ("a: \"x\n  y\"", #"{"a":"x y"}"#), ("a: x\n  y", #"{"a":"x y"}"#),
    ("a: \"\\u00e9\\n\"", #"{"a":"é\n"}"#), ("a: 'it''s'", #"{"a":"it's"}"#),
    ("a:\r\n  - 1\r\n  - 2\r\n", #"{"a":[1,2]}"#),
    ("\u{FEFF}a: 1", #"{"a":1}"#), ("%YAML 1.2\n---\na: 1\n...\n", #"{"a":1}"#),
    ("{a: [1, {b: 2}]}", #"{"a":[1,{"b":2}]}"#),
    ("? a\n: 1", #"{"a":1}"#), ("1: x", #"{"1":"x"}"#), ("a:", #"{"a":null}"#),
  ])
  func `the ways of writing a value`(text: String, value: String) throws {
    let document = read(text)
    #expect(document.diagnostics.isEmpty)
    #expect(outline(try #require(document.root)) == value)
  }

  @Test(arguments: [
    ("a: &x [1]\nb: *x", #"{"a":[1],"b":[1]}"#),
    ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", #"{"a":{"p":1,"q":2},"b":{"q":3,"p":1}}"#),
    ("b: {<<: [{p: 1}, {p: 2, q: 3}]}", #"{"b":{"p":1,"q":3}}"#),
    ("b: {q: 3, <<: {p: 1}}", #"{"b":{"q":3,"p":1}}"#),
    ("b: {\"<<\": 1}", #"{"b":{"<<":1}}"#),
    ("a: &x 1\nb: &x 2\nc: *x", #"{"a":1,"b":2,"c":2}"#),
    ("a: &x {p: &y {q: 1}}\nb: {<<: *x}\nc: {<<: *y}", #"{"a":{"p":{"q":1}},"b":{"p":{"q":1}},"c":{"q":1}}"#),
  ])
  func `anchors and merge keys work as YAML says`(text: String, value: String) throws {
    let document = read(text)
    #expect(document.diagnostics.isEmpty)
    #expect(outline(try #require(document.root)) == value)
  }

  @Test func `each node knows its place, in characters`() throws {
    let root = try #require(read("ключ: {é: x}\nb:\n  - [1, two]\n").root)
    let pairs = try #require(root.mapping?.pairs)
    #expect(pairs[0].keyRange == SourceRange(start: .init(line: 1, column: 1), end: .init(line: 1, column: 5)))
    #expect(pairs[0].value.mapping?.pairs[0].value.range.start == SourcePosition(line: 1, column: 11))
    let two = try #require(pairs[1].value.sequence?[0].sequence?[1])
    #expect(two.range == SourceRange(start: .init(line: 3, column: 9), end: .init(line: 3, column: 12)))
  }

  @Test(arguments: ["---", "a: 1\n---", "é: &x"])
  func `what is empty at the end of a text without a line break lies at that end`(_ text: String) throws {
    let document = read(text)
    let last = document.root?.mapping?.pairs.last?.value.range ?? document.root?.range
    let place = document.diagnostics.first?.range?.start ?? last?.start
    #expect(try #require(place).line == 1 + text.count { $0 == "\n" })
  }

  @Test func `a node behind an alias keeps the place of its anchor`() throws {
    let root = try #require(read("a: &x one\nb: *x\n").root)
    #expect(root.mapping?["b"]?.range.start.line == 1)
  }

  @Test func `an empty text has no root and no problem`() {
    for text in ["", "\n\n", "# only a comment\n", "---\n"] {
      let document = read(text)
      #expect(document.diagnostics.isEmpty)
      #expect(document.root?.isNull ?? true)
    }
  }
}
