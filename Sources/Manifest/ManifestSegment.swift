internal import Timeline

/// The name of one append blob of the manifest: `SecurityEvent/2025.csv`, and
/// once that nears the service's 50,000 appends `SecurityEvent/2025.0002.csv`.
package struct ManifestSegment: Hashable, Sendable, Comparable {
  package var table: String
  /// The year that its slices start in.
  package var year: Int
  /// From 1.
  package var number: Int

  package init(table: String, year: Int, number: Int = 1) {
    self.table = table
    self.year = year
    self.number = number
  }

  package var name: String {
    "\(table)/\(pad(year, 4))\(number == 1 ? "" : ".\(pad(number, 4))").csv"
  }

  /// Reads `name`; nil for any other blob in the container.
  package init?(name: String) {
    let pieces = name.split(separator: "/", omittingEmptySubsequences: false)
    guard pieces.count == 2, !pieces[0].isEmpty else { return nil }
    let fields = pieces[1].split(separator: ".", omittingEmptySubsequences: false)
    guard fields.last == "csv", (2...3).contains(fields.count), fields[0].count == 4, let year = Int(fields[0])
    else { return nil }
    let number = fields.count == 3 ? Int(fields[1]) : 1
    guard let number, number >= 1 else { return nil }
    self.init(table: String(pieces[0]), year: year, number: number)
    guard self.name == name else { return nil }
  }

  package static func < (a: ManifestSegment, b: ManifestSegment) -> Bool {
    (a.table, a.year, a.number) < (b.table, b.year, b.number)
  }
}
