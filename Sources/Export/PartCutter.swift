internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// Cuts a part again that one response could not hold, sized by what the response showed.
struct PartCutter: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var query: ExportQuery

  /// The most buckets that a tick is cut into again.
  private static let shardCap = 64
}

extension PartCutter {
  /// Smaller parts that together hold the part's rows.
  ///
  /// Throws where it cannot be cut further.
  func cut(_ part: Part, after error: PartError) async throws(PartError) -> [Part] {
    if part.count.isEstimate { return try blindly(part, error) }
    let counter = Counter(source: context.source, query: query, plan: table.plan)
    let parts: [Part]
    do {
      let rows = try await counter.rows(of: part.range, shard: part.shard)
      if let shard = part.shard {
        parts = try await finer(shard, of: part.range, counter)
      } else {
        parts = try await cut(part.range, Count(rows: rows, billed: 0), error, counter)
      }
    } catch {
      throw PartError(counting: error)
    }
    // Rows that are all alike stay in one bucket, however many there are.
    let isStuck = parts.count == 1 && parts[0].range == part.range
    if isStuck, parts[0].shard == part.shard || parts[0].shard.map({ $0.count > Self.shardCap }) ?? false {
      throw Self.impossible(part, error)
    }
    return parts
  }

  /// What is said of a part that cannot be cut.
  static func impossible(_ part: Part, _ error: PartError) -> PartError {
    PartError(
      .failed,
      "rows from \(part.range.start.iso8601) to \(part.range.end.iso8601) cannot be cut further, and one response cannot "
        + "hold them: \(error.message)")
  }

  /// Four pieces of a part that nobody may count: of its time, or of its hash.
  private func blindly(_ part: Part, _ error: PartError) throws(PartError) -> [Part] {
    let count = Count(rows: part.count.rows / 4, billed: part.count.billed / 4, isEstimate: true)
    let length = part.range.length.ticks
    if part.shard == nil, length > 1 {
      let pieces = min(4, length)
      return (0..<pieces).map { piece in
        let range = TimeRange(
          part.range.start + Timespan(ticks: length * piece / pieces),
          part.range.start + Timespan(ticks: length * (piece + 1) / pieces))
        return Part(range: range, count: count)
      }
    }
    let shard = part.shard ?? Shard(index: 0, count: 1)
    guard shard.count < Self.shardCap else { throw Self.impossible(part, error) }
    return (0..<4).map { step in
      Part(
        range: part.range, shard: Shard(index: shard.index + step * shard.count, count: shard.count * 4), count: count)
    }
  }

  private func cut(
    _ range: TimeRange, _ count: Count, _ error: PartError, _ counter: Counter
  ) async throws -> [Part] {
    // Where nothing was seen, twice of what a part aims at: it is cut in two at least.
    var sizing = Sizing(bytesPerRow: Double(context.limits.bytes) * 1.6 / Double(max(1, count.rows)))
    if let seen = error.seen, seen.rows > 0 {
      // At least so large that the part no longer counts as fitting.
      sizing.bytesPerRow = max(
        Double(seen.bytes) / Double(seen.rows), Double(context.limits.bytes) / Double(max(1, count.rows)))
    }
    let cutter = Cutter(limits: context.limits, sizing: sizing)
    var known = CountTable()
    while true {
      switch cutter.cut(range, count, known: known) {
      case .parts(let parts): return parts
      case .needs(let requests): _ = try await counter.complete(&known, requests)
      case .impossible(let tick, let rows):
        throw PartError(
          .failed,
          "\(rows) rows on the one tick \(tick.iso8601) cannot be told apart, and one response cannot hold them")
      }
    }
  }

  /// A bucket in four: those of four times as many buckets that fall into it.
  private func finer(_ shard: Shard, of range: TimeRange, _ counter: Counter) async throws -> [Part] {
    var parts: [Part] = []
    for step in 0..<4 {
      let finer = Shard(index: shard.index + step * shard.count, count: shard.count * 4)
      let rows = try await counter.rows(of: range, shard: finer)
      if rows > 0 { parts.append(Part(range: range, shard: finer, count: Count(rows: rows, billed: 0))) }
    }
    return parts
  }
}
