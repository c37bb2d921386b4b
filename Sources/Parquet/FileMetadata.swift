/// What the footer of a file says of its rows and its pages.
package struct FileMetadata: Sendable, Equatable {
  package private(set) var rows = 0
  /// The pages of each column of each row group, in the order of the file.
  private(set) var chunks: [Chunk] = []

  struct Chunk: Sendable, Equatable {
    /// Where in the file.
    var range: Range<Int> = 0..<0
    /// Nulls are values here.
    var values = 0
    var column = 0
  }

  /// What a file begins and ends with.
  package static let magic: [UInt8] = Array("PAR1".utf8)
  /// Bytes of the end of a file that `footerSize` wants.
  package static let tailSize = 8
  /// A footer of more is none.
  private static let sizeLimit = 256 << 20
}

extension FileMetadata {
  /// How many bytes the footer has, which lies before the last bytes of the file.
  package static func footerSize(tail: [UInt8]) throws(ParquetError) -> Int {
    guard tail.count == tailSize, Array(tail.suffix(4)) == magic else {
      throw .damaged("the file does not end as Parquet does")
    }
    let size = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size <= sizeLimit else { throw .damaged("the footer is of \(size) bytes") }
    return size
  }

  /// Reads a footer, which ends `tailSize` bytes before the end of a file of `fileSize` bytes.
  package init(footer: [UInt8], fileSize: Int) throws(ParquetError) {
    let end = fileSize - Self.tailSize - footer.count
    guard end >= 4 else { throw .damaged("the footer is larger than the file") }
    var file = FileMetadata()
    var groupRows = 0
    var reader = ThriftReader(footer)
    do throws(ParquetError) {
      try reader.fields { (reader, number, kind) throws(ParquetError) in
        switch (number, kind) {
        case (3, .i64): file.rows = try Self.count(&reader)
        case (4, .list):
          try reader.list { (reader) throws(ParquetError) in groupRows += try file.readGroup(&reader, before: end) }
        default: return false
        }
        return true
      }
    } catch { throw error == .endsEarly ? .damaged("the footer ends early") : error }
    guard groupRows == file.rows else {
      throw .damaged("the row groups have \(groupRows) rows, and the file says \(file.rows)")
    }
    file.chunks.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard zip(file.chunks, file.chunks.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound }) else {
      throw .damaged("pages of two columns lie over each other")
    }
    self = file
  }

  /// Reads a RowGroup, and returns its rows.
  private mutating func readGroup(_ reader: inout ThriftReader, before end: Int) throws(ParquetError) -> Int {
    var rows = 0
    let first = chunks.count
    var added: [Chunk] = []
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      switch (number, kind) {
      case (1, .list):
        try reader.list { (reader) throws(ParquetError) in
          added.append(try Self.readChunk(&reader, column: added.count, before: end))
        }
      case (3, .i64): rows = try Self.count(&reader)
      default: return false
      }
      return true
    }
    chunks += added
    guard chunks[first...].allSatisfy({ $0.values == rows }) else {
      throw .damaged("a column has other than the \(rows) values of its row group")
    }
    return rows
  }

  /// Reads a ColumnChunk.
  private static func readChunk(
    _ reader: inout ThriftReader, column: Int, before end: Int
  ) throws(ParquetError) -> Chunk {
    var chunk = Chunk(column: column)
    var size = 0
    var dataStart = -1
    var dictionaryStart: Int?
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      guard number == 3, kind == .struct else { return false }
      try reader.fields { (reader, number, kind) throws(ParquetError) in
        switch (number, kind) {
        case (5, .i64): chunk.values = try count(&reader)
        case (7, .i64): size = try count(&reader)
        case (9, .i64): dataStart = try count(&reader)
        case (11, .i64): dictionaryStart = try count(&reader)
        default: return false
        }
        return true
      }
      return true
    }
    // Some write a zero where there is no dictionary.
    let start = dictionaryStart.map { $0 >= 4 ? min($0, dataStart) : dataStart } ?? dataStart
    guard start >= 4, start <= end, size <= end - start else { throw .damaged("pages lie outside of the file") }
    chunk.range = start..<start + size
    return chunk
  }

  /// A number that counts something: up to 2^48, so that a few of them can be added.
  static func count(_ reader: inout ThriftReader) throws(ParquetError) -> Int {
    let value = try reader.integer()
    guard value >= 0, value < 1 << 48 else { throw .damaged("a count of \(value)") }
    return Int(value)
  }
}
