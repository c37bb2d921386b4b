import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// What does not agree with the manifest, and whether the next plan mends it by itself.
@Suite struct `Blobs against the manifest` {
  private func world(seed: UInt64, limits: Int = 500_000) throws -> World {
    var random = SplitMix64(seed: seed)
    var world = try World(slice: "3h", limits: .init(rows: limits))
    let day = try range("2025-01-01", "2025-01-02")
    world.rows = World.rows(200, in: day, world.spec.grid, using: &random)
    try world.run()
    return world
  }

  private func findings(_ world: World) throws -> [Finding] {
    let check = BlobCheck(try world.state(), lineage: World.lineage)
    return check.state.archived.slices.filter(\.hasBlobs).flatMap { slice in
      check.parts(of: slice).flatMap { part -> [Finding] in
        if case .bad(let found) = check.verdict(part) { return found }
        return []
      }
    }
  }

  @Test func `an archive that is whole has no findings`() throws {
    #expect(try findings(world(seed: 1)).isEmpty)
    #expect(try findings(world(seed: 2, limits: 20)).isEmpty)
  }

  @Test func `what verify says of a remedy is what a plan does`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for round in 0..<60 {
      var world = try world(seed: seed &+ UInt64(round), limits: round % 3 == 0 ? 30 : 500_000)
      // With or without what the store keeps of the content.
      for name in world.blobs.keys where Bool.random(using: &random) {
        world.blobs[name]?.contentMD5 = [UInt8](repeating: 7, count: 16)
      }
      let victims = world.blobs.keys.sorted().shuffled(using: &random).prefix(3)
      for name in victims {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: world.blobs[name] = nil
        case 1: world.blobs[name]?.size += 1
        case 2: world.blobs[name]?.metadata = [:]
        case 3: change(&world.blobs[name], "rows", to: "99999")
        default: change(&world.blobs[name], "generation", to: "7")
        }
      }
      let found = try findings(world)
      #expect(Set(found.map(\.blob)) == Set(victims.map { "logs-t/\($0)" }), "seed \(seed), round \(round)")
      let mended = Set(found.filter { $0.remedy == .apply }.map(\.slice.range))
      let planned = try world.plan().changes.actions.filter { $0.kind == .replace }.map(\.range)
      #expect(Set(planned) == mended, "seed \(seed), round \(round)")
      // The others are mended where they are named.
      world.options.replace = Set(found.filter { $0.remedy == .replace }.map(\.slice.address))
      try world.run("seed \(seed), round \(round)")
      world.options.replace = []
      #expect(try findings(world).isEmpty, "seed \(seed), round \(round)")
    }
  }

  private func change(_ blob: inout BlobInfo?, _ key: String, to value: String) {
    guard var values = blob?.metadata.values else { return }
    values["logexport_\(key)"] = value
    blob?.metadata = BlobMetadata(values)
  }

  @Test func `what the retention policy deleted is expired, and what the source lost must be restored`() throws {
    var world = try world(seed: 3)
    let name = try #require(world.blobs.keys.sorted().first)
    world.blobs[name] = nil
    world.spec.retention = .day * 30
    #expect(try findings(world).map(\.remedy) == [.restore])
    world.deleteAfter = .zero
    #expect(try findings(world).isEmpty)
  }

  @Test func `more rows at the source are a finding, and fewer are too, but the archive stays`() throws {
    let state = try world(seed: 4).state()
    let (check, query) = (BlobCheck(state, lineage: World.lineage), ExportQuery(state.spec))
    let slice = try #require(state.archived.slices.first { $0.hasBlobs })
    #expect(check.finding(slice, counted: slice.rows, query) == nil)
    #expect(check.finding(slice, counted: slice.rows + 1, query)?.remedy == .refresh)
    #expect(check.finding(slice, counted: slice.rows - 1, query)?.remedy == .keep)
  }

  @Test func `more rows of a slice with other columns are exported by its name, or by a spec that replaces`() throws {
    var world = try world(seed: 4)
    world.spec.columns = ["TimeGenerated"]
    for (policy, remedy) in [(ChangePolicy.keep, Finding.Remedy.replace), (.replace, .apply)] {
      world.onChange = policy
      let state = try world.state()
      let query = ExportQuery(
        {
          var other = state.spec
          other.columns = ["Level"]
          return other
        }())
      let slice = try #require(state.archived.slices.first { $0.hasBlobs })
      let check = BlobCheck(state, lineage: World.lineage)
      #expect(check.isComparable(slice, query))
      #expect(check.finding(slice, counted: slice.rows + 1, query)?.remedy == remedy)
    }
  }

  @Test func `a share of the slices is decided by its seed, and never none`() throws {
    let slices = try world(seed: 5).archived().slices
    for percent in [0.001, 25, 50, 99, 100] {
      let sample = slices.sample(percent: percent, seed: 42)
      #expect(sample.count == Int((Double(slices.count) * percent / 100).rounded(.up)))
      #expect(sample.map(\.range) == slices.sample(percent: percent, seed: 42).map(\.range))
      #expect(sample.map(\.range) == sample.map(\.range).sorted())
    }
    let firsts = Set((0..<50).map { slices.sample(percent: 1, seed: $0)[0].range })
    #expect(firsts.count > slices.count / 2, "every slice has its turn")
    #expect([ArchivedSlice]().sample(percent: 1, seed: 1).isEmpty)
  }
}
