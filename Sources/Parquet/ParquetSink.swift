internal import Compression
package import RowEncoding

/// Makes a Parquet file of each section of a response.
///
///     PAR1 │ row group: the pages of one column after the other │ … │ indexes of all pages │ footer │ size │ PAR1
///
/// A row group ends after `groupRows` rows, or where its columns hold `groupBytes`: no more is ever in memory, but for
/// what waits to be written of the row group before.
package final class ParquetSink: ColumnSink {
  private let options: ParquetOptions
  private let shop: PageShop
  private var schema: [ColumnSchema] = []
  /// The place of each of the response's columns among those that are written.
  private var places: [Int?] = []
  private var columns: [Column] = []
  private var rows = 0
  private var footer: FileFooter
  /// Bytes of the file so far, those that wait to be written included.
  private var offset = 0
  private var waiting: [[UInt8]] = []
  private var written = 0

  /// Rows of a row group, at most: as many as DuckDB has, a multiple of what it reads at once.
  package static let groupRows = 122_880
  /// Bytes that are put out at once.
  private static let outputSize = 4 << 20

  private enum Column {
    case numbers(NumberColumn)
    case texts(TextColumn)

    var size: Int {
      switch self {
      case .numbers(let column): column.size
      case .texts(let column): column.size
      }
    }
  }

  /// Throws where the codec's library has no memory for its state.
  package init(_ options: ParquetOptions) throws(ColumnSinkError) {
    self.options = options
    do throws(CompressionError) { shop = try PageShop(options.codec) } catch {
      throw ColumnSinkError(reason: error.description)
    }
    footer = FileFooter(options)
  }
}

// MARK: - Columns

extension ParquetSink {
  package func begin(columns: [ResponseColumn], without dropped: Int?) -> [ValueType?] {
    let types = columns.indices.map { $0 == dropped ? nil : options.type(of: columns[$0]) }
    places = []
    schema = []
    for (column, type) in zip(columns, types) {
      places.append(type == nil ? nil : schema.count)
      if let type { schema.append(ColumnSchema(name: column.name, type: type, origin: column.type)) }
    }
    self.columns = schema.map {
      switch $0.physical {
      case .byteArray, .fixed: .texts(TextColumn($0))
      default: .numbers(NumberColumn($0))
      }
    }
    return types
  }

  package func begin(_ section: Int) {
    footer = FileFooter(options)
    footer.section = section
    offset = 0
    put(FileMetadata.magic)
  }

  package var batchRoom: Int { Self.groupRows - rows }

  package func append(_ values: ColumnValues, to column: Int) throws(ColumnSinkError) {
    guard let place = places[column] else { return }
    switch columns[place] {
    case .numbers(let column): column.append(values)
    case .texts(let column):
      do throws(CompressionError) { try column.append(values, shop) } catch {
        throw ColumnSinkError(reason: error.description)
      }
    }
  }

  package func endBatch(rows: Int) throws(ColumnSinkError) {
    self.rows += rows
    let size = columns.reduce(0) { $0 + $1.size }
    if self.rows >= Self.groupRows || size >= options.groupBytes { try endRows() }
  }
}

// MARK: - Row groups and the file's end

extension ParquetSink {
  package func endRows() throws(ColumnSinkError) {
    guard rows > 0 else { return }
    do throws(CompressionError) {
      footer.beginGroup(rows: rows, at: offset)
      for column in columns {
        let chunk =
          switch column {
          case .numbers(let column): try column.finish(shop)
          case .texts(let column): try column.finish(shop)
          }
        footer.add(chunk, at: offset)
        put(chunk.dictionary)
        put(chunk.bytes)
      }
    } catch { throw ColumnSinkError(reason: error.description) }
    rows = 0
  }

  package func endDocument() {
    put(footer.indexes(at: offset))
    let end = footer.write(schema)
    put(end)
    put(withUnsafeBytes(of: UInt32(end.count).littleEndian) { Array($0) } + FileMetadata.magic)
  }

  private func put(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    offset += bytes.count
    waiting.append(bytes)
  }

  package var hasOutput: Bool { !waiting.isEmpty }

  package func write(to output: ByteBuffer) {
    var room = Self.outputSize
    var done = 0
    while done < waiting.count, room > 0 {
      let size = min(room, waiting[done].count - written)
      waiting[done].withUnsafeBufferPointer {
        output.append(UnsafeBufferPointer(rebasing: $0[written..<written + size]))
      }
      room -= size
      written += size
      if written == waiting[done].count {
        waiting[done] = []
        done += 1
        written = 0
      }
    }
    waiting.removeFirst(done)
  }
}
