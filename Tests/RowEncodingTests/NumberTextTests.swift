import TestSupport
import Testing

@testable import RowEncoding

@Suite struct NumberTextTests {
  /// Calls `body` with a text and the zeros that follow it in a buffer.
  private func read<R>(_ text: String, _ body: (Bytes, Int) -> R) -> R {
    let bytes = ByteBuffer(capacity: 64)
    Array(text.utf8).withUnsafeBufferPointer { bytes.append($0) }
    bytes.terminate()
    defer { withExtendedLifetime(bytes) {} }
    return body(bytes.bytes, bytes.count)
  }

  @Test(arguments: [
    "0", "-0", "7", "-7", "12345678", "123456789", "1234567890123456", "12345678901234567", "-123456789012345678",
    "1234567890123456789", "9223372036854775807", "-9223372036854775808",
  ])
  func `a whole number is what Swift takes it for`(text: String) {
    #expect(read(text) { NumberText.integer($0, $1) } == Int64(text))
  }

  @Test(arguments: ["9223372036854775808", "1.0", "1e3", "-", "", "12345678.1"])
  func `what is no whole number of 64 bits is none`(text: String) {
    #expect(read(text) { NumberText.integer($0, $1) } == nil)
  }

  @Test func `a real is the nearest double`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<20_000 {
      let digits = String(UInt64.random(in: .min ... .max, using: &random) >> UInt64.random(in: 0..<63, using: &random))
      let place = Int.random(in: 0...digits.count, using: &random)
      var text = "\(Bool.random(using: &random) ? "-" : "")\(place == 0 ? "0" : "")\(digits.prefix(place))"
      if place < digits.count { text += ".\(digits.dropFirst(place))" }
      if Int.random(in: 0..<5, using: &random) == 0 { text += "e\(Int.random(in: -300...280, using: &random))" }
      #expect(read(text) { NumberText.real($0, $1) }?.bitPattern == Double(text)?.bitPattern, "seed \(seed): \(text)")
    }
  }

  @Test(
    arguments: [
      ("00:00:00", 0), ("00:00:00.0000001", 1), ("-00:00:01", -10_000_000), ("1.02:03:04.0000005", 937_840_000_005),
      ("00:00:00.5", 5_000_000), ("10675199.02:48:05.4775807", Int64.max), ("-10675199.02:48:05.4775808", Int64.min),
    ] as [(String, Int64)])
  func `a timespan is its ticks`(text: String, ticks: Int64) {
    #expect(read(text) { NumberText.timespan($0, $1) } == ticks)
  }

  @Test(arguments: [
    "", "-", "1", "1:2:3", "24:00:00", "00:60:00", "00:00:60", "00:00:00.", "00:00:00.00000001", "1.2.03:04:05",
    "10675199.02:48:05.4775808", "00:00:00Z", "1.00:00", "00.00:00:00.00:00", ".00:00:00",
  ])
  func `what is no timespan is none`(text: String) {
    #expect(read(text) { NumberText.timespan($0, $1) } == nil)
  }

  @Test(
    arguments: [
      ("0", 4, 0), ("-1", 4, -10_000), ("0.10101", 5, 10_101), ("1.50", 1, 15),
      ("79228162514264337593543950335", 0, nil),
      ("1.25", 1, nil), ("1E5", 2, nil), ("", 2, nil), (".", 2, nil), ("1.2.3", 4, nil), ("1", 38, nil),
      ("0.1", 38, nil),
    ] as [(String, Int, Int?)])
  func `a decimal is its digits at a scale`(text: String, scale: Int, value: Int?) {
    let found = read(text) { NumberText.decimal($0, $1, scale: scale) }
    switch text {
    case "79228162514264337593543950335": #expect(found == 79_228_162_514_264_337_593_543_950_335)
    case "0.1": #expect(found == 10_000_000_000_000_000_000_000_000_000_000_000_000)
    default: #expect(found == value.map { Int128($0) })
    }
  }

  @Test func `a GUID is its bytes, whatever the case of its digits`() {
    for text in ["74be27de-1e4e-49d9-b579-fe0b331d3642", "74BE27DE-1E4E-49D9-B579-FE0B331D3642"] {
      let out = ByteBuffer(capacity: 16)
      #expect(read(text) { NumberText.guid($0, $1, to: out.bytes) })
      out.count = 16
      #expect(out.withBytes { Array($0) }.prefix(4) == [0x74, 0xBE, 0x27, 0xDE])
    }
    for text in ["", "74be27de1e4e49d9b579fe0b331d3642", "74be27de-1e4e-49d9-b579-fe0b331d364g"] {
      let out = ByteBuffer(capacity: 16)
      #expect(!read(text) { NumberText.guid($0, $1, to: out.bytes) })
    }
  }
}
