import RowEncoding
import Testing

@Suite struct DynamicTests {
  /// A JSON string that holds `text`.
  private func quoted(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        default:
          scalar.value < 0x20
            ? "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16) : String(scalar)
        }
      }.joined() + "\""
  }

  private func nested(_ text: String) -> String? {
    encode(response(["D:dynamic"], rows: "[\(quoted(text))]")).text
  }

  @Test(arguments: [
    "{}", "[]", #"{"a":{"b":[null,true,false,"x"]}}"#, "12345678901234567890123", "-1.50e-7", "true", "null",
    #""text""#,
    #"{"a":1,"a":2}"#, #"{"a":"\ud83d\ude00 \ud800"}"#, " [1, 2] ", #"{"é":"日本"}"#,
  ])
  func `text that is valid JSON becomes nested, every byte of it`(text: String) {
    #expect(nested(text) == "{\"D\":\(text)}\n")
  }

  @Test(arguments: [
    "", " ", "text", "{", "{}}", "[1,]", #"{"a":1,}"#, "{a:1}", "{'a':1}", "01", "1.", "+1", "-", "NaN", "nul", "truex",
    "1 2",
    "[1] x", #""open"#, "\"\u{1}\"", #"{"a"}"#, #"["\x"]"#, "\u{FEFF}{}",
  ])
  func `text that is not JSON stays the string that it was`(text: String) {
    #expect(nested(text) == "{\"D\":\(quoted(text))}\n")
  }

  @Test func `line breaks between nested tokens become spaces`() {
    #expect(nested("{\n\"a\":\n1}") == "{\"D\":{ \"a\": 1}}\n")
  }

  @Test func `a half surrogate in the text leaves it a string`() {
    #expect(encode(response(["D:dynamic"], rows: #"["[\"\ud800\"]"]"#)).text == #"{"D":"[\"\ud800\"]"}"# + "\n")
    #expect(
      encode(response(["D:dynamic"], rows: #"["[\"\udc00\ud800\"]"]"#)).text == #"{"D":"[\"\udc00\ud800\"]"}"# + "\n")
  }

  @Test func `escaped quotes of the service are read as quotes`() {
    let row = #"["{\u0022a\u0022:\u0022\u00e9\ud83d\ude00\u20ac\u0022}"]"#
    #expect(encode(response(["D:dynamic"], rows: row)).text == #"{"D":{"a":"é😀€"}}"# + "\n")
  }

  @Test func `text of nesting deeper than readers bear stays text`() {
    let fits = String(repeating: "[", count: 120) + String(repeating: "]", count: 120)
    #expect(nested(fits) == "{\"D\":\(fits)}\n")
    let deep = "[" + fits + "]"
    #expect(nested(deep) == "{\"D\":\"\(deep)\"}\n")
    let hostile = String(repeating: "[", count: 200_000)
    #expect(nested(hostile) == "{\"D\":\"\(hostile)\"}\n")
  }

  @Test func `on request dynamic stays a string`() {
    let options = EncodingOptions(format: .ndjson, dynamic: .string)
    #expect(encode(response(["D:dynamic"], rows: #"["{\"a\":1}"]"#), options).text == #"{"D":"{\"a\":1}"}"# + "\n")
  }

  @Test func `other columns are never nested`() {
    #expect(encode(response(["S:string"], rows: #"["{\"a\":1}"]"#)).text == #"{"S":"{\"a\":1}"}"# + "\n")
  }
}
