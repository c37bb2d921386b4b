import ExportSpec
import Planning
import TestSupport
import Testing
import Timeline

@Suite struct Batching {
  /// Ranges that do not overlap, most of them tiles and some of them pieces.
  private func ranges(_ grid: SliceGrid, using random: inout SplitMix64) -> [TimeRange] {
    var start = grid.floor(Tick(unixSeconds: 1_735_689_600))
    return (0..<Int.random(in: 1...120, using: &random)).compactMap { _ in
      let width = grid.width
      if Int.random(in: 0..<3, using: &random) == 0 {
        start = start + Timespan(ticks: .random(in: 0...width.ticks * 3, using: &random))
      }
      let length =
        Bool.random(using: &random)
        ? width * .random(in: 1...30, using: &random) : Timespan(ticks: .random(in: 1...width.ticks, using: &random))
      let range = TimeRange(start, start + length)
      start = range.end
      return Bool.random(using: &random) ? range : nil
    }
  }

  @Test func `merged requests ask for exactly what was asked, within the cap`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let grid = try grid(["1h", "5m", "1d", "1tick"].randomElement(using: &random) ?? "1h")
      let asked = ranges(grid, using: &random)
      let cap = [1, 2, 7, 100, 100_000].randomElement(using: &random) ?? 1
      let merged = CountBatching.merge(
        asked.map { CountRequest(ranges: [$0], grouping: .bins(grid)) }.shuffled(using: &random), cap: cap)
      for request in merged {
        #expect(request.grouping == .bins(grid), "seed \(seed)")
        #expect(request.size <= cap, "seed \(seed)")
        #expect(request.ranges.count <= 40, "seed \(seed)")
        for (a, b) in zip(request.ranges, request.ranges.dropFirst()) {
          #expect(a.end <= b.start && grid.floor(a.end - .tick) < grid.floor(b.start), "seed \(seed)")
        }
      }
      #expect(TimeRangeSet(merged.flatMap(\.ranges)) == TimeRangeSet(asked), "seed \(seed)")
      // Nothing is known that was not asked for, and everything that was.
      var table = CountTable()
      for request in merged { try table.add([], for: request) }
      for range in asked { #expect(table.bins(of: range, on: grid)?.isEmpty == true, "seed \(seed)") }
    }
  }

  @Test func `a year of hours takes one query`() throws {
    let year = try range("2025-01-01", "2026-01-01")
    let requests = [CountRequest(ranges: [year], grouping: .bins(.hourly))]
    #expect(CountBatching.merge(requests, cap: Cutter.binCap(ResponseLimits())) == requests)
  }

  @Test func `hash counts are left as they are`() throws {
    let tick = try tick("2025-01-01")
    let requests = [4, 16].map { CountRequest(ranges: [TimeRange(tick, tick + .tick)], grouping: .shards($0)) }
    #expect(CountBatching.merge(requests, cap: 1) == requests)
    #expect(requests[0].halves == nil)
  }

  @Test func `halves cover the whole and end at single bins`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let grid = try grid(["1h", "5m", "1d"].randomElement(using: &random) ?? "1h")
      for request in CountBatching.merge(
        ranges(grid, using: &random).map { CountRequest(ranges: [$0], grouping: .bins(grid)) }, cap: 500)
      {
        var leaves: [TimeRange] = []
        var pending = [request]
        while let next = pending.popLast() {
          if let (first, second) = next.halves {
            #expect(first.size < next.size && second.size < next.size, "seed \(seed)")
            pending += [second, first]
          } else {
            #expect(next.size == 1, "seed \(seed)")
            leaves += next.ranges
          }
        }
        #expect(leaves == request.ranges.flatMap { Array(grid.tiles(of: $0)) }, "seed \(seed)")
      }
    }
  }
}

@Suite struct Counts {
  private func group(_ text: String, _ rows: Int) throws -> CountGroup {
    CountGroup(key: try tick(text).rawValue, count: Count(rows: rows, billed: 0))
  }

  @Test func `a bin that an answer does not name is empty, one that nobody asked for is unknown`() throws {
    var table = CountTable()
    let asked = try range("2025-01-01T00:00:00Z", "2025-01-01T03:00:00Z")
    try table.add([try group("2025-01-01T01:00:00Z", 5)], for: CountRequest(ranges: [asked], grouping: .bins(.hourly)))
    #expect(table.bins(of: asked, on: .hourly)?.map(\.count.rows) == [5])
    #expect(table.count(of: try range("2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z"), on: .hourly)?.rows == 5)
    #expect(table.count(of: try range("2025-01-01T02:00:00Z", "2025-01-01T03:00:00Z"), on: .hourly)?.rows == 0)
    #expect(table.count(of: try range("2025-01-01T03:00:00Z", "2025-01-01T04:00:00Z"), on: .hourly) == nil)
    // A piece of a bin is not its whole, nor the whole a piece.
    #expect(table.count(of: try range("2025-01-01T01:00:00Z", "2025-01-01T01:30:00Z"), on: .hourly) == nil)
    #expect(table.count(of: try range("2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z"), on: try grid("30m")) == nil)
  }

  @Test func `a piece that was asked for beside its whole bin is not counted twice`() throws {
    var table = CountTable()
    let piece = try range("2025-01-01T01:15:00Z", "2025-01-01T02:00:00Z")
    try table.add([try group("2025-01-01T01:00:00Z", 3)], for: CountRequest(ranges: [piece], grouping: .bins(.hourly)))
    let day = try range("2025-01-01", "2025-01-02")
    try table.add([try group("2025-01-01T01:00:00Z", 5)], for: CountRequest(ranges: [day], grouping: .bins(.hourly)))
    #expect(table.bins(of: day, on: .hourly)?.map(\.count.rows) == [5])
    #expect(table.bins(of: piece, on: .hourly)?.map(\.count.rows) == [3])
  }

  @Test(arguments: ["2025-01-01T00:30:00Z", "2025-01-01T03:00:00Z", "2024-12-31T23:00:00Z"])
  func `a bin that does not fit the question is an error`(bin: String) throws {
    var table = CountTable()
    let asked = try range("2025-01-01T00:00:00Z", "2025-01-01T03:00:00Z")
    let group = try group(bin, 1)
    #expect(throws: CountError.self) {
      try table.add([group], for: CountRequest(ranges: [asked], grouping: .bins(.hourly)))
    }
  }

  @Test func `a bucket that does not exist is an error`() throws {
    let tick = try tick("2025-01-01")
    let request = CountRequest(ranges: [TimeRange(tick, tick + .tick)], grouping: .shards(4))
    for key in [-1, 4] as [Int64] {
      var table = CountTable()
      #expect(throws: CountError.self) {
        try table.add([CountGroup(key: key, count: Count(rows: 1, billed: 0))], for: request)
      }
    }
  }
}

@Suite struct Sizes {
  @Test func `what was measured counts before what is billed, and that before a guess`() {
    let count = Count(rows: 10, billed: 500)
    #expect(Sizing(bytesPerRow: 7).bytes(count) == 70)
    #expect(Sizing().bytes(count) == 1000)
    #expect(Sizing().bytes(Count(rows: 10, billed: 0)) == 10_000)
  }

  @Test func `a table teaches its size after a thousand rows`() throws {
    for (rows, learnt) in [(999, nil), (1000, 100.0)] {
      var world = try World(slice: "1d")
      let start = try tick("2025-01-01")
      world.rows = (0..<rows).map { World.Row(time: start + .second * Int64($0), hash: $0) }
      try world.run()
      #expect(Sizing(try world.archived()).bytesPerRow == learnt)
    }
  }
}
