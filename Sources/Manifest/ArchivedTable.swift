package import Timeline

/// What the manifest says of one table: for each slice the generation that counts.
package struct ArchivedTable: Sendable {
  /// By range; slices exported with another width may lie between others.
  package var slices: [ArchivedSlice]
  /// Rows of earlier or incomplete generations: their blobs are of no more use.
  package var outdated: [ManifestRow]
  /// URLs of old blobs that could not be deleted, and were noted as such.
  package var superseded: Set<String>
  /// Every tick that any slice accounts for, whatever its state.
  package var covered: TimeRangeSet

  package static let nothing = ArchivedTable(
    slices: [], outdated: [], superseded: [], covered: TimeRangeSet())
}

/// One slice as it stands in the archive.
package struct ArchivedSlice: Sendable {
  package var range: TimeRange
  package var generation: Int
  package var status: ManifestRow.Status
  /// The rows of the manifest that make it up, one a part; exactly one where there is no blob.
  package var parts: [ManifestRow]

  package var rows: Int { parts.reduce(0) { $0 + $1.rows } }
  /// Bytes of the responses that it came from.
  package var rawBytes: Int { parts.reduce(0) { $0 + $1.rawBytes } }
  package var queryHash: String { parts.first?.queryHash ?? "" }
  /// When its first part was exported.
  package var exportedAt: Tick { parts.map(\.exportedAt).min() ?? .earliest }
  /// Whether there are blobs that should be there.
  package var hasBlobs: Bool { status == .exported || status == .adopted }
}

/// Folds manifest rows, in the order of the ledger, into the state of a table.
///
/// A slice is what its rows name as `slice_start` and `slice_end`; its highest
/// generation with all of its parts counts, whatever was appended around it.
package struct ManifestFold: Sendable {
  private struct Key: Hashable {
    var range: TimeRange
    var generation: Int
  }

  private var generations: [Key: [ManifestRow]] = [:]
  private var superseded: Set<String> = []

  package init() {}

  package mutating func add(_ row: ManifestRow) {
    // A superseded row only notes that an old blob still lies there.
    guard row.status != .superseded else {
      superseded.insert(row.blobURL)
      return
    }
    let key = Key(range: row.sliceRange, generation: row.generation)
    // The same part twice is the same append seen twice: the later one stands.
    if let twin = generations[key]?.firstIndex(where: { $0.part == row.part }) {
      generations[key]?[twin] = row
    } else {
      generations[key, default: []].append(row)
    }
  }

  /// The state of the table after all rows so far.
  package func result() -> ArchivedTable {
    var best: [TimeRange: Key] = [:]
    for (key, rows) in generations where Self.isComplete(rows) {
      if let other = best[key.range], other.generation > key.generation { continue }
      best[key.range] = key
    }
    var slices: [ArchivedSlice] = []
    slices.reserveCapacity(best.count)
    for key in best.values {
      let parts = (generations[key] ?? []).sorted { $0.part < $1.part }
      slices.append(
        ArchivedSlice(range: key.range, generation: key.generation, status: parts[0].status, parts: parts))
    }
    slices.sort { $0.range < $1.range }
    let outdated = generations.filter { best[$0.key.range] != $0.key && !$0.value.isEmpty }.values.flatMap { $0 }
    return ArchivedTable(
      slices: slices, outdated: outdated.filter { !$0.blobURL.isEmpty }.sorted { $0.blobURL < $1.blobURL },
      superseded: superseded, covered: TimeRangeSet(slices.map(\.range)))
  }

  private static func isComplete(_ rows: [ManifestRow]) -> Bool {
    guard let parts = rows.first?.parts else { return false }
    return parts == 0 ? rows.count == 1 : rows.count == parts && rows.allSatisfy { $0.parts == parts }
  }
}
