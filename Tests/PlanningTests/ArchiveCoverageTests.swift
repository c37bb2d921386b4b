import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

@Suite struct `What the manifest covers` {
  /// A row of one slice; it is exported long after it settled unless told otherwise.
  private func row(
    _ start: String, _ status: ManifestRow.Status = .exported, hours: Int64 = 1, rows: Int = 10,
    generation: Int = 1, schema: String = "s", exportedAt: Tick? = nil
  ) throws -> ManifestRow {
    let start = try tick(start)
    let range = TimeRange(start, start + .hour * hours)
    var row = ManifestRow(
      table: "T", range: range, rows: 0, status: status, sliceRange: range,
      exportedAt: exportedAt ?? range.end + .day * 10, runID: "run")
    row.generation = generation
    if status == .exported || status == .adopted || status == .superseded {
      (row.rows, row.part, row.parts, row.bytes, row.schemaHash) = (rows, 1, 1, rows * 5, schema)
      row.blobURL = "memory:///logs-t/\(range.start.iso8601)_\(generation)"
    }
    return row
  }

  @Test func `before the first export all that has settled is missing`() throws {
    let coverage = Coverage(try World(days: 2, now: "2025-01-02T12:30:00Z").state())
    #expect(coverage.missing.ranges == [try range("2025-01-01", "2025-01-02T09:00:00Z")], "settle is three hours")
    #expect(coverage.unsettled.ranges == [try range("2025-01-02T09:00:00Z", "2025-01-03")])
    #expect(coverage.slices(coverage.missing) == 33)
    #expect(coverage.covered.isEmpty && coverage.pieces.isEmpty && coverage.extent == nil)
  }

  @Test func `every status is told apart, and what cannot be known is not covered`() throws {
    var world = try World()
    world.manifest = [
      try row("2025-01-01T00:00:00Z"), try row("2025-01-01T01:00:00Z", .adopted),
      try row("2025-01-01T02:00:00Z", .empty), try row("2025-01-01T03:00:00Z", .emptyUnproven),
      try row("2025-01-01T04:00:00Z", .unavailable), try row("2025-01-01T05:00:00Z", .expired),
    ]
    let coverage = Coverage(try world.state())
    for state in Coverage.State.allCases { #expect(coverage.count(state) == 1, "\(state)") }
    #expect(coverage.rows == 20 && coverage.bytes == 100)
    #expect(coverage.extent == (try range("2025-01-01", "2025-01-01T02:00:00Z")))
    #expect(coverage.missing.ranges == [try range("2025-01-01T06:00:00Z", "2025-01-02")])
    #expect(coverage.covered.length == .hour * 4)
  }

  @Test func `what is covered and what is missing make up the window, whatever the widths`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      var world = try World(slice: ["15m", "1h", "6h", "1d"].randomElement(using: &random) ?? "1h", days: 4)
      var rows = 0
      var archived: [TimeRange] = []
      for width in [1, 3, 24].shuffled(using: &random).prefix(2) {
        let grid = try grid("\(width)h")
        for tile in grid.tiles(of: try range("2024-12-31", "2025-01-06"))
        where Int.random(in: 0..<4, using: &random) == 0 && !archived.contains(where: tile.overlaps) {
          archived.append(tile)
          world.manifest.append(try row(tile.start.iso8601, hours: Int64(width), rows: 7))
          if tile.overlaps(try range("2025-01-01", "2025-01-05")) { rows += 7 }
        }
      }
      let coverage = Coverage(try world.state())
      #expect(coverage.covered.union(coverage.missing).ranges == [coverage.window], "seed \(seed)")
      #expect(coverage.covered.intersection(coverage.missing).isEmpty, "seed \(seed)")
      #expect(coverage.rows == rows, "seed \(seed)")
      #expect(coverage.overlaps.isEmpty, "seed \(seed)")
    }
  }

  @Test func `slices of different widths that hold the same time overlap`() throws {
    var world = try World()
    world.manifest = [
      try row("2025-01-01T00:00:00Z", hours: 6), try row("2025-01-01T05:00:00Z", hours: 3),
      try row("2025-01-01T07:00:00Z"), try row("2025-01-01T08:00:00Z"),
    ]
    #expect(
      Coverage(try world.state()).overlaps.ranges == [
        try range("2025-01-01T05:00:00Z", "2025-01-01T06:00:00Z"),
        try range("2025-01-01T07:00:00Z", "2025-01-01T08:00:00Z"),
      ])
  }

  @Test func `what leaves the workspace soon is what a plan says of it`() throws {
    let now = "2025-02-10T06:30:00Z"
    var world = try World(days: 20, retention: .day * 30, now: now)
    let window = try range("2025-01-01", "2025-01-21")
    world.rows = world.spec.grid.tiles(of: window).map { World.Row(time: $0.end - .tick, hash: 0) }
    world.manifest = [try row("2025-01-12T00:00:00Z", hours: 24)]
    let coverage = Coverage(try world.state())
    let note = try #require(try world.plan().changes.notes.first { $0.kind == .leaving })
    #expect(coverage.leaving == note.ranges)
    #expect(coverage.slices(coverage.leaving) == note.slices)
    #expect(coverage.lost.ranges == [try range("2025-01-01", "2025-01-11T06:00:00Z")])
    world.spec.retention = nil
    let unknown = Coverage(try world.state())
    #expect(unknown.leaving.isEmpty && unknown.lost.isEmpty)
  }

  @Test func `slices that may still grow, and rows no longer in force, are counted`() throws {
    var world = try World()
    let end = try tick("2025-01-01T01:00:00Z")
    world.manifest = [
      try row("2025-01-01T00:00:00Z", exportedAt: end + .hour * 4), try row("2025-01-01T01:00:00Z"),
      try row("2025-01-01T01:00:00Z", rows: 12, generation: 2), try row("2025-01-01T01:00:00Z", .superseded),
    ]
    let coverage = Coverage(try world.state())
    #expect(coverage.provisional == 1)
    #expect(coverage.supersededRows == 1 && coverage.supersededBlobs == 1)
    #expect(coverage.rows == 22)
  }

  @Test func `a change of columns begins a new run, and slices without rows do not`() throws {
    var world = try World()
    world.manifest = [
      try row("2025-01-01T00:00:00Z", schema: "a"), try row("2025-01-01T01:00:00Z", .empty),
      try row("2025-01-01T02:00:00Z", schema: "a"), try row("2025-01-01T03:00:00Z", schema: "b"),
      try row("2025-01-01T04:00:00Z", schema: "a"),
    ]
    let runs = Coverage(try world.state()).schemas
    #expect(runs.map(\.hash) == ["a", "b", "a"])
    #expect(runs.map(\.slices) == [2, 1, 1])
    #expect(runs[0].range == (try range("2025-01-01", "2025-01-01T03:00:00Z")))
  }
}
