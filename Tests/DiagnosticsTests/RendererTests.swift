import Diagnostics
import Testing

func range(_ line: Int, _ column: Int, _ length: Int) -> SourceRange {
  SourceRange(
    start: SourcePosition(line: line, column: column), end: SourcePosition(line: line, column: column + length))
}

@Suite struct RendererTests {
  let source = SourceText("version: 1\ntables:\n  - colums: [A]\n")

  @Test func `a problem is shown with its place, its line, a caret and the remedy`() {
    let diagnostic = Diagnostic(
      .error, "unknown key \"colums\"", detail: "a table has no such key", remedy: "did you mean \"columns\"?",
      file: "soc.yaml", range: range(3, 5, 6))
    #expect(
      DiagnosticRenderer().render(diagnostic, source: source) == """
        error: unknown key "colums"
         --> soc.yaml:3:5
          |
        3 |   - colums: [A]
          |     ^^^^^^
          = a table has no such key
          = help: did you mean "columns"?

        """)
  }

  @Test func `a problem of a whole file needs no line`() {
    let text = DiagnosticRenderer().render(Diagnostic(.warning, "the file is empty", file: "soc.yaml"))
    #expect(text == "warning: the file is empty\n --> soc.yaml\n")
  }

  @Test func `colours are written only if asked for`() {
    let diagnostic = Diagnostic(.note, "seen", file: "a", range: range(1, 1, 1))
    #expect(!DiagnosticRenderer().render(diagnostic, source: source).contains("\u{1B}"))
    #expect(DiagnosticRenderer(colors: true).render(diagnostic, source: source).contains("\u{1B}[1;36mnote"))
  }

  @Test func `carets stand under their mark behind tabs, wide and combining characters`() {
    let cases: [(line: String, column: Int, before: Int)] = [
      ("\t\tx", 3, 2), ("日本x", 3, 4), ("e\u{301}x", 3, 1), ("añx", 3, 2), ("👍x", 2, 2),
    ]
    for (line, column, before) in cases {
      let text = DiagnosticRenderer().render(
        Diagnostic(.error, "here", file: "a", range: range(1, column, 1)), source: SourceText(line))
      #expect(text.split(separator: "\n").last == "  | \(String(repeating: " ", count: before))^", "\(line)")
    }
  }

  @Test func `a file cannot move the terminal's cursor or turn its writing round`() {
    let text = DiagnosticRenderer().render(
      Diagnostic(.error, "bad \u{1B}[2J", file: "a\u{202E}b", range: range(1, 1, 1)),
      source: SourceText("x\u{1B}]0;title\u{07}\u{9B}31m\u{202E}y"))
    #expect(!text.unicodeScalars.contains { [0x1B, 0x07, 0x9B, 0x202E].contains($0.value) })
    #expect(text.contains("x·]0;title··31m·y"))
  }

  @Test func `a line of thousands of characters is shown around the place`() {
    let line = String(repeating: "a", count: 5000) + "HERE" + String(repeating: "b", count: 5000)
    let text = DiagnosticRenderer().render(
      Diagnostic(.error, "long", file: "a", range: range(1, 5001, 4)), source: SourceText(line))
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count < 140 })
    let shown = Array(lines[3])
    let marked = zip(shown, lines[4]).filter { $0.1 == "^" }.map(\.0)
    #expect(String(marked) == "HERE")
  }

  @Test func `a mark over several lines ends with its first line`() {
    let mark = SourceRange(start: SourcePosition(line: 2, column: 1), end: SourcePosition(line: 4, column: 1))
    let text = DiagnosticRenderer().render(Diagnostic(.error, "all", file: "a", range: mark), source: source)
    #expect(text.contains("  | ^^^^^^^\n"))
  }

  @Test func `a line that may hold a secret is never shown`() {
    let diagnostic = Diagnostic(.error, "no", file: ".env", range: range(1, 1, 4), hidesSource: true)
    #expect(!DiagnosticRenderer().render(diagnostic, source: SourceText("KEY=hunter2")).contains("hunter2"))
  }

  @Test(arguments: [
    "url: https://a.example?sv=1&sig=hunter2&se=3", "c: \"AccountKey=hunter2;Name=a\"",
    "u: https://me:hunter2@a.example/b",
    "c: sharedaccesssignature=hunter2", "accountKey: hunter2", "  - Client_Secret : hunter2", "sasToken: 'hunter2'",
    "{\"password\":\"hunter2\"}", "a: {storage-key: hunter2, b: 1}", "connection_string: \"x\\\"hunter2\"",
    "PASSWORD = hunter2", "credentials: [hunter2]", "a: accountKey:hunter2",
  ])
  func `a known secret in a line is masked in its place`(line: String) {
    let text = DiagnosticRenderer().render(
      Diagnostic(.error, "no", file: "a", range: range(1, 1, 1)), source: SourceText(line))
    #expect(!text.contains("hunter2"))
    #expect(text.contains("*******"))
    #expect(text.split(separator: "\n")[3].count == line.count + 4)
  }

  @Test(arguments: [
    "accountKey: ${env:STORAGE_KEY}", "accountKey: \"${env:STORAGE_KEY}\"", "path: key={table}/{start}.{ext}",
    "where: TokenType == \"Bearer\" and Key =~ 'a' and Secret != 3", "columns: [Key, Token]", "accountKey:",
    "account: soclogs",
  ])
  func `what holds no secret is shown as it is`(line: String) {
    let text = DiagnosticRenderer().render(
      Diagnostic(.error, "no", file: "a", range: range(1, 1, 1)), source: SourceText(line))
    #expect(text.split(separator: "\n")[3] == "1 | \(line)")
  }

  @Test func `several are separated by a blank line`() {
    let text = DiagnosticRenderer().render([Diagnostic(.error, "one"), Diagnostic(.note, "two")])
    #expect(text == "error: one\n\nnote: two\n")
  }
}
