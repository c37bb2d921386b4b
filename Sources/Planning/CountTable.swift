package import Timeline

/// The counts of one table that are known so far.
package struct CountTable: Sendable {
  private struct Binned {
    /// Whole bins that were asked for.
    var asked = TimeRangeSet()
    /// Pieces of bins that were asked for: a piece says nothing of its whole.
    var pieces: Set<TimeRange> = []
    /// Bins that hold rows, clipped to the range that was asked for.
    var counts: [TimeRange: Count] = [:]

    func knows(_ range: TimeRange, on grid: SliceGrid) -> Bool {
      let (whole, pieces) = grid.parts(of: range)
      return asked.contains(whole) && pieces.allSatisfy(self.pieces.contains)
    }
  }

  private struct ShardKey: Hashable {
    var range: TimeRange
    var shards: Int
  }

  private var binned: [SliceGrid: Binned] = [:]
  private var sharded: [ShardKey: [Count]] = [:]

  package init() {}
}

extension CountTable {
  /// Takes in an answer; a bin that it does not name is empty.
  ///
  /// Throws where a group lies outside of what was asked: then the service cuts
  /// time in another way than this program, and no count can be trusted.
  package mutating func add(_ groups: [CountGroup], for request: CountRequest) throws(CountError) {
    switch request.grouping {
    case .bins(let grid):
      // Taken out, so that a million counts are not copied for each answer.
      var entry = binned.removeValue(forKey: grid) ?? Binned()
      defer { binned[grid] = entry }
      for group in groups {
        let start = Tick(rawValue: group.key)
        let bin = TimeRange(start, start + grid.width)
        guard grid.floor(start) == start, let asked = request.ranges.first(overlapping: bin) else {
          throw CountError(reason: "the count has a bin of \(grid.width) at \(start.iso8601), which was not asked for")
        }
        if group.count.rows > 0 { entry.counts[bin.intersection(asked)] = group.count }
      }
      let parts = request.ranges.map(grid.parts(of:))
      entry.asked = entry.asked.union(TimeRangeSet(parts.map(\.whole)))
      entry.pieces.formUnion(parts.flatMap(\.pieces))
    case .shards(let count):
      var shards = [Count](repeating: .zero, count: count)
      for group in groups {
        guard shards.indices.contains(Int(group.key)) else {
          throw CountError(reason: "the count has a hash bucket \(group.key) of \(count)")
        }
        shards[Int(group.key)] = group.count
      }
      sharded[ShardKey(range: request.ranges[0], shards: count)] = shards
    }
  }

  /// The count of one tile of a grid, or of the piece of one that was asked for;
  /// nil where it was not.
  package func count(of tile: TimeRange, on grid: SliceGrid) -> Count? {
    guard let entry = binned[grid], entry.knows(tile, on: grid) else { return nil }
    return entry.counts[tile] ?? .zero
  }

  /// The bins within a range that hold rows, in order; nil where not all of the
  /// range was asked for.
  package func bins(of range: TimeRange, on grid: SliceGrid) -> [(range: TimeRange, count: Count)]? {
    guard let entry = binned[grid], entry.knows(range, on: grid) else { return nil }
    if entry.counts.count < grid.tileCount(of: range) {
      // A piece of a bin that was asked for beside the whole of it is none of the range's tiles.
      return entry.counts.filter { grid.slice(holding: $0.key.start).intersection(range) == $0.key }
        .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
    return grid.tiles(of: range).compactMap { tile in entry.counts[tile].map { (tile, $0) } }
  }

  /// The counts of the hash buckets of a tick.
  package func shards(of range: TimeRange, count: Int) -> [Count]? {
    sharded[ShardKey(range: range, shards: count)]
  }
}

/// An answer to a count query that contradicts its question.
package struct CountError: Error, Sendable, CustomStringConvertible {
  package var reason: String

  package init(reason: String) {
    self.reason = reason
  }

  package var description: String { reason }
}

extension [TimeRange] {
  /// The first of sorted, disjoint ranges that shares a tick with `range`; O(log n).
  fileprivate func first(overlapping range: TimeRange) -> TimeRange? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].end <= range.start { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].overlaps(range) ? self[low] : nil
  }
}
