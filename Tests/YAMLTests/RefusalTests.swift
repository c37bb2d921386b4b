import Diagnostics
import Testing
import YAML

@Suite struct RefusalTests {
  @Test(arguments: [
    ("a: 1\nb: 2\na: 3", ["3:1 the key \"a\" is given twice"]),
    ("a: 1\n---\nb: 2", ["2:1 a second document begins here"]),
    ("a:\n\tb: 1", ["2:1 a tab stands where YAML allows only spaces"]),
    ("a: @x", ["1:4 not valid YAML: found character that cannot start any token"]),
    ("a: [1, 2", ["1:9 not valid YAML: did not find expected ',' or ']'"]),
    ("a: \"x", ["1:6 not valid YAML: found unexpected end of stream"]),
    ("a: *x", ["1:4 no anchor &x stands before this alias"]),
    ("a: &x [*x]", ["1:8 *x stands within its own anchor"]),
    ("<<: 1", ["1:5 << merges a mapping or a list of mappings, not a number"]),
    ("<<: [{a: 1}, 2]", ["1:14 << merges a mapping or a list of mappings, not a number"]),
    ("[a]: 1", ["1:1 a key is a word, not a list"]),
    ("a: !!int x", ["1:4 the value does not agree with its tag !!int"]),
    ("a: !!set {b}", ["1:4 unknown tag !!set"]),
    ("a: !mine b", ["1:4 unknown tag !mine"]),
    ("a: b: c", ["1:5 not valid YAML: mapping values are not allowed in this context"]),
    ("é: \u{07}", ["1:4 not valid YAML: control characters are not allowed"]),
    (
      "a: 1\na: 2\nb: *y\nc: [",
      [
        "2:1 the key \"a\" is given twice", "3:4 no anchor &y stands before this alias",
        "4:5 not valid YAML: did not find",
      ]
    ),
  ])
  func `what is no YAML is refused in its place`(text: String, expected: [String]) {
    let places = read(text).places
    #expect(places.count == expected.count)
    for (place, wanted) in zip(places, expected) { #expect(place.hasPrefix(wanted) || place == wanted) }
  }

  @Test func `an alias bomb is stopped before it goes off`() {
    var text = "x0: &x0 [1,1,1,1,1,1,1,1,1,1]\n"
    for level in 1...30 {
      let items = Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ",")
      text += "x\(level): &x\(level) [\(items)]\n"
    }
    let document = read(text)
    #expect(document.root == nil)
    #expect(document.places.count == 1)
    #expect(document.places.first?.contains("once aliases are followed") == true)
  }

  @Test func `nesting without end is stopped`() {
    #expect(read(String(repeating: "[", count: 100_000)).root == nil)
    #expect(read(String(repeating: "- ", count: 5_000) + "x").root == nil)
  }

  @Test func `a file of many megabytes is not read`() {
    let document = read(String(repeating: "# comment\n", count: 500_000))
    #expect(document.diagnostics.first?.summary == "the file is larger than 4 MiB")
  }

  @Test func `an environment reference within braces is told to take quotes`() {
    let document = read("a: { b: ${env:X} }")
    #expect(document.diagnostics.first?.remedy?.contains("quotes") == true)
  }
}
