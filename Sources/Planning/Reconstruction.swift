internal import BlobStorage
internal import Compression
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
    var left: [TimeRange] = []
    var cluster: ArraySlice<[ManifestRow]> = []
    var end = Tick.earliest
    func settle() {
      if cluster.count == 1 {
        kept += cluster
        return
      }
      var taken: [[ManifestRow]] = []
      let latest = cluster.sorted { a, b in
        (b[0].exportedAt, a[0].sliceRange.length) < (a[0].exportedAt, b[0].sliceRange.length)
      }
      for slice in latest {
        let range = slice[0].sliceRange
        if taken.contains(where: { $0[0].sliceRange.overlaps(range) }) {
          left.append(range)
        } else {
          taken.append(slice)
        }
      }
      kept += taken.sorted { $0[0].sliceRange < $1[0].sliceRange }
    }
    for (index, slice) in slices.enumerated() {
      let range = slice[0].sliceRange
      if range.start >= end {
        settle()
        cluster = slices[index..<index]
      }
      cluster = slices[cluster.startIndex...index]
      end = max(end, range.end)
    }
    settle()
    slices = kept
    ambiguous = (ambiguous + left).sorted()
    let covered = TimeRangeSet(kept.lazy.map { $0[0].sliceRange })
    incomplete.removeAll(where: covered.contains)
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
