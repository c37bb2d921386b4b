internal import Compression
internal import RowEncoding

/// What stands behind the row groups of a file: the indexes of its pages, and the metadata by which all is found.
///
/// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
struct FileFooter {
  private let options: ParquetOptions
  /// The section of the response that the file is of.
  var section = 0
  private var groups: [Group] = []

  private struct Group {
    var rows: Int
    var offset: Int
    var chunks: [Chunk] = []
  }

  private struct Chunk {
    /// Its pages are written out, and gone by then.
    var summary: ColumnChunk.Summary
    var offset: Int
    var columnIndex: (offset: Int, size: Int)?
    var offsetIndex: (offset: Int, size: Int)?
  }

  init(_ options: ParquetOptions) { self.options = options }

  mutating func beginGroup(rows: Int, at offset: Int) { groups.append(Group(rows: rows, offset: offset)) }

  /// Adds a column chunk, whose bytes begin at `offset` of the file.
  mutating func add(_ chunk: ColumnChunk, at offset: Int) {
    groups[groups.count - 1].chunks.append(Chunk(summary: chunk.summary, offset: offset))
  }
}

// MARK: - Indexes

extension FileFooter {
  /// The column indexes of all chunks, and then their offset indexes; the first of them stands at `offset`.
  mutating func indexes(at offset: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for group in groups.indices {
      for place in groups[group].chunks.indices {
        guard let index = columnIndex(groups[group].chunks[place].summary) else { continue }
        groups[group].chunks[place].columnIndex = (offset + bytes.count, index.count)
        bytes += index
      }
    }
    for group in groups.indices {
      for place in groups[group].chunks.indices {
        let index = offsetIndex(groups[group].chunks[place])
        groups[group].chunks[place].offsetIndex = (offset + bytes.count, index.count)
        bytes += index
      }
    }
    return bytes
  }

  /// Nil where a page with values has no bounds: all pages have them, or there is no index.
  private func columnIndex(_ chunk: ColumnChunk.Summary) -> [UInt8]? {
    let pages = chunk.pages
    guard !pages.isEmpty, pages.allSatisfy({ $0.bounds != nil || $0.nulls == $0.rows }) else { return nil }
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.list(1, of: .true, pages) { $0.flag($1.nulls == $1.rows) }
      thrift.list(2, of: .binary, pages) { $0.binary($1.bounds?.least ?? []) }
      thrift.list(3, of: .binary, pages) { $0.binary($1.bounds?.greatest ?? []) }
      thrift.field(4, BoundaryOrder(of: pages.compactMap(\.bounds), chunk.schema).rawValue)
      thrift.list(5, of: .i64, pages) { $0.zigzag(Int64($1.nulls)) }
    }
    return thrift.bytes
  }

  private func offsetIndex(_ chunk: Chunk) -> [UInt8] {
    let start = chunk.offset + chunk.summary.dictionarySize
    var thrift = ThriftWriter()
    thrift.element { thrift in
      thrift.list(1, of: .struct, chunk.summary.pages) { thrift, page in
        thrift.element { thrift in
          thrift.field(1, Int64(start + page.offset))
          thrift.field(2, Int32(page.size))
          thrift.field(3, Int64(page.firstRow))
        }
      }
    }
    return thrift.bytes
  }
}

// MARK: - The footer

extension FileFooter {
  /// FileMetaData.
  func write(_ schema: [ColumnSchema]) -> [UInt8] {
    var thrift = ThriftWriter()
    thrift.element { thrift in
      // The version of the format; of 2 are the encodings by deltas.
      thrift.field(1, Int32(2))
      thrift.list(2, of: .struct, [nil] + schema.map { $0 as ColumnSchema? }) { thrift, column in
        if let column { return column.write(to: &thrift) }
        thrift.element { thrift in
          thrift.field(4, "schema")
          thrift.field(5, Int32(schema.count))
        }
      }
      thrift.field(3, Int64(groups.reduce(0) { $0 + $1.rows }))
      thrift.list(4, of: .struct, Array(groups.enumerated())) { write($1.element, $1.offset, to: &$0) }
      let own = options.sections.indices.contains(section) ? options.sections[section] : []
      let columns = schema.map { "\($0.name):\($0.origin)" }.joined(separator: "\n")
      thrift.list(5, of: .struct, own + [("logexport.columns", columns)]) { thrift, pair in
        thrift.element {
          $0.field(1, pair.key)
          $0.field(2, pair.value)
        }
      }
      thrift.field(6, options.creator)
      // TYPE_ORDER: by the logical type, where there is one.
      thrift.list(7, of: .struct, schema) { thrift, _ in thrift.element { $0.field(1) { _ in } } }
    }
    return thrift.bytes
  }

  private func write(_ group: Group, _ ordinal: Int, to thrift: inout ThriftWriter) {
    thrift.element { thrift in
      thrift.list(1, of: .struct, group.chunks) { write($1, to: &$0) }
      thrift.field(2, Int64(group.chunks.reduce(0) { $0 + $1.summary.rawSize }))
      thrift.field(3, Int64(group.rows))
      thrift.field(5, Int64(group.offset))
      thrift.field(6, Int64(group.chunks.reduce(0) { $0 + $1.summary.size }))
      if let ordinal = Int16(exactly: ordinal) { thrift.field(7, short: ordinal) }
    }
  }

  private func write(_ chunk: Chunk, to thrift: inout ThriftWriter) {
    thrift.element { thrift in
      thrift.field(2, Int64(0))
      thrift.field(3) { writeMetadata(chunk, to: &$0) }
      if let index = chunk.offsetIndex {
        thrift.field(4, Int64(index.offset))
        thrift.field(5, Int32(index.size))
      }
      if let index = chunk.columnIndex {
        thrift.field(6, Int64(index.offset))
        thrift.field(7, Int32(index.size))
      }
    }
  }

  private func writeMetadata(_ placed: Chunk, to thrift: inout ThriftWriter) {
    let chunk = placed.summary
    let hasDictionary = chunk.dictionarySize > 0
    var used = Set(chunk.encodings.keys).union([.rle])
    if hasDictionary { used.insert(.plain) }
    let pages = chunk.encodings.sorted { $0.key.rawValue < $1.key.rawValue }
    thrift.field(1, chunk.schema.physical.rawValue)
    thrift.list(2, of: .i32, used.map(\.rawValue).sorted()) { $0.zigzag(Int64($1)) }
    thrift.list(3, of: .binary, [chunk.schema.name]) { $0.binary(Array($1.utf8)) }
    thrift.field(4, options.codec.number)
    thrift.field(5, Int64(chunk.rows))
    thrift.field(6, Int64(chunk.rawSize))
    thrift.field(7, Int64(chunk.size))
    if chunk.schema.type == .timespan {
      thrift.list(8, of: .struct, [("unit", "100ns")]) { thrift, pair in
        thrift.element {
          $0.field(1, pair.0)
          $0.field(2, pair.1)
        }
      }
    }
    thrift.field(9, Int64(placed.offset + chunk.dictionarySize))
    if hasDictionary { thrift.field(11, Int64(placed.offset)) }
    thrift.field(12) { thrift in
      thrift.field(3, Int64(chunk.nulls))
      guard let bounds = chunk.bounds else { return }
      thrift.field(5, bounds.greatest)
      thrift.field(6, bounds.least)
      thrift.field(7, bounds.greatestIsExact)
      thrift.field(8, bounds.leastIsExact)
    }
    // Pages of each type, DICTIONARY_PAGE and DATA_PAGE, and encoding.
    let dictionary = hasDictionary ? [(Int32(2), Encoding.plain.rawValue, Int32(1))] : []
    thrift.list(13, of: .struct, dictionary + pages.map { (Int32(0), $0.key.rawValue, $0.value) }) { thrift, item in
      thrift.element {
        $0.field(1, item.0)
        $0.field(2, item.1)
        $0.field(3, item.2)
      }
    }
  }
}

extension PageCompressor.Codec {
  /// CompressionCodec.
  var number: Int32 {
    switch self {
    case .none: 0
    case .snappy: 1
    case .gzip: 2
    case .zstd: 6
    }
  }
}
