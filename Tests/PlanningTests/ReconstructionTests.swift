import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// The manifest out of the receipts.
@Suite struct Reconstructing {
  private func reconstruct(_ world: World) -> Reconstruction {
    Reconstruction(world.inventory, of: ExportQuery(world.spec), container: "logs-t", storeURL: World.url)
  }

  @Test func `what comes back is what was recorded, or is left to a plan`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for round in 0..<40 {
      var world = try World(slice: "6h", limits: .init(rows: [500_000, 40, 12].randomElement(using: &random) ?? 40))
      world.rows = World.rows(150, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
      try world.run("seed \(seed), round \(round)")
      if Bool.random(using: &random) {
        world.options.replace = ["T/2025-01-01T06:00:00Z"]
        try world.run("seed \(seed), round \(round)")
        world.options.replace = []
      }
      let archived = try world.archived()
      let found = reconstruct(world)
      var left = Set(found.incomplete)
      for slice in archived.slices where slice.hasBlobs {
        guard left.remove(slice.range) == nil else { continue }
        let rows = try #require(found.slices.first { $0[0].sliceRange == slice.range }, "seed \(seed), round \(round)")
        let recorded = archived.parts(of: slice)
        #expect(rows.map(\.blobURL) == recorded.map(\.blobURL), "seed \(seed), round \(round)")
        #expect(rows.map(\.rows) == recorded.map(\.rows) && rows.map(\.part) == recorded.map(\.part))
        #expect(rows.map(\.generation) == recorded.map(\.generation) && rows.map(\.shard) == recorded.map(\.shard))
        #expect(rows.map(\.bytes) == recorded.map(\.bytes) && rows.map(\.queryHash) == recorded.map(\.queryHash))
      }
      #expect(left.isEmpty, "seed \(seed), round \(round)")
      // With these rows alone nothing is exported but what they lack, and that from the blobs that are there.
      world.manifest = found.slices.flatMap { $0 }
      let plan = try world.plan("seed \(seed), round \(round)")
      let exports = plan.changes.actions.filter { !$0.isRecord }
      #expect(Set(exports.map(\.range)) == Set(found.incomplete), "seed \(seed), round \(round)")
      #expect(exports.allSatisfy { $0.reason == .adoptReceipt }, "seed \(seed), round \(round)")
    }
  }

  @Test func `a generation of another query that a killed run left gives way to the declared one`() throws {
    var world = try World(slice: "6h")
    var random = SplitMix64(seed: 12)
    world.rows = World.rows(60, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
    try world.run()
    func generations() -> Set<Int> { Set(reconstruct(world).slices.map { $0[0].generation }) }
    var killed = world
    killed.spec.columns = ["TimeGenerated"]
    killed.onChange = .replace
    try killed.run()
    // It committed all its blobs, and recorded none.
    world.blobs.merge(killed.blobs) { old, _ in old }
    #expect(generations() == [1])
    world.spec.columns = ["TimeGenerated"]
    #expect(generations() == [2])
    world.spec.columns = ["Other"]
    #expect(generations() == [2], "of neither, the highest")
  }

  @Test func `of slices of two widths those count that were exported later, and the others are told`() throws {
    var world = try World(slice: "12h", limits: .init(rows: 40))
    var random = SplitMix64(seed: 14)
    world.rows = World.rows(60, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
    let killed = try world.plan().changes
    for action in killed.actions { world.commit(action, killed) }
    world.spec.grid = try grid("6h")
    world.now = world.now + .hour
    try world.run()
    let found = reconstruct(world)
    let recorded = try world.archived().slices.filter(\.hasBlobs).map(\.range)
    #expect(found.slices.map { $0[0].sliceRange } == recorded)
    #expect(found.ambiguous == killed.actions.filter { !$0.isRecord }.map(\.range))
    #expect(found.incomplete.isEmpty)
  }

  @Test func `a generation with more rows is kept, whatever its query`() throws {
    var world = try World(slice: "1d")
    let start = try tick("2025-01-01")
    world.rows = (0..<10).map { World.Row(time: start + .second * Int64($0), hash: $0) }
    try world.run()
    var later = world
    later.rows.append(World.Row(time: start + .hour, hash: 11))
    later.spec.columns = ["TimeGenerated"]
    later.onChange = .replace
    try later.run()
    world.blobs.merge(later.blobs) { old, _ in old }
    #expect(reconstruct(world).slices.map { $0[0].generation } == [2])
  }

  @Test func `a generation that lost a part gives way to the one before`() throws {
    var world = try World(slice: "6h", limits: .init(rows: 40))
    var random = SplitMix64(seed: 9)
    world.rows = World.rows(150, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
    try world.run()
    let first = world.blobs
    world.options.replace = ["T/2025-01-01T06:00:00Z"]
    try world.run()
    // The earlier blobs were protected, and still lie there.
    world.blobs.merge(first) { new, _ in new }
    let slice = try range("2025-01-01T06:00:00Z", "2025-01-01T12:00:00Z")
    func generation() -> Int? { reconstruct(world).slices.first { $0[0].sliceRange == slice }?[0].generation }
    let whole = generation()
    guard whole == 2 else { return }
    for name in world.blobs.keys where first[name] == nil {
      let lost = world.blobs.removeValue(forKey: name)
      #expect(generation() == 1)
      world.blobs[name] = lost
    }
  }

  @Test func `blobs of nobody and of another archive are not looked at`() throws {
    var world = try World()
    world.blobs["mine"] = BlobInfo(name: "mine", size: 1, etag: "\"1\"", lastModified: world.now)
    #expect(reconstruct(world).slices.isEmpty && reconstruct(world).incomplete.isEmpty)
  }
}
