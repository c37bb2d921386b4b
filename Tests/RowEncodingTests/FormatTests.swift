import RowEncoding
import Testing

@Suite struct FormatTests {
  static let document = response(
    ["Time:datetime", "Id:long", "Name:string", "Extra:dynamic"],
    rows: #"["2024-01-01T00:00:00.1234567Z",9223372036854775807,"a \"b\", c","{\"k\":[1,2.50]}"],[null,-1,"",null]"#)

  @Test func `NDJSON has an object a line`() {
    #expect(
      encode(Self.document).text == #"""
        {"Time":"2024-01-01T00:00:00.1234567Z","Id":9223372036854775807,"Name":"a \"b\", c","Extra":{"k":[1,2.50]}}
        {"Time":null,"Id":-1,"Name":"","Extra":null}

        """#)
  }

  @Test func `JSON is an array of the same objects`() {
    #expect(
      encode(Self.document, EncodingOptions(format: .json, nulls: .omit)).text == #"""
        [
        {"Time":"2024-01-01T00:00:00.1234567Z","Id":9223372036854775807,"Name":"a \"b\", c","Extra":{"k":[1,2.50]}},
        {"Id":-1,"Name":""}
        ]

        """#)
  }

  @Test func `CSV has a header, a null is an empty field and an empty string is quoted`() {
    #expect(
      encode(Self.document, EncodingOptions(format: .csv)).text
        == [
          "Time,Id,Name,Extra",
          #"2024-01-01T00:00:00.1234567Z,9223372036854775807,"a ""b"", c","{""k"":[1,2.50]}""#,
          #",-1,"","#, "",
        ].joined(separator: "\r\n"))
  }

  @Test(arguments: [
    (EncodingOptions.Format.ndjson, ""), (.json, "[]\n"), (.csv, "Time,Note\r\n"),
  ])
  func `no rows still give a whole document`(format: EncodingOptions.Format, expected: String) {
    let outcome = encode(response(["Time", "Note"], rows: ""), EncodingOptions(format: format))
    #expect(outcome.text == expected)
    #expect(outcome.summary?.rows == 0)
    #expect(outcome.summary?.columns.map(\.name) == ["Time", "Note"])
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), (#"say \"hi\""#, #""say ""hi""""#), (#"two\r\nlines"#, "\"two\r\nlines\""),
    (#"lf\n"#, "\"lf\n\""), (" padded", "\" padded\""), ("padded ", "\"padded \""), (#"tab\tin"#, "tab\tin"),
    (#"é\u00e9\ud83d\ude00"#, "éé😀"), (#"back\\slash"#, #"back\slash"#), ("null", "null"), ("", "\"\""),
    (#"half \ud800"#, "half \u{FFFD}"),
  ])
  func `CSV quotes what RFC 4180 asks for, and what a reader would trim`(json: String, field: String) {
    let outcome = encode(response(["A", "B"], rows: "[\"\(json)\",1]"), EncodingOptions(format: .csv))
    #expect(outcome.text == "A,B\r\n\(field),1\r\n")
  }

  @Test func `a CSV of one column has no blank line for a null, which readers would skip`() {
    let outcome = encode(response(["A"], rows: #"["x"],[null],["y"]"#), EncodingOptions(format: .csv))
    #expect(outcome.text == "A\r\nx\r\n\"\"\r\ny\r\n")
  }

  @Test func `a column without a name keeps its place`() {
    let document = response(["", "B"], rows: "[1,2]")
    #expect(encode(document, EncodingOptions(format: .csv)).text == ",B\r\n1,2\r\n")
    #expect(encode(document).text == "{\"\":1,\"B\":2}\n")
  }

  @Test func `all nulls omitted leave an empty object`() {
    let outcome = encode(response(["A", "B"], rows: "[null,null]"), EncodingOptions(format: .ndjson, nulls: .omit))
    #expect(outcome.text == "{}\n")
  }

  @Test(arguments: [
    "0", "-0", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1.7976931348623157e+308",
    "5E-324", "0.1000000000000000055511151231257827", "1e5", "1.50", #""NaN""#, #""Infinity""#,
    #""79228162514264337593543950335""#,
    #""0001-01-01T00:00:00.0000000Z""#, "true", "false", #""\u0041\/""#,
  ])
  func `a value keeps its text to the letter`(value: String) {
    #expect(encode(response(["V"], rows: "[\(value)]")).text == "{\"V\":\(value)}\n")
  }

  @Test func `names of columns are escaped anew`() {
    let document =
      #"{"tables":[{"columns":[{"name":"a\"\\\u0001\u00e9/","type":"string"},{"name":"b,c","type":"int"}],"rows":[["x",1]]}]}"#
    #expect(encode(document).text == #"{"a\"\\\u0001é/":"x","b,c":1}"# + "\n")
    #expect(encode(document, EncodingOptions(format: .csv)).text == "\"a\"\"\\\u{1}é/\",\"b,c\"\r\nx,1\r\n")
  }

  @Test func `a nested value in any column stays on the row's line`() {
    let document = response(["S:string", "D:dynamic"], rows: "[{\"a\":\n[1,\r\n2]},[\n]]")
    for options in [EncodingOptions.Dynamic.nested, .string].map({ EncodingOptions(format: .ndjson, dynamic: $0) }) {
      #expect(encode(document, options).text == "{\"S\":{\"a\": [1,  2]},\"D\":[ ]}\n")
    }
  }
}
