import Diagnostics
import Testing

@Suite struct DiagnosticTests {
  @Test func `as JSON a diagnostic has what it has and nothing else`() {
    let full = Diagnostic(
      .warning, "a \"b\"\n", detail: "d", remedy: "r\u{1}", file: "f", range: range(1, 2, 3), hidesSource: true)
    #expect(
      full.json
        == #"{"severity":"warning","summary":"a \"b\"\n","detail":"d","remedy":"r\u0001","file":"f","#
        + #""range":{"start":{"line":1,"column":2},"end":{"line":1,"column":5}}}"#)
    #expect(Diagnostic(.error, "x").json == #"{"severity":"error","summary":"x"}"#)
  }

  @Test func `problems come in the order of the file, each once`() {
    let first = Diagnostic(.error, "first", range: range(1, 1, 1))
    let second = Diagnostic(.error, "second", range: range(1, 5, 1))
    let third = Diagnostic(.error, "third", range: range(2, 1, 1))
    let whole = Diagnostic(.error, "whole")
    #expect([third, second, first, whole, second].inOrder() == [whole, first, second, third])
  }

  @Test func `only errors are errors`() {
    #expect(![Diagnostic(.warning, "w"), Diagnostic(.note, "n")].hasErrors)
    #expect([Diagnostic(.warning, "w"), Diagnostic(.error, "e")].hasErrors)
  }

  @Test(arguments: [
    ("colums", "columns"), ("COLUMNS", "columns"), ("cloumns", "columns"), ("contaner", "container"), ("zstdd", "zstd"),
    ("frobnicate", nil), ("", nil), ("x", nil),
  ])
  func `a slip of the keyboard finds its word, other words find none`(typed: String, meant: String?) {
    #expect(nearestName(to: typed, among: ["columns", "container", "compression", "zstd"]) == meant)
  }

  @Test(arguments: [
    ("a\nb", 2), ("a\r\nb\r\n", 3), ("a\rb", 2), ("a\u{85}b\u{2028}c\u{2029}d", 4), ("", 1), ("\u{FEFF}a", 1),
  ])
  func `lines end where YAML ends them`(text: String, count: Int) {
    let source = SourceText(text)
    #expect(source.lines.count == count)
    #expect(source.line(0) == nil)
    #expect(source.line(count + 1) == nil)
    #expect(source.line(1).map { String($0) } == (text.isEmpty ? "" : "a"))
  }
}
