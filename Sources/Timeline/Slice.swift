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

  /// `SecurityEvent/2025-01-01T00:00:00Z/2025-01-01T01:00:00Z`: names one of several slices that begin at once.
  package var fullAddress: String { "\(address)/\(range.end.iso8601)" }

  /// Whether it is among the slices that are named, with or without their ends.
  package func isNamed(by addresses: Set<String>) -> Bool {
    // An address is a text, and there may be a million slices.
    !addresses.isEmpty && (addresses.contains(address) || addresses.contains(fullAddress))
  }

  /// Reads what somebody names a slice by, `TABLE/START` or `TABLE/START/END`, and spells its times as addresses do;
  /// nil where it is neither.
  package static func address(reading text: some StringProtocol) -> (table: String, address: String)? {
    let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
    let times = pieces.dropFirst().compactMap { Tick(iso8601: $0) }
    guard let table = pieces.first, !table.isEmpty, (1...2).contains(times.count), times.count == pieces.count - 1
    else { return nil }
    return (String(table), ([String(table)] + times.map(\.iso8601)).joined(separator: "/"))
  }
}

extension Slice: CustomStringConvertible {
  package var description: String { address }
}
