import TestSupport
import Testing

@testable import Emulator

@Suite struct ServerTextTests {
  @Test func `CRC-64 gives the catalogue's check value`() {
    #expect(StorageCRC64.checksum(Array("123456789".utf8)) == 0xAE8B_1486_0A79_9888)
    #expect(StorageCRC64.checksum([]) == 0)
  }

  @Test func `CRC-64 in steps of eight equals one byte at a time`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SplitMix64(seed: seed)
    for length in 0..<40 {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      var crc = UInt64.max
      for byte in bytes {
        crc ^= UInt64(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x9A6C_9329_AC4B_C9B5 : crc >> 1 }
      }
      #expect(StorageCRC64.checksum(bytes) == ~crc, "seed \(seed), length \(length)")
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
  ])
  func `base64 is that of RFC 4648`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test(arguments: ["Z", "Zg=a", "Z g=", "Zm9vY", "é"])
  func `text that is no base64 is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(arguments: [
    ("/a/b%20c?x=1&y=%2B+z", ["a", "b c"], ["1", "+ z"]),
    ("/a%2Fb/c", ["a/b", "c"], []),
    ("/a//b/", ["a", "", "b", ""], []),
    ("/gr%C3%B6%C3%9Fe%", ["größe%"], []),
  ])
  func `targets are split before they are decoded`(raw: String, segments: [String], values: [String]) {
    let target = RequestTarget(raw)
    #expect(target.segments == segments)
    #expect(target.query.map { $0.value } == values)
  }

  @Test(
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ] as [(Int64, String)])
  func `HTTP dates are written and read`(seconds: Int64, text: String) {
    #expect(HTTPDate.format(seconds) == text)
    #expect(HTTPDate.parse(text) == seconds)
  }

  @Test func `dates survive writing and reading`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let seconds = Int64.random(in: -10_000_000_000...30_000_000_000, using: &generator)
      #expect(HTTPDate.parse(HTTPDate.format(seconds)) == seconds, "seed \(seed)")
      #expect(HTTPDate.parseISO(HTTPDate.iso(seconds)) == seconds, "seed \(seed)")
    }
  }

  @Test(
    arguments: [
      ("2025-01-31", 1_738_281_600), ("2025-01-31T10:20Z", 1_738_318_800),
      ("2025-01-31T10:20:30.1234567Z", 1_738_318_830),
      ("2025-01-31T10:20:30", nil), ("2025-13-01", nil), ("tomorrow", nil),
    ] as [(String, Int64?)])
  func `SAS times are dates or UTC times`(text: String, seconds: Int64?) {
    #expect(HTTPDate.parseISO(text) == seconds)
  }

  @Test func `text is escaped for JSON and XML`() {
    #expect(Escaped.json("a\"b\\c\n\u{1}é") == #""a\"b\\c\n\u0001é""#)
    #expect(Escaped.xml("<a & \"b\">") == "&lt;a &amp; &quot;b&quot;&gt;")
  }

  @Test func `gzip bodies inflate to what went in, and damage is seen`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SplitMix64(seed: seed)
    let plain = (0..<300_000).map { _ in UInt8.random(in: 97...105, using: &generator) }
    let packed = try GzipBody(BytesBody(plain)).bytes()
    #expect(packed.count < plain.count)
    #expect(Gzip.inflate(packed, limit: 1 << 20) == plain, "seed \(seed)")
    #expect(Gzip.inflate(packed, limit: 1000) == nil)
    #expect(Gzip.inflate(Array(packed.dropLast(5)), limit: 1 << 20) == nil)
    #expect(try Gzip.inflate(GzipBody(BytesBody([])).bytes(), limit: 10) == [])
  }
}
