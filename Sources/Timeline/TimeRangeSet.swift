/// A set of ticks, kept as sorted ranges that neither overlap nor touch.
///
/// This is the arithmetic of coverage: what is archived, what the window asks
/// for, and the difference between them.
package struct TimeRangeSet: Hashable, Sendable {
  /// Sorted, disjoint, not touching, none empty.
  package private(set) var ranges: [TimeRange] = []

  package init() {}

  /// The union of ranges in any order; sorting dominates, O(n log n).
  package init(_ unordered: some Sequence<TimeRange>) {
    for range in unordered.sorted() { append(range) }
  }
}

extension TimeRangeSet {
  package var isEmpty: Bool { ranges.isEmpty }

  /// The sum of all lengths.
  package var length: Timespan { ranges.reduce(.zero) { $0 + $1.length } }

  /// Adds a range that starts no earlier than the last one does: O(1).
  package mutating func append(_ range: TimeRange) {
    guard !range.isEmpty else { return }
    guard let last = ranges.last else { return ranges.append(range) }
    precondition(last.start <= range.start, "ranges are appended in order")
    if range.start <= last.end {
      ranges[ranges.count - 1] = TimeRange(last.start, max(last.end, range.end))
    } else {
      ranges.append(range)
    }
  }

  /// The ticks of either set.
  package func union(_ other: TimeRangeSet) -> TimeRangeSet {
    TimeRangeSet(ranges + other.ranges)
  }

  /// The part of this set that `other` does not hold, in one pass over both.
  package func subtracting(_ other: TimeRangeSet) -> TimeRangeSet {
    var result = TimeRangeSet()
    var index = 0
    for range in ranges {
      var rest = range
      while index < other.ranges.count, other.ranges[index].end <= rest.start { index += 1 }
      var cursor = index
      while cursor < other.ranges.count, other.ranges[cursor].start < rest.end {
        let hole = other.ranges[cursor]
        result.append(TimeRange(rest.start, hole.start))
        rest = TimeRange(max(rest.start, hole.end), rest.end)
        cursor += 1
      }
      result.append(rest)
    }
    return result
  }

  /// The ticks of both sets.
  package func intersection(_ other: TimeRangeSet) -> TimeRangeSet {
    subtracting(subtracting(other))
  }

  /// Whether every tick of `range` is in the set; true for an empty range.
  package func contains(_ range: TimeRange) -> Bool {
    range.isEmpty || first(endingAfter: range.start).map { $0.contains(range) } ?? false
  }

  /// Whether any tick of `range` is in the set.
  package func overlaps(_ range: TimeRange) -> Bool {
    first(endingAfter: range.start).map { $0.overlaps(range) } ?? false
  }

  /// The first of the ranges that ends after a tick; O(log n).
  private func first(endingAfter tick: Tick) -> TimeRange? {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].end <= tick { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count ? ranges[low] : nil
  }
}
