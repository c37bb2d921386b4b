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

  private struct Group {
    var rows = 0
    var chunks: [Chunk] = []
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
    var groups: [Group] = []
    var isNested = false
    var reader = ThriftReader(footer)
    do throws(ParquetError) {
      try reader.fields { (reader, number, kind) throws(ParquetError) in
        switch (number, kind) {
        case (2, .list):
          try reader.list { (reader) throws(ParquetError) in if try Self.repeats(&reader) { isNested = true } }
        case (3, .i64): file.rows = try Self.count(&reader)
        case (4, .list):
          try reader.list { (reader) throws(ParquetError) in groups.append(try Self.group(&reader, before: end)) }
        default: return false
        }
        return true
      }
    } catch { throw error == .endsEarly ? .damaged("the footer ends early") : error }
    let rows = groups.reduce(0) { $0 + $1.rows }
    guard rows == file.rows else {
      throw .damaged("the row groups have \(rows) rows, and the file says \(file.rows)")
    }
    for group in groups {
      // A row has a value in each column, be it a null, and several where the column is of lists.
      guard group.chunks.allSatisfy({ isNested ? $0.values >= group.rows : $0.values == group.rows }) else {
        throw .damaged("a column has other than the \(group.rows) values of its row group")
      }
      file.chunks += group.chunks
    }
    // One without pages comes before the one that begins at the same place.
    file.chunks.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    guard zip(file.chunks, file.chunks.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound }) else {
      throw .damaged("pages of two columns lie over each other")
    }
    self = file
  }

  /// Reads a SchemaElement: whether there may be several of it in a row.
  private static func repeats(_ reader: inout ThriftReader) throws(ParquetError) -> Bool {
    var repetition: Int64 = 0
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      guard number == 3, kind == .i32 else { return false }
      repetition = try reader.integer()
      return true
    }
    // REPEATED
    return repetition == 2
  }

  /// Reads a RowGroup.
  private static func group(_ reader: inout ThriftReader, before end: Int) throws(ParquetError) -> Group {
    var group = Group()
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      switch (number, kind) {
      case (1, .list):
        try reader.list { (reader) throws(ParquetError) in
          group.chunks.append(try chunk(&reader, column: group.chunks.count, before: end))
        }
      case (3, .i64): group.rows = try count(&reader)
      default: return false
      }
      return true
    }
    return group
  }

  /// Reads a ColumnChunk.
  private static func chunk(
    _ reader: inout ThriftReader, column: Int, before end: Int
  ) throws(ParquetError) -> Chunk {
    var chunk = Chunk(column: column)
    var size = 0
    // Of the data pages and of the dictionary; some write a zero where there are none.
    var starts: [Int] = []
    try reader.fields { (reader, number, kind) throws(ParquetError) in
      guard number == 3, kind == .struct else { return false }
      try reader.fields { (reader, number, kind) throws(ParquetError) in
        switch (number, kind) {
        case (5, .i64): chunk.values = try count(&reader)
        case (7, .i64): size = try count(&reader)
        case (9, .i64), (11, .i64): starts.append(try count(&reader))
        default: return false
        }
        return true
      }
      return true
    }
    let start = starts.filter { $0 > 0 }.min() ?? magic.count
    guard start >= magic.count, start <= end, size <= end - start else {
      throw .damaged("pages lie outside of the file")
    }
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
