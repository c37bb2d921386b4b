import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

@Suite struct Tiling {
  /// A world of random width, limits and rows.
  private func world(_ random: inout SplitMix64) throws -> World {
    let slice = ["15m", "1h", "6h", "1d", "2d"].randomElement(using: &random) ?? "1h"
    var world = try World(
      slice: slice, days: 2,
      limits: ResponseLimits(
        rows: .random(in: 10...200, using: &random), bytes: .random(in: 2_000...100_000, using: &random)))
    world.billed = [0, 20, 100].randomElement(using: &random) ?? 0
    let window = try range("2025-01-01", "2025-01-03")
    world.rows = World.rows(.random(in: 0...800, using: &random), in: window, world.spec.grid, using: &random)
    return world
  }

  @Test func `each row lies in exactly one part of its slice, and every part is within the limits`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      let world = try world(&random)
      let answer = try world.plan("seed \(seed)")
      #expect(answer.failures.isEmpty, "seed \(seed)")
      // The actions tile the window.
      #expect(TimeRangeSet(answer.ranges) == TimeRangeSet([answer.changes.window]), "seed \(seed)")
      #expect(zip(answer.ranges, answer.ranges.dropFirst()).allSatisfy { $0.end == $1.start }, "seed \(seed)")
      for action in answer.changes.actions {
        let parts = action.parts.map(\.part)
        for row in world.rows(in: action.range) {
          #expect(parts.count { $0.holds(row) } == 1, "seed \(seed): \(row) of \(action.range)")
        }
        #expect(parts.allSatisfy { action.range.contains($0.range) }, "seed \(seed)")
        for part in parts { try expectFull(part, world, answer, "seed \(seed)") }
        expectTiled(parts, action.range, "seed \(seed)")
      }
    }
  }

  /// Its count is right, and within four fifths of the limits.
  private func expectFull(_ part: Part, _ world: World, _ answer: World.Answer, _ comment: Comment) throws {
    #expect(part.count.rows == world.count(part), comment)
    #expect(part.count.rows > 0, comment)
    #expect(part.count.rows < world.limits.rows && part.count.rows * 5 <= max(5, world.limits.rows * 4), comment)
    let bytes = answer.changes.sizing.bytes(part.count)
    #expect(part.count.rows == 1 || part.shard != nil || bytes * 5 <= world.limits.bytes * 4, comment)
  }

  /// Parts follow each other without overlaps; without buckets also without gaps, and
  /// no two neighbours would fit in one.
  private func expectTiled(_ parts: [Part], _ slice: TimeRange, _ comment: Comment) {
    for (a, b) in zip(parts, parts.dropFirst()) {
      if a.shard != nil, a.range == b.range {
        #expect(a.shard?.count == b.shard?.count && a.shard != b.shard, comment)
      } else {
        #expect(a.range.end <= b.range.start, comment)
        #expect(a.range.end == b.range.start || a.shard != nil && b.shard != nil, comment)
      }
    }
    guard !parts.isEmpty, parts.allSatisfy({ $0.shard == nil }) else { return }
    #expect(TimeRangeSet(parts.map(\.range)) == TimeRangeSet([slice]), comment)
  }

  @Test func `parts are few and full`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let world = try world(&random)
      let answer = try world.plan("seed \(seed)")
      let cutter = Cutter(limits: world.limits, sizing: answer.changes.sizing)
      for action in answer.changes.actions {
        let parts = action.parts.map(\.part)
        for (a, b) in zip(parts, parts.dropFirst()) where a.shard == nil && b.shard == nil {
          #expect(!cutter.fits(a.count + b.count), "seed \(seed)")
        }
      }
    }
  }

  @Test func `a slice that fits is one part of its whole range`() throws {
    let slice = try range("2025-01-01T05:00:00Z", "2025-01-01T06:00:00Z")
    let world = try World(rows: [slice.start, slice.end - .tick].map { World.Row(time: $0, hash: 0) })
    let action = try #require(try world.plan().changes.actions.first { !$0.parts.isEmpty })
    #expect(action.range == slice)
    #expect(action.parts.map(\.part) == [Part(range: slice, count: Count(rows: 2, billed: 100))])
  }

  @Test(arguments: [1, 2, 3, 500_000])
  func `a part aims at four fifths of the limit, and stays below it`(limit: Int) {
    let cutter = Cutter(limits: ResponseLimits(rows: limit, bytes: 64_000_000), sizing: Sizing(bytesPerRow: 1))
    let most = (1...500_000).last { cutter.fits(Count(rows: $0, billed: 0)) }
    #expect(most == [1: 1, 2: 1, 3: 2, 500_000: 400_000][limit])
  }

  @Test func `an estimate of bytes is no reason to give a tick up`() throws {
    // Rows are taken for 50 bytes and more each; in truth nobody knows.
    let tick = try tick("2025-01-01T05:00:00Z")
    let world = try World(
      rows: (0..<3).map { _ in World.Row(time: tick, hash: 5) }, limits: ResponseLimits(rows: 500_000, bytes: 100))
    let answer = try world.plan()
    #expect(answer.failures.isEmpty)
    #expect(answer.changes.actions.flatMap(\.parts).map(\.part.count.rows) == [3])
  }

  @Test func `rows that vanish between two counts leave one part, not none`() throws {
    var world = try World(slice: "1d", limits: ResponseLimits(rows: 10))
    let tick = try tick("2025-01-01T05:00:00Z")
    world.rows = (0..<50).map { World.Row(time: tick + .second * $0, hash: 0) }
    var state = try world.state()
    var rounds = 0
    while case .needs(let requests) = TablePlanner.plan(state), rounds < 10 {
      for request in requests { try state.counts.add(rounds == 0 ? world.answer(request) : [], for: request) }
      rounds += 1
    }
    guard case .plan(let changes, _) = TablePlanner.plan(state) else { return #expect(Bool(false), "no plan") }
    #expect(changes.actions.map(\.parts.count) == [1])
    #expect(changes.actions[0].parts[0].part.range == changes.actions[0].range)
  }
}

@Suite struct Impossible {
  @Test func `rows that no split can tell apart fail by name, and the table's other slices are planned`() throws {
    let tick = try tick("2025-01-01T05:00:00Z")
    var rows = (0..<200).map { _ in World.Row(time: tick, hash: 3) }
    rows.append(World.Row(time: tick + .hour * 2, hash: 0))
    var world = try World(rows: rows, limits: ResponseLimits(rows: 100))
    let answer = try world.run()
    #expect(answer.failures.map(\.table) == ["T"])
    #expect(answer.failures[0].slice == TimeRange(tick, tick + .hour))
    #expect(
      answer.failures[0].message
        == "T/2025-01-01T05:00:00Z has 200 rows on the one tick 2025-01-01T05:00:00Z that no split can tell apart, "
        + "more than one response may hold (limits.rows: 100)")
    #expect(answer.ranges.count == 23)
    // It does not look done afterwards either.
    let again = try world.plan()
    #expect(again.isEmpty)
    #expect(again.failures == answer.failures)
    #expect(again.changes.current.slices == 1)
  }

  @Test func `half a million alike among others fail too`() throws {
    let tick = try tick("2025-01-01T05:00:00Z")
    let counts = [Count(rows: 500_000, billed: 0)] + [Count](repeating: Count(rows: 400, billed: 0), count: 63)
    var known = CountTable()
    let range = TimeRange(tick, tick + .tick)
    for buckets in [2, 8, 32, 128, 512, 2048, 4, 16, 64, 256, 1024, 4096] {
      var groups = [Int64: Int]()
      for (index, count) in counts.enumerated() { groups[Int64(index % buckets), default: 0] += count.rows }
      try known.add(
        groups.map { CountGroup(key: $0, count: Count(rows: $1, billed: 0)) },
        for: CountRequest(ranges: [range], grouping: .shards(buckets)))
    }
    let total = counts.reduce(.zero, +)
    let cutter = Cutter(limits: ResponseLimits(), sizing: Sizing(bytesPerRow: 1))
    #expect(cutter.cut(range, total, known: known) == .impossible(tick: tick, rows: total.rows))
  }
}
