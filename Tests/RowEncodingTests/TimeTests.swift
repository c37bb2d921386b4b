import Testing

@testable import RowEncoding

@Suite struct TimeTests {
  /// Ticks as the encoder reads them.
  private func ticks(_ text: String, _ scan: inout TimeScan) -> Int64? {
    let buffer = ByteBuffer()
    Array(text.utf8).withUnsafeBufferPointer { buffer.append($0) }
    buffer.terminate()
    return scan.ticks(buffer.bytes, from: 0, count: buffer.count)
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.0000001Z", 1), ("1970-01-01T00:00:00.1Z", 1_000_000),
      ("1970-01-01T00:00:00.12Z", 1_200_000), ("1970-01-01T00:00:00.123Z", 1_230_000),
      ("1970-01-01T00:00:00.1234Z", 1_234_000), ("1970-01-01T00:00:00.12345Z", 1_234_500),
      ("1970-01-01T00:00:00.123456Z", 1_234_560), ("1970-01-01T00:00:00.1234567Z", 1_234_567),
      ("1970-01-01T01:02:03Z", 37_230_000_000), ("1970-01-01T23:59:59.9999999Z", 863_999_999_999),
      ("1969-12-31T23:59:59.9999999Z", -1), ("2000-02-29T00:00:00Z", 9_517_824_000_000_000),
      ("2024-02-29T12:00:00Z", 17_092_080_000_000_000), ("2025-01-01T00:00:00Z", 17_356_896_000_000_000),
      ("0001-01-01T00:00:00Z", -621_355_968_000_000_000),
      ("9999-12-31T23:59:59.9999999Z", 2_534_023_007_999_999_999),
    ] as [(String, Int64)])
  func `a datetime is read to the tick`(text: String, expected: Int64) {
    var scan = TimeScan()
    #expect(ticks(text, &scan) == expected)
    #expect(ticks(text, &scan) == expected, "the hour is remembered")
  }

  @Test(arguments: [
    "", "Z", "2025-01-01", "2025-01-01T00:00:00", "2025-01-01T00:00:00+00:00", "2025-01-01T00:00:00.Z",
    "2025-01-01T00:00:00.12345678Z", "2025-01-01T00:00:00.12a4567Z", "2025-01-01T00:00:00,1Z", "2025-01-01t00:00:00Z",
    "2025-01-01 00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-02-29T00:00:00Z",
    "2025-04-31T00:00:00Z", "2025-01-00T00:00:00Z", "2100-02-29T00:00:00Z", "0000-01-01T00:00:00Z",
    "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z", "2025-01-01T00:00:60Z", "2025-01-01T00:0:000Z",
    "2025-01-01T00:00:0:Z", "2025-01-01T00:00:00.123456zZ", "2025/01/01T00:00:00Z", "2025-01-01T00:00:00z",
  ])
  func `anything else is no datetime`(text: String) {
    var scan = TimeScan()
    #expect(ticks(text, &scan) == nil)
    _ = ticks("2025-01-01T00:00:00Z", &scan)
    #expect(ticks(text, &scan) == nil, "the hour is remembered")
  }
}
