import Compression
import RowEncoding
import Testing

@testable import Parquet

/// A response of a time, a number and a text in each row.
private func response(rows: Int) -> [UInt8] {
  var text = #"{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},"#
  text += #"{"name":"Number","type":"long"},{"name":"Text","type":"string"}],"rows":["#
  for row in 0..<rows {
    let minute = row * 60 / max(rows, 1)
    text += (row > 0 ? "," : "") + #"["2025-01-01T00:\#(minute < 10 ? "0" : "")\#(minute):00Z",\#(row),"text \#(row)"]"#
  }
  return Array((text + "]}]}").utf8)
}

/// The halves of the hour from 2025-01-01T00:00Z on.
private let halves = RowSections(
  ranges: [17_356_896_000_000_000..<17_356_914_000_000_000, 17_356_914_000_000_000..<17_356_932_000_000_000])

/// The files that a response becomes, one for each section, and the bytes of the largest piece they came in.
private func files(
  _ bytes: [UInt8], _ sections: RowSections = .unplaced, chunk: Int = 1 << 18, groupBytes: Int = 64 << 20,
  codec: PageCompressor.Codec = .zstd
) throws -> (files: [[UInt8]], largest: Int) {
  var options = ParquetOptions(codec: codec)
  options.groupBytes = groupBytes
  var encoder = RowEncoder(sink: try ParquetSink(options), sections: sections)
  var files = sections.ranges.map { _ in [UInt8]() }
  var largest = 0
  func take() {
    guard let section = encoder.outputSection else { return }
    let piece = encoder.withOutput { Array($0) }
    files[section] += piece
    largest = max(largest, piece.count)
  }
  for start in stride(from: 0, to: bytes.count, by: chunk) {
    encoder.feed(Array(bytes[start..<min(start + chunk, bytes.count)]))
    while try encoder.next() != .needsInput { take() }
    take()
  }
  _ = try encoder.finish()
  take()
  return (files, largest)
}

/// Follows a file to its end.
private func metadata(of file: [UInt8]) throws -> FileMetadata {
  let end = file.count - FileMetadata.tailSize
  let size = try FileMetadata.footerSize(tail: Array(file[end...]))
  let metadata = try FileMetadata(footer: Array(file[(end - size)..<end]), fileSize: file.count)
  var walk = PageWalk(metadata, fileSize: file.count)
  for start in stride(from: 0, to: file.count, by: 1000) {
    try Array(file[start..<min(start + 1000, file.count)]).withUnsafeBytes { try walk.read($0) }
  }
  try walk.finish()
  return metadata
}

@Suite struct ParquetTests {
  @Test(arguments: [0, 1, 2, 1023, 1024, 1025, 130_000])
  func `a file has the rows that were sent`(rows: Int) throws {
    let file = try files(response(rows: rows)).files[0]
    #expect(file.starts(with: FileMetadata.magic))
    #expect(try metadata(of: file).rows == rows)
  }

  @Test(arguments: [1, 7, 100])
  func `rows are the same however the response is cut`(chunk: Int) throws {
    let file = try files(response(rows: 100), chunk: chunk).files[0]
    #expect(try metadata(of: file).rows == 100)
  }

  @Test func `a row group ends with the rows that it may have`() throws {
    let metadata = try metadata(of: try files(response(rows: ParquetSink.groupRows + 1)).files[0])
    #expect(metadata.chunks.map(\.values) == [122_880, 122_880, 122_880, 1, 1, 1])
  }

  @Test func `a row group ends where its columns hold what they may`() throws {
    let metadata = try metadata(of: try files(response(rows: 50_000), groupBytes: 200_000).files[0])
    #expect(metadata.rows == 50_000)
    let groups = metadata.chunks.count / 3
    #expect(groups > 5)
  }

  @Test func `a row group is no smaller for what the one before it took`() throws {
    // So many texts that the dictionary's table has most of the memory.
    var text = #"{"tables":[{"columns":[{"name":"Text","type":"string"}],"rows":["#
    for row in 0..<100_000 { text += #"\#(row > 0 ? "," : "")["text \#(row / 2 % 9000)"]"# }
    let file = try files(Array((text + "]}]}").utf8), groupBytes: 560_000).files[0]
    let rows = try metadata(of: file).chunks.map(\.values)
    #expect(rows.count > 2)
    let first = try #require(rows.first)
    #expect(rows.dropLast().allSatisfy { $0 > first / 2 }, "\(rows)")
  }

  @Test func `a long text that comes often is written once, whatever stands between`() throws {
    let long = String(repeating: "x", count: 20_000)
    var text = #"{"tables":[{"columns":[{"name":"Text","type":"string"}],"rows":["#
    for row in 0..<10_000 {
      let value = row % 20 == 0 ? long : "text \(row)"
      text += #"\#(row > 0 ? "," : "")["\#(value)"]"#
    }
    let file = try files(Array((text + "]}]}").utf8), codec: .none).files[0]
    #expect(try metadata(of: file).rows == 10_000)
    #expect(file.count < 1 << 20)
  }

  @Test func `each section is a file of its own`() throws {
    let files = try files(response(rows: 1000), halves).files
    #expect(try files.map { try metadata(of: $0).rows } == [500, 500])
  }

  @Test func `a large file comes in pieces`() throws {
    // Texts by chance, which nothing compresses.
    var state: UInt64 = 1
    var text = #"{"tables":[{"columns":[{"name":"Text","type":"string"}],"rows":["#
    for row in 0..<20_000 {
      text += row > 0 ? ",[\"" : "[\""
      for _ in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += String(state, radix: 36)
      }
      text += "\"]"
    }
    let (files, largest) = try files(Array((text + "]}]}").utf8))
    #expect(files[0].count > 5 << 20)
    #expect(largest <= 5 << 20)
    #expect(try metadata(of: files[0]).rows == 20_000)
  }

  @Test func `a byte of a page that changed is found`() throws {
    let file = try files(response(rows: 300)).files[0]
    let chunks = try metadata(of: file).chunks
    for chunk in chunks {
      var damaged = file
      damaged[chunk.range.upperBound - 1] ^= 0x10
      #expect(throws: ParquetError.self, "column \(chunk.column)") { try metadata(of: damaged) }
    }
  }

  @Test func `a file that is cut off is refused`() throws {
    let file = try files(response(rows: 300)).files[0]
    for size in stride(from: 12, to: file.count, by: 37) {
      #expect(throws: ParquetError.self) { try metadata(of: Array(file.prefix(size))) }
    }
  }
}

@Suite struct ThriftReaderTests {
  /// Field 1, a list, and field 2, a number.
  private func number(behind list: [UInt8]) throws -> Int64? {
    var reader = ThriftReader([0x19] + list + [0x16, 0x54, 0])
    var found: Int64?
    try reader.fields { (reader, number, _) throws(ParquetError) in
      guard number == 2 else { return false }
      found = try reader.integer()
      return true
    }
    return found
  }

  @Test(arguments: [[0x00], [0x0C], [0x25, 2, 4], [0x1C, 0], [0xF3, 2, 7, 7]] as [[UInt8]])
  func `a list that nobody asked for is skipped, though it be empty and of no type`(list: [UInt8]) throws {
    #expect(try number(behind: list) == 42)
  }

  @Test(arguments: [[0x10], [0xF5, 0x7F], [0x1B]] as [[UInt8]])
  func `a list without a type, of too many, or of maps is refused`(list: [UInt8]) {
    #expect(throws: ParquetError.self) { try number(behind: list) }
  }
}

@Suite struct BoundsTests {
  private func bounds(_ least: String, _ greatest: String) -> Bounds? {
    Array(least.utf8).withUnsafeBufferPointer { first in
      Array(greatest.utf8).withUnsafeBufferPointer { Bounds(texts: first, $0, mayCut: true) }
    }
  }

  @Test func `short texts are bounds themselves`() {
    let found = bounds("", String(repeating: "z", count: 64))
    #expect(found?.least == [] && found?.greatest == Array(repeating: UInt8(ascii: "z"), count: 64))
    #expect(found?.leastIsExact == true && found?.greatestIsExact == true)
  }

  @Test(arguments: [
    ("a", 65, "b"), ("é", 40, "ê"), ("\u{D7FF}", 30, "\u{E000}"), ("\u{7F}", 70, "\u{80}"),
    ("\u{10FFFE}", 20, "\u{10FFFF}"),
  ])
  func `a long text is cut, and the greatest is what lies behind it`(character: String, times: Int, next: String) {
    let text = String(repeating: character, count: times)
    let found = bounds(text, text)
    let whole = 64 / character.utf8.count
    #expect(found?.least == Array(String(repeating: character, count: whole).utf8))
    #expect(found?.greatest == Array((String(repeating: character, count: whole - 1) + next).utf8))
    #expect(found?.leastIsExact == false && found?.greatestIsExact == false)
  }

  @Test func `nothing short lies behind the last characters of all`() {
    #expect(bounds("", String(repeating: "\u{10FFFF}", count: 17)) == nil)
  }
}

@Suite struct BoundaryOrderTests {
  private func order(_ type: ValueType, _ pages: [([UInt8], [UInt8])]) -> BoundaryOrder {
    let bounds = pages.map { Bounds(least: $0.0, greatest: $0.1) }
    return BoundaryOrder(of: bounds, ColumnSchema(name: "C", type: type, origin: ""))
  }

  private func long(_ value: Int64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

  @Test(
    arguments: [
      ([], .ascending), ([(5, 9)], .ascending), ([(-300, -1), (-1, 256), (0, 256)], .ascending),
      ([(0, 256), (-1, 256), (-300, -1)], .descending), ([(1, 9), (2, 8)], .unordered), ([(3, 3), (3, 3)], .ascending),
    ] as [([(Int64, Int64)], BoundaryOrder)])
  func `numbers are compared as numbers`(pages: [(Int64, Int64)], expected: BoundaryOrder) {
    #expect(order(.long, pages.map { (long($0.0), long($0.1)) }) == expected)
  }

  @Test func `texts are compared by their bytes, and decimals by their sign first`() {
    let pages: [([UInt8], [UInt8])] = [([0x7F], [0x7F]), ([0xC3, 0xA9], [0xF0])]
    #expect(order(.text, pages) == .ascending)
    #expect(order(.decimal(scale: 2), pages) == .descending)
  }

  @Test func `nothing is said of doubles on several pages`() {
    let page = ([UInt8](repeating: 0, count: 8), [UInt8](repeating: 0, count: 8))
    #expect(order(.real, [page]) == .ascending)
    #expect(order(.real, [page, page]) == .unordered)
  }
}
