/// Which columns of another tool's log hold what.
package struct ForeignColumns: Sendable, Equatable {
  package var table: Column
  /// One column of the whole range, or one for each end.
  package var range: Range
  package var rows: Column
  package var url: Column
  /// The blob's size in bytes, where the log has it; nil for a column of a usual name, if there is one.
  package var bytes: Column?

  /// Stands for the column of sizes where the log's is not to be compared.
  package static let none: Column = "-"

  /// A column by its name in the header, or by its number from 1 in a file that has none.
  package typealias Column = String

  /// Where the range stands.
  package enum Range: Sendable, Equatable {
    case one(Column)
    case two(start: Column, end: Column)
  }

  /// The manifest's own names, which stand for what is not said.
  package static let standard = ForeignColumns(
    table: "table", range: .two(start: "start", end: "end"), rows: "rows", url: "blob_url", bytes: nil)
}

extension ForeignColumns {
  /// Reads `table=TableName,start=From,end=To,rows=N,url=Blob`, or `range=TimeRange` for both ends.
  ///
  /// Throws a reason where a key is unknown, given twice, or without a value.
  package init(parsing text: String) throws(ForeignColumnsError) {
    var values: [Substring: String] = [:]
    for pair in text.split(separator: ",") {
      let halves = pair.split(separator: "=", maxSplits: 1)
      guard halves.count == 2 else { throw ForeignColumnsError("'\(pair)' is not KEY=COLUMN") }
      guard ["table", "start", "end", "range", "rows", "url", "bytes"].contains(halves[0]) else {
        throw ForeignColumnsError("there is no '\(halves[0])': table, start, end, range, rows, url and bytes are")
      }
      guard values.updateValue(String(halves[1]), forKey: halves[0]) == nil else {
        throw ForeignColumnsError("'\(halves[0])' is given twice")
      }
    }
    self = Self.standard
    if let table = values["table"] { self.table = table }
    if let rows = values["rows"] { self.rows = rows }
    if let url = values["url"] { self.url = url }
    bytes = values["bytes"]
    if let range = values["range"] {
      guard values["start"] == nil, values["end"] == nil else {
        throw ForeignColumnsError("a range in one column has no start and end besides")
      }
      self.range = .one(range)
    } else {
      self.range = .two(start: values["start"] ?? "start", end: values["end"] ?? "end")
    }
    let numbers = names.count { Int($0) != nil }
    guard numbers == 0 || numbers == names.count else {
      throw ForeignColumnsError("columns are named, or all of them numbered from 1 where the file has no header")
    }
  }

  /// All columns that are asked for.
  package var names: [Column] {
    let ends: [Column] =
      switch range {
      case .one(let column): [column]
      case .two(let start, let end): [start, end]
      }
    return [table] + ends + [rows, url] + (bytes.flatMap { $0 == Self.none ? nil : [$0] } ?? [])
  }

  /// The column of sizes among those of a header: the one that is named, or else one of a usual name.
  func sizes(among header: [String]) -> Column? {
    if let bytes { return bytes == Self.none ? nil : bytes }
    return areNumbers ? nil : header.first { ["bytes", "size", "size_bytes"].contains($0.lowercased()) }
  }

  /// Whether the file has no header.
  package var areNumbers: Bool { Int(table) != nil }
}

/// Why a text does not say which columns there are.
package struct ForeignColumnsError: Error, Sendable, Equatable {
  package var reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
