import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

@Suite struct `Coverage by plans` {
  @Test(arguments: ["15m", "30m", "6h", "1d"])
  func `what was archived in another width or under other limits is not planned again`(slice: String) throws {
    var random = SplitMix64(seed: 1)
    var world = try World(days: 2)
    world.rows = World.rows(300, in: try range("2025-01-01", "2025-01-03"), world.spec.grid, using: &random)
    try world.run()
    world.spec.grid = try grid(slice)
    world.limits = ResponseLimits(rows: 20, bytes: 1000)
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.changes.current.rows == 300)
    #expect(answer.requests.isEmpty)
  }

  @Test func `gaps are filled exactly, whatever lies around them`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let window = try range("2025-01-01", "2025-01-04")
    for _ in 0..<40 {
      var world = try World(slice: "1h", days: 3, path: "{yyyy}{MM}{dd}{HH}.{ext}")
      world.rows = World.rows(200, in: window, world.spec.grid, using: &random)
      // Some slices of other widths are archived already.
      for width in ["15m", "1h", "4h", "1d"].shuffled(using: &random).prefix(2) {
        let grid = try grid(width)
        let covered = try world.archived().covered
        for tile in grid.tiles(of: window)
        where Int.random(in: 0..<4, using: &random) == 0 && !covered.ranges.contains(where: tile.overlaps) {
          archive(tile, in: &world)
        }
      }
      let before = try world.archived().covered
      let answer = try world.run("seed \(seed)")
      #expect(TimeRangeSet(answer.ranges) == TimeRangeSet([window]).subtracting(before), "seed \(seed)")
      #expect(zip(answer.ranges, answer.ranges.dropFirst()).allSatisfy { $0.end <= $1.start }, "seed \(seed)")
      #expect(answer.ranges.allSatisfy { world.spec.grid.slice(holding: $0.start).contains($0) }, "seed \(seed)")
      #expect(try world.archived().covered.contains(window), "seed \(seed)")
      #expect(try world.archived().slices.reduce(0) { $0 + $1.rows } == 200, "seed \(seed)")
      world.options.noList = true
      #expect(try world.plan().isEmpty, "seed \(seed)")
    }
  }

  /// Archives a slice as a spec of another width did.
  private func archive(_ slice: TimeRange, in world: inout World) {
    var row = ManifestRow(
      table: "T", range: slice, rows: world.rows(in: slice).count, status: .exported, sliceRange: slice,
      exportedAt: world.now, runID: "run")
    row.part = 1
    row.parts = 1
    row.queryHash = ExportQuery(world.spec).hash
    let name = "earlier/\(slice.start.iso8601)"
    row.blobURL = BlobAddress(container: "logs-t", name: name).url(in: World.url)
    row.contentMD5 = "AAAAAAAAAAAAAAAAAAAAAA=="
    world.blobs[name] = BlobInfo(name: name, size: 0, etag: "", lastModified: world.now)
    world.blobs[name]?.contentMD5 = [UInt8](repeating: 0, count: 16)
    world.manifest.append(row)
  }

  @Test func `a plan that was carried out leaves nothing to plan`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let slice = ["15m", "1h", "6h", "1d"].randomElement(using: &random) ?? "1h"
      var world = try World(
        slice: slice, limits: ResponseLimits(rows: .random(in: 10...300, using: &random)),
        retention: [nil, .day * 3650, .day * 90].randomElement(using: &random) ?? nil,
        path: ["{start}_{end}.{ext}", "{start}.{ext}", "{yyyy}{MM}{dd}{HH}{mm}.{ext}"].randomElement(using: &random)
          ?? "")
      world.rows = World.rows(200, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
      let first = try world.run("seed \(seed)")
      #expect(!first.isEmpty)
      let second = try world.plan("seed \(seed)")
      #expect(second.isEmpty, "seed \(seed)")
      #expect(second.requests.isEmpty, "seed \(seed)")
      #expect(second.changes.current.rows == world.rows(in: second.changes.window).count, "seed \(seed)")
      #expect(second.changes.current.slices == first.changes.actions.count { !$0.parts.isEmpty }, "seed \(seed)")
      // Nor do those that changed their mind about width, or look more closely.
      world.options.refresh = true
      #expect(try world.plan("seed \(seed)").isEmpty, "seed \(seed)")
    }
  }

  @Test func `replacing carries on until the plan is empty, whatever was damaged`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<30 {
      var world = try World(slice: "6h", limits: ResponseLimits(rows: 60))
      world.rows = World.rows(400, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
      try world.run("seed \(seed)")
      for name in world.blobs.keys.sorted() where Bool.random(using: &random) {
        if Bool.random(using: &random) { world.blobs[name] = nil } else { world.blobs[name]?.size += 1 }
      }
      world.limits = ResponseLimits(rows: .random(in: 30...500, using: &random))
      try world.run("seed \(seed)")
      #expect(try world.plan("seed \(seed)").isEmpty, "seed \(seed)")
      let table = try world.archived()
      let referenced = Set(table.slices.flatMap(table.parts(of:)).map(\.blobURL).filter { !$0.isEmpty })
      #expect(Set(world.blobs.keys.map { "\(World.url)/logs-t/\($0)" }) == referenced, "seed \(seed)")
    }
  }
}

@Suite struct Naming {
  @Test func `no two slices, parts, buckets or generations share a name`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let window = try range("2024-12-31", "2025-01-02")
    let paths = [
      "{start}.{ext}", "{end}.{ext}", "{start}_{end}.{ext}", "y={yyyy}/{MM}/{dd}/{HH}/{table}.{ext}",
      "{yyyy}{MM}{dd}{HH}{mm}{ss}.{ext}",
    ]
    for _ in 0..<50 {
      var world = try World(path: paths.randomElement(using: &random) ?? "")
      world.spec.compression = [.none, .gzip, .zstd].randomElement(using: &random) ?? .none
      let naming = BlobNaming(world.spec)
      var seen: Set<BlobAddress> = []
      var count = 0
      func add(_ part: Part, _ slice: TimeRange, _ generation: Int) {
        count += 1
        seen.insert(naming.address(of: part, in: slice, generation: generation))
      }
      // Any slices that do not overlap: tiles, gaps, and older widths.
      var ticks = Set(try grid("1h").tiles(of: window).map(\.start).filter { _ in Bool.random(using: &random) })
      for _ in 0..<20 { ticks.insert(window.start + .minute * .random(in: 0..<2880, using: &random)) }
      let starts = ticks.union([window.start, window.end]).sorted()
      for (start, end) in zip(starts, starts.dropFirst()) {
        let slice = TimeRange(start, end)
        let cut = start + Timespan(ticks: .random(in: 1..<slice.length.ticks, using: &random))
        for generation in 1...3 {
          add(Part(range: slice, count: .zero), slice, generation)
          add(Part(range: TimeRange(start, cut), count: .zero), slice, generation)
          add(Part(range: TimeRange(cut, end), count: .zero), slice, generation)
          for index in 0..<3 {
            add(
              Part(range: TimeRange(cut, cut + .tick), shard: Shard(index: index, count: 4), count: .zero), slice,
              generation)
          }
        }
      }
      #expect(seen.count == count, "seed \(seed): \(world.spec.path.text)")
      #expect(seen.allSatisfy { $0.container == "logs-t" && !$0.name.contains("{") }, "seed \(seed)")
    }
  }

  @Test(arguments: [
    (
      "y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}",
      "y=2025/m=01/d=01/h=05/T_20250101T050000Z_20250101T060000Z.ndjson.gz"
    ),
    ("{yyyy}-{MM}-{dd}T{HH}{mm}{ss}.{ext}", "2025-01-01T050000.ndjson.gz"),
  ])
  func `a whole slice of the grid has the template's plain name`(path: String, name: String) throws {
    var world = try World(path: path)
    world.spec.compression = .gzip
    let slice = try range("2025-01-01T05:00:00Z", "2025-01-01T06:00:00Z")
    let part = Part(range: slice, count: .zero)
    #expect(BlobNaming(world.spec).address(of: part, in: slice, generation: 1).name == name)
  }

  @Test func `the tool's marks stand before the extension`() throws {
    let world = try World(path: "{yyyy}{MM}{dd}{HH}.{ext}")
    let slice = try range("2025-01-01T05:00:00Z", "2025-01-01T06:00:00Z")
    let tick = TimeRange(slice.start, slice.start + .tick)
    let part = Part(range: tick, shard: Shard(index: 1, count: 4), count: .zero)
    #expect(
      BlobNaming(world.spec).address(of: part, in: slice, generation: 2).name
        == "2025010105_20250101T050000Z-20250101T050000.0000001Z_h2of4_g2.ndjson")
  }
}
