internal import Compression

/// Follows a file from its first byte to its last, and holds each page against its checksum and against the footer.
///
/// Holds no more than the header of a page.
package struct PageWalk: Sendable {
  private let chunks: [FileMetadata.Chunk]
  private let fileSize: Int
  /// Bytes of the file so far.
  private var offset = 0
  /// The column chunk under way or to come, and values of its pages so far.
  private var place = 0
  private var values = 0
  /// The start of a page's header, if it is not whole yet.
  private var header: [UInt8] = []
  private var page: Page?

  /// A page whose bytes are being read.
  private struct Page: Sendable {
    /// Bytes to come.
    var rest = 0
    var checksum: UInt32?
    var found = CRC32()
    var values = 0
    var isData = false
  }

  /// Headers hold statistics, and those of other writers whole texts.
  private static let headerLimit = 16 << 20

  package init(_ file: FileMetadata, fileSize: Int) {
    chunks = file.chunks
    self.fileSize = fileSize
  }
}

extension PageWalk {
  /// Takes the next bytes of the file in.
  package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(ParquetError) {
    var rest = bytes
    while !rest.isEmpty {
      let taken = try take(rest)
      offset += taken
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    }
  }

  /// Ends the file.
  package func finish() throws(ParquetError) {
    guard place == chunks.count, offset == fileSize else { throw .endsEarly }
  }

  /// Takes some bytes in, and returns how many: one at least.
  private mutating func take(_ bytes: UnsafeRawBufferPointer) throws(ParquetError) -> Int {
    if offset < 4 {
      guard bytes[0] == FileMetadata.magic[offset] else { throw .damaged("the file does not begin as Parquet does") }
      return 1
    }
    while place < chunks.count, chunks[place].range.isEmpty { try endChunk() }
    guard place < chunks.count else { return bytes.count }
    let range = chunks[place].range
    guard offset >= range.lowerBound else { return min(bytes.count, range.lowerBound - offset) }
    let within = UnsafeRawBufferPointer(rebasing: bytes.prefix(range.upperBound - offset))
    let taken = page == nil ? try takeHeader(within) : takeBody(within)
    if let page, page.rest == 0 { try end(page) }
    if offset + taken == range.upperBound { try endChunk() }
    return taken
  }

  /// Reads a header as soon as it is whole; returns how many of the bytes are its.
  private mutating func takeHeader(_ bytes: UnsafeRawBufferPointer) throws(ParquetError) -> Int {
    // Most are shorter; more is looked at where it is not.
    let before = header.count
    let more = min(bytes.count, max(64, before))
    header.append(contentsOf: bytes.prefix(more))
    var reader = ThriftReader(header)
    do throws(ParquetError) {
      page = try Self.page(&reader)
      header = []
      return reader.index - before
    } catch {
      guard error == .endsEarly else { throw error }
      guard header.count < Self.headerLimit else { throw .damaged("a page's header does not end") }
      return more
    }
  }

  private static func page(_ reader: inout ThriftReader) throws(ParquetError) -> Page {
    var page = Page()
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      switch (number, kind) {
      case (3, .i32): page.rest = try FileMetadata.count(&reader)
      case (4, .i32): page.checksum = UInt32(truncatingIfNeeded: try reader.integer())
      // Of the first and of the second version.
      case (5, .struct), (8, .struct):
        page.isData = true
        try reader.fields { (reader, number, kind) throws(ParquetError) in
          guard number == 1, kind == .i32 else { return false }
          page.values = try FileMetadata.count(&reader)
          return true
        }
      default: return false
      }
      return true
    }
    return page
  }

  private mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, page?.rest ?? 0)
    page?.found.update(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
    page?.rest -= count
    return count
  }

  private mutating func end(_ page: Page) throws(ParquetError) {
    if let checksum = page.checksum, checksum != page.found.value {
      throw .damaged("a page of column \(chunks[place].column + 1) has another checksum")
    }
    if page.isData { values += page.values }
    self.page = nil
  }

  private mutating func endChunk() throws(ParquetError) {
    guard page == nil, header.isEmpty else { throw .damaged("a page goes on behind its column") }
    guard values == chunks[place].values else {
      throw .damaged(
        "the pages of column \(chunks[place].column + 1) have \(values) values, not \(chunks[place].values)")
    }
    values = 0
    place += 1
  }
}
