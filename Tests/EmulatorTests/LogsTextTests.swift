import Testing

@testable import Emulator

@Suite struct LogsTextTests {
  @Test func `times and timespans read back as they were written`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    for _ in 0..<3000 {
      // Whole seconds now and then, so that there is not always a fraction.
      let unit = random.next() % 2 == 0 ? 1 : Ticks.second
      let ticks = Int64.random(in: 0...KQLTime.last, using: &random) / unit * unit
      let time = written { $0.append(datetime: ticks) }
      #expect(KQLTime.datetime(String(time.dropFirst().dropLast())) == ticks, "seed \(seed): \(time)")
      let span = Int64.random(in: -Ticks.day * 400...Ticks.day * 400, using: &random)
      #expect(written { $0.append(timespan: span) } == "\"\(KQLTime.text(timespan: span))\"", "seed \(seed)")
    }
  }

  @Test(
    arguments: [
      (0, "0001-01-01T00:00:00Z"), (KQLTime.last, "9999-12-31T23:59:59.9999999Z"),
      (KQLTime.unixEpoch, "1970-01-01T00:00:00Z"), (KQLTime.unixEpoch - 1, "1969-12-31T23:59:59.9999999Z"),
      (635_872_031_999_000_000, "2015-12-31T23:59:59.9Z"), (638_448_192_000_000_000, "2024-02-29T16:00:00Z"),
    ] as [(Int64, String)])
  func `times have as many digits as they need`(ticks: Int64, text: String) {
    #expect(written { $0.append(datetime: ticks) } == "\"\(text)\"")
  }

  @Test func `any text is a JSON string that reads back`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    let alphabet = Array("ab \"'\\/<>&+`\u{0}\u{1}\u{1f}\u{7f}\n\r\té東😀\u{2028}".unicodeScalars)
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        text.unicodeScalars.append(alphabet[Int.random(in: alphabet.indices, using: &random)])
      }
      var copy = text
      let quoted = copy.withUTF8 { bytes in written { $0.append(quoted: bytes) } }
      guard case .string(let back) = try JSONText(quoted) else { throw LogBenchFailure() }
      #expect(back.unicodeScalars.elementsEqual(text.unicodeScalars), "seed \(seed)")
    }
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (1, "1.0"), (12345.6789, "12345.6789"), (1.7976931348623157e308, "1.7976931348623157e+308"),
      (.leastNonzeroMagnitude, "5e-324"), (.nan, "\"NaN\""), (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""),
    ] as [(Double, String)])
  func `reals have the shortest digits that read back`(number: Double, text: String) {
    #expect(written { $0.append(number) } == text)
  }

  @Test(arguments: [0, 7, -7, Int64.max, Int64.min])
  func `whole numbers keep every digit`(number: Int64) {
    #expect(written { $0.append(number) } == "\(number)")
    #expect(Array("\(number)".utf8).withUnsafeBufferPointer { Int64(text: $0) } == number)
  }

  @Test(arguments: [
    "", "{", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "{,}", "01", "-", "1.", ".5", "1e", "+1", "tru",
    "nul",
    "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\t\"", "'a'", "[}", "{\"a\":1]",
    String(repeating: "[", count: 300) + String(repeating: "]", count: 300),
  ])
  func `what is no JSON is refused`(text: String) {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes)
      #expect(throws: JSONReader.Malformed.self) { try reader.value() }
    }
  }

  private func written(_ write: (ByteSink) -> Void) -> String {
    let sink = ByteSink(capacity: 1)
    write(sink)
    return String(decoding: sink.bytes, as: UTF8.self)
  }
}
