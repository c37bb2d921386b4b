package import Timeline

/// A grouped count that the planner needs before it can decide.
package struct CountRequest: Hashable, Sendable {
  /// What to count: sorted and disjoint, and no two of them in one bin.
  package var ranges: [TimeRange]
  package var grouping: Grouping

  package init(ranges: [TimeRange], grouping: Grouping) {
    self.ranges = ranges
    self.grouping = grouping
  }

  /// How the counts are grouped.
  package enum Grouping: Hashable, Sendable {
    /// By `bin(TimeGenerated, width)`.
    case bins(SliceGrid)
    /// By `hash_xxhash64(tostring(pack_all()), count)`; one range.
    case shards(Int)
  }

  /// From the first range's start to the last one's end.
  package var span: TimeRange { TimeRange(ranges[0].start, ranges[ranges.count - 1].end) }

  /// Bins that an answer can have at most.
  package var size: Int {
    switch grouping {
    case .bins(let grid): ranges.reduce(0) { $0 + grid.tileCount(of: $1) }
    case .shards(let count): count
    }
  }

  /// Both halves of a request that was too much for one answer; nil where it
  /// is of one bin and cannot be halved.
  package var halves: (CountRequest, CountRequest)? {
    guard case .bins(let grid) = grouping, size > 1 else { return nil }
    if ranges.count > 1 {
      let middle = ranges.count / 2
      return (
        CountRequest(ranges: Array(ranges[..<middle]), grouping: grouping),
        CountRequest(ranges: Array(ranges[middle...]), grouping: grouping)
      )
    }
    let range = ranges[0]
    let cut = grid.floor(range.start) + grid.width * Int64(size / 2)
    return (
      CountRequest(ranges: [TimeRange(range.start, cut)], grouping: grouping),
      CountRequest(ranges: [TimeRange(cut, range.end)], grouping: grouping)
    )
  }
}

/// One group of a count's answer.
package struct CountGroup: Hashable, Sendable {
  /// A bin's start, or a shard's index as a tick count.
  package var key: Int64
  package var count: Count

  package init(key: Int64, count: Count) {
    self.key = key
    self.count = count
  }
}

/// How many rows, and how large the service bills them.
package struct Count: Hashable, Sendable {
  package var rows: Int
  /// The sum of `_BilledSize` in bytes; 0 where the table does not tell.
  package var billed: Int
  /// Whether nobody has counted: then the numbers are what to expect at most, and prove nothing.
  package var isEstimate: Bool

  package init(rows: Int, billed: Int, isEstimate: Bool = false) {
    self.rows = rows
    self.billed = billed
    self.isEstimate = isEstimate
  }

  package static let zero = Count(rows: 0, billed: 0)

  package static func + (a: Count, b: Count) -> Count {
    Count(rows: a.rows + b.rows, billed: a.billed + b.billed, isEstimate: a.isEstimate || b.isEstimate)
  }
}
