import RowEncoding
import TestSupport
import Testing

@Suite struct RecordCounterTests {
  /// Documents that are whole, and their rows.
  static let whole: [(format: EncodingOptions.Format?, text: String, rows: Int)] = [
    (.ndjson, "", 0), (.ndjson, "{}\n", 1), (.ndjson, "{\"A\":1}\n{\"A\":2}\n", 2), (.ndjson, "{\"A\":1}\r\n{}", 2),
    (.ndjson, "{\"A\":{\"B\":[1,-0.5e+3,[],{}]},\"C\":\"\\u00e9\\n{\\\"\"}\n{\"D\":null}\n", 2),
    (.ndjson, "{\"A\":true,\"B\":false,\"C\":0,\"D\":12E9,\"E\":1.0}\n", 1), (.ndjson, " {\"ü\" : \"€\"} \n", 1),
    (.json, "[]", 0), (.json, "[\n]\n", 0), (.json, "[{\"A\":1},\n{\"A\":[1,2]}\n]\n", 2), (.json, "[{}]", 1),
    (.csv, "", 0), (.csv, "A,B\n", 0), (.csv, "A,B\r\n1,2\r\n", 1), (.csv, "A,B\n\"1\n,\"\"2\",\n3,4", 2),
    (.csv, "A\n\"\"\nx\n\n", 3), (.csv, "A,B\n,\n", 1), (.csv, "\"A\",\"B\"\n1,\"a\"\"\"\n", 1),
    (nil, "", 0), (nil, "{\"A\":1}\n{}\n", 2), (nil, "[{\"A\":1},{}]", 2), (nil, "A,B\n1,2\n", 1), (nil, " \n[{}]", 1),
  ]

  /// Documents that are not, and the line where that shows.
  static let broken: [(format: EncodingOptions.Format?, text: String, line: Int)] = [
    (.ndjson, "{\"A\":1", 1), (.ndjson, "{}\n{\"A\":\"x\n", 2), (.ndjson, "{}\n{\"A\":1}{}\n", 2), (.ndjson, "[]\n", 1),
    (.ndjson, "1\n", 1), (.ndjson, "{\"A\"}\n", 1), (.ndjson, "{\"A\":}\n", 1), (.ndjson, "{\"A\":1,}\n", 1),
    (.ndjson, "{,}\n", 1), (.ndjson, "{\"A\":01}\n", 1), (.ndjson, "{\"A\":1.}\n", 1), (.ndjson, "{\"A\":-}\n", 1),
    (.ndjson, "{\"A\":1e}\n", 1), (.ndjson, "{\"A\":nul}\n", 1), (.ndjson, "{\"A\":\"\\x\"}\n", 1),
    (.ndjson, "{\"A\":\"\\u12g4\"}\n", 1), (.ndjson, "{\"A\":[1}\n", 1), (.ndjson, "{\"A\":{1]}\n", 1),
    (.ndjson, "{\"A\":\n1}\n", 1), (.ndjson, "{\"A\":\"\u{1}\"}\n", 1), (.ndjson, "{}\n\u{0}\n", 2),
    (.ndjson, "{\"A\":+1}\n", 1), (.ndjson, "{A:1}\n", 1),
    (.json, "", 1), (.json, "{}", 1), (.json, "[{}", 1), (.json, "[{}]\n[]", 2), (.json, "[1]", 1), (.json, "[{},]", 1),
    (.csv, "A,B\n1\n", 2), (.csv, "A,B\n1,2,3\n", 2), (.csv, "A\n\"x", 2), (.csv, "A\nx\"y\n", 2),
    (.csv, "A\n\"x\"y\n", 2), (.csv, "A\nx\ry\n", 2), (.csv, "A,B\n\"1\n2\",\n\n", 4),
    (nil, "{}\n[]", 2), (nil, "[{}", 1), (nil, "A,B\n1\n", 2),
  ]

  @Test(arguments: whole.indices)
  func `rows are counted, wherever the document is cut into chunks`(index: Int) throws {
    let (format, text, rows) = Self.whole[index]
    for cut in 0...text.utf8.count { #expect(try count(text, format, cut: cut) == rows, "\(text) cut at \(cut)") }
  }

  @Test(arguments: broken.indices)
  func `what is not well formed is named by its line`(index: Int) throws {
    let (format, text, line) = Self.broken[index]
    for cut in 0...text.utf8.count {
      let error = #expect(throws: RecordError.self, "\(text) cut at \(cut)") { try count(text, format, cut: cut) }
      #expect(error?.line == line, "\(text) cut at \(cut): \(error?.description ?? "")")
    }
  }

  @Test func `what the encoder writes is well formed and has its rows`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for round in 0..<200 {
      let document = RandomResponse.make(&random)
      for options in allOptions {
        let outcome = encode(pieces(Array(document.utf8), &random), options)
        let output = Array(try #require(outcome.text, "seed \(seed), round \(round)").utf8)
        let chunks = pieces(output, &random)
        #expect(try count(chunks, options.format) == outcome.summary?.rows, "seed \(seed), round \(round): \(document)")
      }
    }
  }

  private func pieces(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
    let cut = Int.random(in: 0...bytes.count, using: &random)
    return [Array(bytes[..<cut]), Array(bytes[cut...])]
  }

  private func count(_ text: String, _ format: EncodingOptions.Format?, cut: Int) throws -> Int {
    let bytes = Array(text.utf8)
    return try count([Array(bytes[..<cut]), Array(bytes[cut...])], format)
  }

  private func count(_ chunks: [[UInt8]], _ format: EncodingOptions.Format?) throws -> Int {
    var counter = RecordCounter(format)
    for chunk in chunks { try chunk.withUnsafeBytes { try counter.read($0) } }
    try counter.finish()
    return counter.rows
  }
}
