import RowEncoding
import Testing

@Suite struct RefusalTests {
  @Test(arguments: [
    ("", "the body is empty"), ("  ", "the document ends early"), ("<html>", "'{' is missing"),
    ("[]", "'{' is missing"),
    ("{}", "no table"), (#"{"tables":[]}"#, "no table"), (#"{"tables":{}}"#, "'[' is missing"),
    (#"{"tables":[[]]}"#, "'{' is missing"), (#"{"tables":[{}]}"#, "without rows"),
    (#"{"tables":[{"rows":[[1]],"columns":[{"name":"A","type":"long"}]}]}"#, "rows come before their columns"),
    (#"{"tables":[{"columns":[{"name":"A"}],"rows":[]}]}"#, "without name or type"),
    (#"{"tables":[{"columns":[{"name":"A","type":"long"}]}]}"#, "a table without rows"),
    (#"{"tables":[{"columns":[{"name":"A","type":"long"}],"rows":null}]}"#, "'[' is missing"),
    ("{\"error\":\(String(repeating: "[", count: 80))", "nesting deeper than 64"),
    ("\u{FEFF}{}", "'{' is missing"), (#"{"a":1,}"#, "without a name"), (#"{"a" 1}"#, "':' is missing"),
  ])
  func `what is no response of the service is refused by name`(document: String, reason: String) {
    #expect(encode(document).error?.reason.contains(reason) == true, "\(encode(document))")
  }

  @Test(arguments: [
    ("[1,2]", "more values than columns", 2), ("[]", "a row of 0 values under 1 columns", 1), ("{}", "no array", 0),
    ("[01]", "leading zero", 2), ("[1.]", "without digits", 3), ("[-]", "without digits", 2),
    ("[1e]", "without digits", 3),
    ("[+1]", "no JSON value", 1), ("[NaN]", "no JSON value", 1), ("[nul]", "no JSON value", 1),
    ("[True]", "no JSON value", 1),
    ("[1 2]", "more values", 3), ("[\"\u{1}\"]", "control character", 2), ("[\"a\nb\"]", "control character", 3),
    (#"["\x"]"#, "unknown escape", 2), (#"["\u12g4"]"#, "hexadecimal", 6), ("[[1,]]", "no JSON value", 4),
    (#"[{"a":1,}]"#, "without a name", 8), ("[1],,[2]", "no array", 4), ("[1] [2]", "without a comma", 4),
    ("[1],", "no array", 4),
    ("[,1]", "no JSON value", 1), ("[1,]", "more values", 2),
  ])
  func `a broken row is refused at its byte`(rows: String, reason: String, place: Int) {
    let document = response(["A:long"], rows: "[7]," + rows)
    let start = response(["A:long"], rows: "").utf8.count - "]}]}".utf8.count + "[7],".utf8.count
    let error = encode(document).error
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.offset == start + place)
    #expect(error?.row == (place == 4 && rows.hasPrefix("[1]") ? 2 : 1))
  }

  @Test func `a row short of values says how many it has`() {
    #expect(encode(response(["A", "B", "C"], rows: "[1,2]")).error?.reason == "a row of 2 values under 3 columns")
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82, 0x41], [0xE2, 0x82],
    ] as [[UInt8]])
  func `ill-formed UTF-8 is refused, wherever it stands`(bytes: [UInt8]) {
    for padding in 0..<9 {
      let text = response(["A"], rows: "[\"\(String(repeating: "x", count: padding))@yyyyyyyyyyyy\"]")
      let document = Array(text.utf8).flatMap { $0 == 0x40 ? bytes : [$0] }
      let outcome = encode([document], EncodingOptions(format: .ndjson))
      #expect(outcome.error?.reason == "ill-formed UTF-8", "behind \(padding) bytes")
    }
  }

  @Test func `every character of UTF-8's lengths passes, wherever it stands`() {
    for text in [
      "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{7F}",
    ] {
      for padding in 0..<9 {
        let value = String(repeating: "x", count: padding) + text + "yyyyyyyy"
        #expect(encode(response(["A"], rows: "[\"\(value)\"]")).text == "{\"A\":\"\(value)\"}\n")
      }
    }
  }

  @Test func `a control character is found at each place of a word`() {
    for control in UInt8(0)..<0x20 {
      for padding in 0..<17 {
        let text = response(["A"], rows: "[\"\(String(repeating: "x", count: padding))@yyyyyyyyyyyyyyyyy\"]")
        let document = Array(text.utf8).map { $0 == 0x40 ? control : $0 }
        #expect(encode([document], EncodingOptions(format: .csv)).error?.reason == "a control character in a string")
      }
    }
  }

  @Test func `a document cut at any byte is an error, never an end`() {
    let document = Array(
      response(
        ["A:long", "B:dynamic"], rows: #"[1,"{\"a\":\u00221\u0022}"],[null,"é"]"#, tail: #","error":{"code":"E"}"#
      ).utf8)
    for length in 0..<document.count {
      for options in allOptions {
        let error = encode([Array(document[..<length])], options).error
        #expect(error?.reason == (length == 0 ? "the body is empty" : "the document ends early"), "cut at \(length)")
        #expect(error?.offset == length)
      }
    }
  }

  @Test(arguments: [
    response(["A"], rows: "[1]"), response(["A"], rows: ""), #"{"error":{"code":"E","message":"m"}}"#,
  ])
  func `what follows the document is refused in whatever chunk it comes`(document: String) {
    for rest in ["x", "{}", "\0", " ]", ","] {
      let bytes = Array(document.utf8)
      let ends = Array(rest.utf8)
      for chunks in [[bytes + ends], [bytes, ends], [Array(bytes.dropLast()), Array(bytes.suffix(1)) + ends]] {
        let error = encode(chunks, EncodingOptions(format: .ndjson)).error
        #expect(error?.reason == "something follows the document")
        #expect(error?.offset == bytes.count + (rest == " ]" ? 1 : 0))
      }
    }
  }

  @Test func `after an error nothing more is taken`() {
    var encoder = RowEncoder(EncodingOptions(format: .ndjson), sections: .unplaced)
    let document = response(["A"], rows: "[1],[oops],[3]")
    let expected = RowEncodingError(
      reason: "no JSON value", offset: document.utf8.count - "oops],[3]]}]}".utf8.count, row: 1)
    encoder.feed(Array(document.utf8))
    let first = Result { try encoder.next() }
    encoder.feed(Array("]}]}".utf8))
    let again = Result { try encoder.next() }
    let end = Result { try encoder.finish() }
    #expect(throws: expected) { try first.get() }
    #expect(throws: expected) { try again.get() }
    #expect(throws: expected) { try end.get() }
    #expect(encoder.written.isEmpty)
  }
}
