package import Manifest
package import Timeline

/// Slices with blobs whose ranges overlap: a reader of the archive has the rows of that time twice.
package struct Overlap: Sendable {
  /// By range; each overlaps one before it, but for the first.
  package var slices: [ArchivedSlice]
  /// One of them that the archive can do without; nil where none is known.
  package var spare: ArchivedSlice?

  /// How many of the widest slices of an overlap are looked at for one that is spare: a whole archive may overlap.
  private static let mostCandidates = 64

  /// All overlaps among the slices of a table, which are in order.
  package static func find(in slices: [ArchivedSlice]) -> [Overlap] {
    var found: [Overlap] = []
    var (cluster, end) = ([ArchivedSlice](), Tick.earliest)
    func close() {
      if cluster.count > 1 { found.append(Overlap(slices: cluster, spare: spare(of: cluster, among: slices))) }
    }
    for slice in slices where slice.hasBlobs {
      if slice.range.start >= end {
        close()
        cluster = []
      }
      cluster.append(slice)
      end = max(end, slice.range.end)
    }
    close()
    return found
  }

  /// The widest one that the others make up for.
  private static func spare(of cluster: [ArchivedSlice], among slices: [ArchivedSlice]) -> ArchivedSlice? {
    cluster.sorted { $0.range.length > $1.range.length }.prefix(mostCandidates)
      .first { cover(of: $0, among: slices, but: [$0.range]) != nil }
  }

  /// The slices that make up for one if it is given up, of those that are not given up as well: together they account
  /// for all of its time, and hold no fewer rows. Nil where they do not.
  package static func cover(
    of slice: ArchivedSlice, among slices: [ArchivedSlice], but given: Set<TimeRange>
  ) -> [ArchivedSlice]? {
    let others = slices.filter {
      $0.range.overlaps(slice.range) && ($0.hasBlobs || $0.status == .empty) && !given.contains($0.range)
    }
    guard TimeRangeSet([slice.range]).subtracting(TimeRangeSet(others.map(\.range))).isEmpty,
      others.reduce(0, { $0 + $1.rows }) >= slice.rows
    else { return nil }
    return others
  }

  /// The time that is archived more than once.
  package var ranges: TimeRangeSet { Self.twice(slices.lazy.map(\.range)) }

  /// The time that lies in more than one of some ranges, which are in order.
  static func twice(_ ranges: some Sequence<TimeRange>) -> TimeRangeSet {
    var (twice, end) = ([TimeRange](), Tick.earliest)
    for range in ranges {
      if range.start < end { twice.append(TimeRange(range.start, min(end, range.end))) }
      end = max(end, range.end)
    }
    return TimeRangeSet(twice)
  }
}

extension Overlap {
  /// What it comes to in an audit of `table`.
  package func finding(in table: String) -> Finding {
    let slice = Slice(table: table, range: (spare ?? slices[0]).range)
    let times = ranges.ranges.map(\.description)
    let named = times.prefix(3).joined(separator: ", ") + (times.count > 3 ? " and \(times.count - 3) more" : "")
    return Finding(
      slice: slice, blob: "", kind: .overlap,
      what: "\(slices.count) slices in force overlap, so that rows are counted twice: \(named)",
      remedy: spare == nil ? .keep : .prune)
  }
}
