package import Timeline

/// What the manifest says of one table: for each slice the generation that counts.
///
/// Slices are a few numbers each. The texts of their rows stay where they were
/// read, and become rows where somebody asks for them.
package struct ArchivedTable: Sendable {
  /// By range; slices exported with another width may lie between others.
  package let slices: [ArchivedSlice]
  /// URLs of old blobs that could not be deleted, and were noted as such.
  package let superseded: Set<String>
  /// The last generations of slices that were deleted by name: as if they had never been, but that a later
  /// generation must be a higher one.
  private let pruned: [TimeRange: Int]
  /// Every tick that any slice accounts for, whatever its state.
  package let covered: TimeRangeSet

  private let segments: [ManifestReader]
  /// The lines of each slice's parts, side by side.
  private let inForce: [LineAddress]
  /// The lines of every other generation.
  private let past: [LineAddress]

  package static let nothing = ArchivedTable(
    slices: [], superseded: [], pruned: [:], segments: [], inForce: [], past: [])

  init(
    slices: [ArchivedSlice], superseded: Set<String>, pruned: [TimeRange: Int], segments: [ManifestReader],
    inForce: [LineAddress], past: [LineAddress]
  ) {
    self.slices = slices
    self.superseded = superseded
    self.pruned = pruned
    covered = TimeRangeSet(slices.lazy.map(\.range))
    self.segments = segments
    self.inForce = inForce
    self.past = past
  }
}

extension ArchivedTable {
  /// The rows of the manifest that make a slice up, one a part; exactly one where there is no blob.
  package func parts(of slice: ArchivedSlice) -> [ManifestRow] { inForce[slice.lines].compactMap(row) }

  /// Rows of earlier or incomplete generations: their blobs are of no more use.
  package var outdated: [ManifestRow] { past.compactMap(row).filter { !$0.blobURL.isEmpty } }

  /// The generation that a slice ended with that was deleted by name; 0 where it was not.
  package func prunedGeneration(of slice: TimeRange) -> Int { pruned[slice] ?? 0 }

  /// How many parts all slices have.
  package var partCount: Int { inForce.count }

  /// Calls `body` with each part that has a blob, segment by segment: its slice, its position among all parts, its line.
  package func readParts(_ body: (ArchivedSlice, Int, borrowing PartLine) -> Void) {
    for (index, segment) in segments.enumerated() {
      segment.withLines { lines in
        for slice in slices where slice.hasBlobs {
          for position in slice.lines where inForce[position].segment == index {
            // Every line was checked when the segment was folded: none can fail now.
            guard (try? lines.go(to: inForce[position].offset)) ?? false else { continue }
            body(slice, position, PartLine(lines))
          }
        }
      }
    }
  }

  /// How many rows `outdated` has, without reading them.
  package var outdatedCount: Int { past.count }

  private func row(_ line: LineAddress) -> ManifestRow? {
    // Every line was checked when the segment was folded: none can fail now.
    try? segments[line.segment].row(at: line.offset)
  }
}

/// One slice as it stands in the archive.
package struct ArchivedSlice: Sendable {
  package let range: TimeRange
  package let generation: Int
  package let status: ManifestRow.Status
  package let rows: Int
  /// Stored bytes of its blobs.
  package let bytes: Int
  /// Bytes of the responses that it came from.
  package let rawBytes: Int
  package let queryHash: String
  /// Of its columns and their types, as its first part had them; empty where it has no blob.
  package let schemaHash: String
  /// When its first part was exported.
  package let exportedAt: Tick
  /// Whether each of its parts has a count of the source beside its rows.
  package let isCounted: Bool
  /// The positions of its parts among all parts of the table.
  package let lines: Range<Int>

  /// Whether there are blobs that should be there.
  package var hasBlobs: Bool { status == .exported || status == .adopted }

  /// Whether its rows are another tool's word alone: nobody counted them at the source.
  package var isUnverified: Bool { status == .adopted && !isCounted }
}

/// Where a row stands: the position in a list of segments, and the offset of its line in bytes.
struct LineAddress: Hashable, Sendable, Comparable {
  var segment: Int
  var offset: Int

  /// In the order of the ledger.
  static func < (a: LineAddress, b: LineAddress) -> Bool { (a.segment, a.offset) < (b.segment, b.offset) }
}
