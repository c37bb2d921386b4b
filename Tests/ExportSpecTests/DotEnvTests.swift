import Diagnostics
import ExportSpec
import Testing

@Suite struct DotEnvTests {
  @Test(arguments: [
    ("A=b", "b"), ("export A=b", "b"), ("  A = b  ", "b"), ("A=", ""), ("A=b c", "b c"), ("A=b # c", "b"),
    ("A=b#c", "b#c"),
    ("A='b # c'", "b # c"), ("A=\"b # c\" # d", "b # c"), ("A=\"b\\n\\\"c\\\\\"", "b\n\"c\\"), ("A='\\n'", "\\n"),
    ("A=\"$HOME\"", "$HOME"), ("A=b=c", "b=c"), ("A=x\r\nA=b\r", "b"), ("# x\n\nA=b", "b"), ("A=#b", ""),
  ])
  func `a line names a variable and its value`(text: String, value: String) {
    let file = DotEnv.parse(text)
    #expect(file.diagnostics.isEmpty)
    #expect(file.values == ["A": value])
  }

  @Test(arguments: ["A", "1A=hunter2", "A-B=hunter2", "A=\"hunter2", "A='hunter2' x", "=hunter2"])
  func `a line that is none is refused without being shown`(line: String) {
    let file = DotEnv.parse("B=1\n" + line, file: "x.env")
    #expect(file.values == ["B": "1"])
    #expect(file.diagnostics.count == 1)
    #expect(file.diagnostics.first?.place == "x.env:2:1")
    let text = DiagnosticRenderer().render(file.diagnostics, source: SourceText("B=1\n" + line))
    #expect(!text.contains("hunter2"))
  }
}
