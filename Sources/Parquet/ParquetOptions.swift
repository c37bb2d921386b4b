package import Compression
internal import RowEncoding

/// How a response becomes Parquet.
package struct ParquetOptions: Sendable {
  package var codec: PageCompressor.Codec
  /// What the spec says of columns by their names.
  package var types: [String: ColumnChoice]
  /// What it says of all columns of a type, by the type's name in the workspace; `types` goes before.
  package var ofType: [String: ColumnChoice] = [:]
  /// Columns that are written as text, since a value of theirs is none of its type.
  package var unfit: Set<String> = []
  /// Whether a `dynamic` is JSON, and not any text.
  package var dynamicIsJSON = true
  /// What the metadata of each section's file has.
  package var sections: [[(key: String, value: String)]] = []
  /// `logexport version 1.2.3`: readers work round a writer's mistakes by its name.
  package var creator: String
  /// What the columns of a row group may hold.
  package var groupBytes = 64 << 20

  package init(codec: PageCompressor.Codec, types: [String: ColumnChoice] = [:], creator: String = "logexport") {
    self.codec = codec
    self.types = types
    self.creator = creator
  }

  /// Another type than the column's own.
  package enum ColumnChoice: Sendable, Equatable {
    /// Of a `decimal`: digits behind the point, 0 to 38.
    case decimal(scale: Int)
    case string
    /// Of a `datetime`.
    case microseconds
  }

  /// What a column's values become.
  func type(of column: ResponseColumn) -> ValueType {
    let choice = types[column.name] ?? ofType[column.type]
    if unfit.contains(column.name) || choice == .string { return .text }
    switch (column.type, choice) {
    case ("bool", _): return .bool
    case ("int", _): return .int
    case ("long", _): return .long
    case ("real", _): return .real
    case ("datetime", .microseconds): return .microseconds
    case ("datetime", _): return .nanoseconds
    case ("timespan", _): return .timespan
    case ("guid", _): return .guid
    case ("decimal", .decimal(let scale)): return .decimal(scale: scale)
    case ("dynamic", _): return dynamicIsJSON ? .json : .text
    default: return .text
    }
  }
}
