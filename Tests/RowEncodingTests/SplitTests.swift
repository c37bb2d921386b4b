import RowEncoding
import Testing

@Suite struct SplitTests {
  static let handwritten = [
    response(
      ["A:long", "B", "C:dynamic"],
      rows: #"[1,"é😀\n\u00e9\ud83d\ude00","{\u0022a\u0022:[1,-2.5e3]}"],[null,"",null] , [ -0 , "x" , "oops{" ]"#),
    response([], rows: ""), response(["A"], rows: ""), response(["A"], rows: #"[{"a":[1,{"b":null}]}],[[]]"#),
    response(
      ["A:long"], rows: "[1],[2],[3]", tail: #","statistics":{"a":[1,2]},"error":{"code":"PartialError","message":"é"}"#
    ),
    #"{"error":{"code":"BadArgumentError","message":"m"}}"#, "{\"tables\":[],\"error\":{\"code\":7}}\n",
    " { \"tables\" : [ { \"columns\" : [ { \"name\" : \"A\" , \"type\" : \"real\" } ] , \"rows\" : [ \n [ 1.50 ] \n ] } ] } \n",
    response(["A"], rows: "[1],[01]"), response(["A"], rows: #"["\q"]"#), response(["A"], rows: "[1]x"),
    response(["A"], rows: "[1]") + "x", response(["A", "B"], rows: "[1,2],[1]"), "[]", "{}",
  ]

  @Test(arguments: allOptions)
  func `every split into two and single bytes give the same`(options: EncodingOptions) throws {
    for document in Self.handwritten { check(document, options) }
  }

  @Test(.enabled(if: Recorded.areThere, "../shared/wire is not there"), arguments: allOptions)
  func `recorded responses give the same however they are split`(options: EncodingOptions) throws {
    for name in Recorded.names {
      let document = try Recorded.text(name)
      check(document, options)
    }
  }

  @Test func `empty chunks change nothing`() {
    let bytes = Array(Self.handwritten[0].utf8)
    let options = EncodingOptions(format: .ndjson)
    #expect(encode(bytes.flatMap { [[$0], []] }, options) == encode([bytes], options))
  }

  @Test func `a row far larger than the chunks is scanned a few times, not once a chunk`() {
    let value = String(repeating: "0123456789abcdef", count: 1 << 17)
    let bytes = Array(response(["A"], rows: "[\"\(value)\"],[\"\(value)\"]").utf8)
    let chunks = stride(from: 0, to: bytes.count, by: 512).map { Array(bytes[$0..<min($0 + 512, bytes.count)]) }
    let outcome = encode(chunks, EncodingOptions(format: .ndjson))
    #expect(outcome.summary?.rows == 2)
    #expect(outcome.text?.utf8.count == 2 * (value.utf8.count + #"{"A":""}"#.utf8.count + 1))
  }

  @Test func `more than 16 MiB outside of the rows is refused`() {
    let chunk = Array(repeating: UInt8(ascii: " "), count: 1 << 20)
    for start in [#"{"render":"#, String(response(["A"], rows: "[1]", tail: #","render":"#).dropLast())] {
      let chunks = [Array(start.utf8)] + Array(repeating: chunk, count: 40)
      #expect(encode(chunks, EncodingOptions(format: .ndjson)).error?.reason == "more than 16 MiB outside of the rows")
    }
  }

  @Test func `rows are given out as they are complete`() throws {
    var encoder = RowEncoder(EncodingOptions(format: .ndjson), sections: .unplaced)
    let document = response(["A"], rows: "[1],[2],[3]")
    encoder.feed(Array(document.prefix { $0 != "3" }.utf8))
    #expect(try encoder.next() == .needsInput)
    #expect(encoder.written == Array("{\"A\":1}\n{\"A\":2}\n".utf8))
    #expect(encoder.rows == 2)
    #expect(encoder.columns.map(\.name) == ["A"])
  }

  private func check(_ document: String, _ options: EncodingOptions) {
    let bytes = Array(document.utf8)
    let whole = encode([bytes], options)
    for split in 1..<max(2, bytes.count) {
      let halves = encode([Array(bytes[..<split]), Array(bytes[split...])], options)
      #expect(halves == whole, "\(document) split at \(split)")
    }
    for size in [1, 2, 3, 7] {
      let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
      #expect(encode(chunks, options) == whole, "\(document) in chunks of \(size)")
    }
  }
}
