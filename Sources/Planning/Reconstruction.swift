internal import BlobStorage
package import Manifest
package import Timeline

/// The manifest's rows of one table as the receipts of its blobs tell them: of each slice the highest generation
/// whose parts are all there, or an earlier one that is of the declared query and has no fewer rows. Of two that
/// both lie there the higher one may never have been recorded: a run that was killed leaves just that. Of slices of
/// different widths that overlap those count that were exported later: a plan exports only what is missing.
package struct Reconstruction: Sendable {
  /// The rows of each slice, one a part, by slice.
  package private(set) var slices: [[ManifestRow]] = []
  /// Slices with receipts, but with no generation whose parts can be shown to be all.
  ///
  /// Beside ticks that were cut by hash empty time may lie in no part, so that a lost part cannot be told from
  /// one that never was: such slices are left to the next plan, which counts them at the source.
  package private(set) var incomplete: [TimeRange] = []
  /// Slices of which several generations are complete, or that overlap others that are taken, so that what was in
  /// force is not certain: the blobs of the others stay as well.
  package private(set) var ambiguous: [TimeRange] = []

  /// Takes the receipts of this archive in an inventory of `container`.
  package init(_ inventory: BlobInventory, of query: ExportQuery, container: String, storeURL: String) {
    var last: TimeRange?
    for slice in inventory.slices where slice != last {
      last = slice
      let generations = Dictionary(grouping: inventory.receipts(of: slice)) { $0.receipt.generation }
      let complete = generations.keys.sorted(by: >).compactMap { Self.parts(generations[$0] ?? [], tiling: slice) }
      guard let parts = Self.choice(complete, query) else {
        incomplete.append(slice)
        continue
      }
      if complete.count > 1 { ambiguous.append(slice) }
      slices.append(
        parts.enumerated().map { index, blob in
          let address = BlobAddress(container: container, name: blob.info.name)
          return blob.row(part: index + 1, of: parts.count, at: address.url(in: storeURL))
        })
    }
    separate()
  }

  /// Leaves out slices that overlap others which were exported later.
  private mutating func separate() {
    var kept: [[ManifestRow]] = []
    for cluster in slices.clusters {
      let disjoint = cluster.count == 1 ? Array(slices[cluster]) : Self.latest(slices[cluster])
      if disjoint.count < cluster.count {
        let taken = Set(disjoint.map { $0[0].sliceRange })
        ambiguous += slices[cluster].lazy.map { $0[0].sliceRange }.filter { !taken.contains($0) }
      }
      kept += disjoint
    }
    slices = kept
    ambiguous.sort()
    let covered = TimeRangeSet(kept.lazy.map { $0[0].sliceRange })
    incomplete.removeAll(where: covered.contains)
  }

  /// Of slices that overlap the latest, as many as are disjoint, by slice.
  private static func latest(_ slices: ArraySlice<[ManifestRow]>) -> [[ManifestRow]] {
    var taken: [[ManifestRow]] = []
    for slice in slices.sorted(by: { ($1[0].exportedAt, $0[0].sliceRange) < ($0[0].exportedAt, $1[0].sliceRange) })
    where !taken.contains(where: { $0[0].sliceRange.overlaps(slice[0].sliceRange) }) {
      taken.append(slice)
    }
    return taken.sorted { $0[0].sliceRange < $1[0].sliceRange }
  }
}

extension [[ManifestRow]] {
  /// Runs of slices, sorted by slice, of which each overlaps what stands before it.
  fileprivate var clusters: [Range<Int>] {
    var found: [Range<Int>] = []
    var end = Tick.earliest
    for (index, rows) in enumerated() {
      let range = rows[0].sliceRange
      if let last = found.last, range.start < end {
        found[found.count - 1] = last.lowerBound..<index + 1
      } else {
        found.append(index..<index + 1)
      }
      end = Swift.max(end, range.end)
    }
    return found
  }
}

extension Reconstruction {
  /// The generation that is taken, of those that are complete, highest first.
  private static func choice(_ complete: [[AdoptedBlob]], _ query: ExportQuery) -> [AdoptedBlob]? {
    guard let highest = complete.first else { return nil }
    func rows(_ parts: [AdoptedBlob]) -> Int { parts.reduce(0) { $0 + $1.receipt.rows } }
    let declared = complete.first { parts in
      parts.allSatisfy { $0.receipt.queryHash == query.hash } && rows(parts) >= rows(highest)
    }
    return declared ?? highest
  }

  /// Blobs in the order of their parts; nil where they do not tile the slice, each tick once.
  private static func parts(_ blobs: [AdoptedBlob], tiling slice: TimeRange) -> [AdoptedBlob]? {
    let sorted = blobs.sorted { a, b in
      (a.receipt.range, a.receipt.shard?.index ?? -1) < (b.receipt.range, b.receipt.shard?.index ?? -1)
    }
    var end = slice.start
    var shards: (next: Int, count: Int)?
    for blob in sorted {
      let (range, shard) = (blob.receipt.range, blob.receipt.shard)
      if let open = shards {
        // The buckets of one tick, every one of them.
        guard let shard, shard.count == open.count, shard.index == open.next, range.end == end else { return nil }
        shards = open.next + 1 == open.count ? nil : (open.next + 1, open.count)
        continue
      }
      guard range.start == end else { return nil }
      end = range.end
      guard let shard else { continue }
      guard shard.index == 0 else { return nil }
      shards = (1, shard.count)
    }
    return end == slice.end && shards == nil ? sorted : nil
  }
}
