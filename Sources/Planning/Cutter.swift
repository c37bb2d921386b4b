package import ExportSpec
package import Manifest
package import Timeline

/// Cuts a range of one table into parts that each fit one response.
///
/// Bins that are too large are counted again in finer ones, down to a single
/// tick, and a tick by a hash of its rows; neighbours that fit together are
/// merged. Pure: it returns the parts, or the counts that it still needs.
package struct Cutter: Sendable {
  /// Rows of one part at most.
  private let rowCap: Int
  /// Estimated bytes of one part at most.
  private let byteCap: Int
  private let sizing: Sizing

  /// Parts aim at four fifths of the limits: counts age, and sizes are estimates.
  package init(limits: ResponseLimits, sizing: Sizing) {
    rowCap = max(1, min(limits.rows - 1, limits.rows / 5 * 4 + limits.rows % 5 * 4 / 5))
    byteCap = max(1, limits.bytes / 5 * 4)
    self.sizing = sizing
  }

  /// The most bins that one count may ask for: its answer is truncated like any other.
  package static func binCap(_ limits: ResponseLimits) -> Int {
    // A group takes some 60 bytes of the answer.
    max(1, min(100_000, limits.rows / 5 * 4, limits.bytes / 100))
  }
}

/// One part to export: a range, or one bucket of one tick.
package struct Part: Hashable, Sendable {
  package var range: TimeRange
  package var shard: Shard?
  package var count: Count

  package init(range: TimeRange, shard: Shard? = nil, count: Count) {
    self.range = range
    self.shard = shard
    self.count = count
  }
}

/// What cutting came to.
package enum Cut: Sendable, Equatable {
  /// In order of range and shard; they tile the range that was cut.
  case parts([Part])
  case needs([CountRequest])
  /// Rows that no split can tell apart are more than one response may hold.
  case impossible(tick: Tick, rows: Int)
}

extension Cutter {
  /// Whether rows fit in one response, with the margin; a single row is always tried.
  package func fits(_ count: Count) -> Bool {
    count.rows <= 1 && !count.isEstimate || count.rows <= rowCap && sizing.bytes(count) <= byteCap
  }

  /// Whether rows may fit although their estimated bytes say no.
  fileprivate func mayFit(_ count: Count) -> Bool { count.rows <= rowCap }

  /// Cuts a range of which only the total is known.
  package func cut(_ range: TimeRange, _ count: Count, known: CountTable) -> Cut {
    if count.isEstimate { return .parts(spread(count, over: range)) }
    var walk = Walk(cutter: self, known: known)
    walk.visit(range, count)
    if let impossible = walk.impossible { return .impossible(tick: impossible.tick, rows: impossible.rows) }
    return walk.needed.isEmpty ? .parts(walk.tiled(over: range)) : .needs(walk.needed)
  }

  /// Equal pieces of a range that nobody may count, as small as its estimate asks for.
  private func spread(_ count: Count, over range: TimeRange) -> [Part] {
    guard !fits(count), let grid = Self.finer(than: range, excess: excess(count) / 4) else {
      return [Part(range: range, count: count)]
    }
    let pieces = grid.tileCount(of: range)
    return grid.tiles(of: range).map {
      Part(range: $0, count: Count(rows: count.rows / pieces, billed: count.billed / pieces, isEstimate: true))
    }
  }

  /// How many times too large a count is; above 1 where it does not fit.
  fileprivate func excess(_ count: Count) -> Double {
    max(Double(count.rows) / Double(rowCap), Double(sizing.bytes(count)) / Double(byteCap))
  }

  /// The next finer grid for a range that is `excess` times too large: it aims
  /// at four bins a part, so that parts come out well filled.
  fileprivate static func finer(than range: TimeRange, excess: Double) -> SliceGrid? {
    let length = range.length.ticks
    let target = max(1, Int64(Double(length) / min(1000, max(2, excess * 4))))
    return ladder.first { $0.ticks < length && $0.ticks <= target }.flatMap(SliceGrid.init(width:))
  }

  /// Widths that divide a day, coarse to fine; the last is one tick, which divides everything.
  private static let ladder: [Timespan] =
    [12, 8, 6, 4, 3, 2, 1].map { Timespan.hour * $0 } + [30, 20, 15, 10, 5, 2, 1].map { Timespan.minute * $0 }
    + [30, 20, 15, 10, 5, 2, 1].map { Timespan.second * $0 }
    // Below a second: 500 ms down to one tick of 100 ns.
    + [
      5_000_000, 2_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200,
      100, 50, 20, 10, 5, 2, 1,
    ]
    .map(Timespan.init(ticks:))
}

/// One descent through the bins of a range.
private struct Walk {
  let cutter: Cutter
  let known: CountTable
  var leaves: [Part] = []
  var needed: [CountRequest] = []
  var impossible: (tick: Tick, rows: Int)?

  /// The largest number of buckets that a tick is cut into.
  private static let shardCap = 4096

  init(cutter: Cutter, known: CountTable) {
    self.cutter = cutter
    self.known = known
  }

  mutating func visit(_ range: TimeRange, _ count: Count) {
    if count.rows == 0 { return }
    if cutter.fits(count) { return leaves.append(Part(range: range, count: count)) }
    guard let grid = Cutter.finer(than: range, excess: cutter.excess(count)) else {
      return visitShards(of: range, count)
    }
    guard let bins = known.bins(of: range, on: grid) else {
      return needed.append(CountRequest(ranges: [range], grouping: .bins(grid)))
    }
    for bin in bins { visit(bin.range, bin.count) }
  }

  private mutating func visitShards(of tick: TimeRange, _ count: Count) {
    var buckets = 2
    while Double(buckets) < cutter.excess(count) * 1.25, buckets < Self.shardCap { buckets *= 2 }
    while true {
      guard let counts = known.shards(of: tick, count: buckets) else {
        return needed.append(CountRequest(ranges: [tick], grouping: .shards(buckets)))
      }
      // Rows that are all alike stay together however many buckets there are.
      let isLast = buckets * 4 > Self.shardCap || buckets >= 64 && counts.contains { $0.rows == count.rows }
      // Bytes are an estimate: no reason to give up what cannot be cut any further.
      if counts.allSatisfy(isLast ? cutter.mayFit : cutter.fits) {
        for (index, bucket) in counts.enumerated() where bucket.rows > 0 {
          leaves.append(Part(range: tick, shard: Shard(index: index, count: buckets), count: bucket))
        }
        return
      }
      if isLast { break }
      buckets *= 4
    }
    if impossible == nil { impossible = (tick.start, count.rows) }
  }

  /// Merges neighbours while they fit, and widens parts over the empty time
  /// between them.
  ///
  /// Only beside a tick cut into buckets may empty time stay outside of every
  /// part: a bucket cannot be widened.
  func tiled(over range: TimeRange) -> [Part] {
    // Rows that the finer counts no longer show: the answer will tell.
    if leaves.isEmpty { return [Part(range: range, count: .zero)] }
    var parts: [Part] = []
    for leaf in leaves {
      if let last = parts.last, last.shard == nil, leaf.shard == nil, cutter.fits(last.count + leaf.count) {
        parts[parts.count - 1] = Part(
          range: TimeRange(last.range.start, leaf.range.end), count: last.count + leaf.count)
      } else {
        parts.append(leaf)
      }
    }
    for index in parts.indices where parts[index].shard == nil {
      let start = index == 0 ? range.start : parts[index - 1].range.end
      let end =
        index == parts.count - 1
        ? range.end : parts[index + 1].shard == nil ? parts[index].range.end : parts[index + 1].range.start
      parts[index].range = TimeRange(start, end)
    }
    return parts
  }
}
