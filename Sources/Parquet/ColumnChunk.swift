internal import Compression

/// The pages of one column of a row group, each compressed as soon as it is whole.
struct ColumnChunk {
  /// The dictionary's page with its header, if there is one.
  private(set) var dictionary: [UInt8] = []
  /// Data pages one behind the other, each with its header.
  private(set) var bytes: [UInt8] = []
  private(set) var summary: Summary

  /// What is left to tell of a chunk when its bytes are written out.
  struct Summary {
    let schema: ColumnSchema
    /// Bytes of the dictionary's page, and of the data pages behind it.
    var dictionarySize = 0
    var dataSize = 0
    /// Bytes of all pages with their headers, had they not been compressed.
    var rawSize = 0
    var pages: [Page] = []
    /// Data pages of each encoding.
    var encodings: [Encoding: Int32] = [:]
    var rows = 0
    var nulls = 0
    /// Of all values; nil where there are none, or where none can be named.
    var bounds: Bounds?

    var size: Int { dictionarySize + dataSize }
  }

  /// A data page.
  struct Page {
    /// From the first data page on.
    var offset: Int
    /// With its header.
    var size: Int
    var firstRow: Int
    var rows: Int
    var nulls: Int
    var bounds: Bounds?
  }

  init(_ schema: ColumnSchema) { summary = Summary(schema: schema) }
}

extension ColumnChunk {
  /// Adds a data page: its levels and its values.
  mutating func add(
    _ page: PageBytes, rows: Int, nulls: Int, _ encoding: Encoding, _ bounds: Bounds?, _ compressor: PageCompressor
  ) throws(CompressionError) {
    let offset = bytes.count
    try Self.append(page, compressor, to: &bytes, raw: &summary.rawSize) { thrift in
      // DATA_PAGE
      thrift.field(1, Int32(0))
    } _: { thrift in
      thrift.field(5) { thrift in
        thrift.field(1, Int32(rows))
        thrift.field(2, encoding.rawValue)
        thrift.field(3, Encoding.rle.rawValue)
        thrift.field(4, Encoding.rle.rawValue)
      }
    }
    summary.pages.append(
      Page(
        offset: offset, size: bytes.count - offset, firstRow: summary.rows, rows: rows, nulls: nulls, bounds: bounds))
    summary.dataSize = bytes.count
    summary.encodings[encoding, default: 0] += 1
    summary.rows += rows
    summary.nulls += nulls
  }

  /// Sets the dictionary: its values, plain.
  mutating func setDictionary(
    _ page: PageBytes, count: Int, _ compressor: PageCompressor
  ) throws(CompressionError) {
    try Self.append(page, compressor, to: &dictionary, raw: &summary.rawSize) { thrift in
      // DICTIONARY_PAGE
      thrift.field(1, Int32(2))
    } _: { thrift in
      thrift.field(7) { thrift in
        thrift.field(1, Int32(count))
        thrift.field(2, Encoding.plain.rawValue)
      }
    }
    summary.dictionarySize = dictionary.count
  }

  /// Ends the chunk: all pages are in it, and these are the bounds of all their values.
  mutating func finish(_ bounds: Bounds?) { summary.bounds = bounds }

  /// A page's header, and its compressed bytes, whose checksum the header has.
  private static func append(
    _ page: PageBytes, _ compressor: PageCompressor, to bytes: inout [UInt8], raw: inout Int,
    _ kind: (inout ThriftWriter) -> Void, _ details: (inout ThriftWriter) -> Void
  ) throws(CompressionError) {
    var body: [UInt8] = []
    try compressor.compress(page.raw, into: &body)
    var checksum = CRC32()
    body.withUnsafeBytes { checksum.update($0) }
    var header = ThriftWriter()
    header.element { thrift in
      kind(&thrift)
      thrift.field(2, Int32(page.count))
      thrift.field(3, Int32(body.count))
      thrift.field(4, Int32(bitPattern: checksum.value))
      details(&thrift)
    }
    bytes += header.bytes
    bytes += body
    raw += header.bytes.count + page.count
  }
}
