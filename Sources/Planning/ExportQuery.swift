internal import Compression
package import ExportSpec
package import Manifest
package import Timeline

/// The KQL of one table: what is counted and what is exported.
///
/// Nothing of the spec reaches the text unquoted, and the bounds are always
/// written out: a request's own `timespan` has no documented end.
package struct ExportQuery: Sendable, Equatable {
  package var table: String
  package var columns: [String]?
  package var filter: String?
  /// Identifies the query by 32 hexadecimal digits: 16 for the rows that it asks for, 8 for what it exports of each,
  /// and 8 for the form that it is written in.
  package let hash: String

  package init(_ spec: TableSpec) {
    table = spec.name
    columns = spec.columns
    filter = spec.filter
    hash = Self.hash(spec)
  }
}

// MARK: - Hash

extension ExportQuery {
  /// Whether the query of that hash asks for the same rows, whatever it exports of them.
  package func asksForSameRows(as hash: String) -> Bool { agrees(with: hash, in: Self.rowDigits) }

  /// Whether this query surely exports every column of every row that the query of that hash exported.
  package func exportsAll(of hash: String) -> Bool {
    agrees(with: hash, in: columns == nil ? Self.rowDigits : Self.contentDigits)
  }

  /// Whether this query surely exports every column of every row of a slice that can be compared with it: of what
  /// another tool exported the columns are not known.
  func exportsAll(of slice: ArchivedSlice) -> Bool {
    if slice.status == .adopted { return columns == nil }
    return !slice.hasBlobs || exportsAll(of: slice.queryHash)
  }

  /// Whether what the query of one hash exports surely holds every column of every row that another's does, in
  /// whatever form.
  package func exports(_ hash: String, allOf other: String) -> Bool {
    if hash == self.hash, exportsAll(of: other) { return true }
    return hash.utf8.count == Self.allDigits && other.utf8.count == Self.allDigits
      && hash.utf8.prefix(Self.contentDigits).elementsEqual(other.utf8.prefix(Self.contentDigits))
  }

  /// Digits that tell which rows are asked for.
  private static let rowDigits = 16
  /// Digits that tell the columns as well.
  private static let contentDigits = 24
  private static let allDigits = 32

  private func agrees(with hash: String, in digits: Int) -> Bool {
    hash.utf8.count == Self.allDigits && hash.utf8.prefix(digits).elementsEqual(self.hash.utf8.prefix(digits))
  }

  private static func hash(_ spec: TableSpec) -> String {
    let rows = Digest.sha256([spec.name, spec.filter ?? ""].joined(separator: "\n"))
    let columns = Digest.sha256(spec.columns?.joined(separator: ",") ?? "*")
    let form = Digest.sha256(
      ([spec.format.rawValue, spec.dynamic.rawValue, spec.nulls.rawValue] + types(spec)).joined(separator: "\n"))
    return String(
      rows.prefix(rowDigits) + columns.prefix(contentDigits - rowDigits) + form.prefix(allDigits - contentDigits))
  }
}

extension ExportQuery {
  /// Of Parquet alone: they change nothing else. How large a row group is changes no value.
  private static func types(_ spec: TableSpec) -> [String] {
    guard spec.format == .parquet else { return [] }
    return ["datetime: \(spec.parquet.datetime)", "guid: \(spec.parquet.guid)"]
      + spec.types.map { "column \($0): \($1)" }.sorted()
  }
}

// MARK: - Text

extension ExportQuery {
  /// `TimeGenerated >= datetime(a) and TimeGenerated < datetime(b)`; `between` would include the end.
  private func bounds(_ range: TimeRange) -> String {
    "TimeGenerated >= datetime(\(range.start.iso8601)) and TimeGenerated < datetime(\(range.end.iso8601))"
  }

  private func source(_ range: TimeRange, _ shard: Shard? = nil) -> String {
    var text = "\(quotedIdentifier(table))\n| where \(bounds(range))"
    if let filter { text += "\n| where (\(filter))" }
    if let shard { text += "\n| where \(bucket(shard.count)) == \(shard.index)" }
    return text
  }

  /// A hash that names its algorithm: `hash()` may change between versions.
  private func bucket(_ count: Int) -> String { "hash_xxhash64(tostring(pack_all()), \(count))" }

  /// The column of a row's time, by which everything is cut.
  package static let timeColumn = "TimeGenerated"

  /// Whether the time is asked for although the spec did not declare it: it is left out of what is written.
  package var addsTime: Bool { columns.map { !$0.contains(Self.timeColumn) } ?? false }

  private var projection: String {
    guard let columns else { return "" }
    let asked = addsTime ? columns + [Self.timeColumn] : columns
    return "\n| project \(asked.map(quotedIdentifier).joined(separator: ", "))"
  }

  /// The rows of one part, in any order.
  package func rows(of range: TimeRange, shard: Shard?) -> String { source(range, shard) + projection }

  /// The rows of several whole slices of a grid, which are sorted, in order of time.
  package func rows(of slices: [TimeRange], on grid: SliceGrid) -> String {
    var text = source(TimeRange(slices[0].start, slices[slices.count - 1].end))
    if zip(slices, slices.dropFirst()).contains(where: { $0.end != $1.start }) {
      // One flat list, however many gaps there are: a long chain of `or` is deep nesting to the service.
      let starts = slices.map { "datetime(\($0.start.iso8601))" }.joined(separator: ", ")
      text += "\n| where bin(TimeGenerated, \(grid.width)) in (\(starts))"
    }
    return text + projection + "\n| sort by TimeGenerated asc"
  }

  /// The number of rows of one part, as a single row.
  package func count(of range: TimeRange, shard: Shard?) -> String {
    source(range, shard) + "\n| summarize count()"
  }

  /// The counts of a request: group key, rows and, where asked for, billed bytes.
  package func counts(_ request: CountRequest, billed: Bool) -> String {
    let ranges = request.ranges
    var text = source(TimeRange(ranges[0].start, ranges[ranges.count - 1].end))
    if ranges.count > 1 { text += "\n| where " + ranges.map { "(\(bounds($0)))" }.joined(separator: " or ") }
    text += "\n| summarize Rows = count()\(billed ? ", Billed = sum(_BilledSize)" : "") by Key = "
    switch request.grouping {
    case .bins(let grid): text += "bin(TimeGenerated, \(grid.width))"
    case .shards(let count): text += bucket(count)
    }
    return text
  }

  /// No rows, but an error where the table or a declared column is absent.
  package var probe: String {
    "\(quotedIdentifier(table))\(projection)\n| take 0"
  }
}
