/// Where the rows of a response belong by their time.
///
/// Several small neighbouring slices share one query, ordered by time; each is written
/// as a document of its own.
package struct RowSections: Sendable, Equatable {
  /// Sorted, disjoint, half-open and none empty: ticks of 100 ns since 1970-01-01T00:00:00Z.
  package var ranges: [Range<Int64>]
  /// The `datetime` column by which rows are placed; empty where they are not, as in `unplaced`.
  package var column: String
  /// Whether that column is left out of what is written, since the spec did not declare it.
  package var dropsColumn: Bool

  package init(ranges: [Range<Int64>], column: String = "TimeGenerated", dropsColumn: Bool = false) {
    self.ranges = ranges
    self.column = column
    self.dropsColumn = dropsColumn
  }

  /// One section of all rows, whatever their time, if they have one: for responses that are no table's.
  package static let unplaced = RowSections(ranges: [Int64.min..<Int64.max], column: "")

  /// The section that holds a time; nil where none does.
  func section(of time: Int64) -> Int? { ranges.firstIndex { $0.contains(time) } }
}
