/// One table and one half-open range of time: the unit that is exported,
/// recorded and replaced as a whole.
package struct Slice: Hashable, Sendable {
  /// The table's name in the workspace.
  package var table: String
  package var range: TimeRange

  package init(table: String, range: TimeRange) {
    self.table = table
    self.range = range
  }

  /// `SecurityEvent/2025-01-01T00:00:00Z`: how people name a slice.
  package var address: String { "\(table)/\(range.start.iso8601)" }
}

extension Slice: CustomStringConvertible {
  package var description: String { address }
}
