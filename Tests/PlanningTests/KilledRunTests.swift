import BlobStorage
import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

/// What a run left behind that was killed between its commits and its append.
@Suite struct KilledRuns {
  private let start = Tick(unixSeconds: 1_735_689_600)

  /// A day of 200 rows in parts of fewer than 60, of which none is archived.
  private func world() throws -> World {
    var world = try World(slice: "1d", limits: ResponseLimits(rows: 60))
    world.rows = (0..<200).map { World.Row(time: start + .minute * Int64($0 * 7), hash: $0) }
    return world
  }

  /// The world after a run that committed some parts.
  private func killed(after parts: Int) throws -> World {
    var world = try world()
    let changes = try world.plan().changes
    world.commit(changes.actions[0], changes, parts: parts)
    #expect(world.blobs.count == parts)
    return world
  }

  @Test(arguments: [1, 2, 5])
  func `its parts are taken over where they fit the plan`(parts: Int) throws {
    var world = try killed(after: parts)
    let action = try #require(try world.plan().changes.actions.first)
    #expect(action.parts.count == 5)
    #expect(action.generation == 1)
    #expect(action.parts.map { $0.adopted != nil } == (0..<5).map { $0 < parts })
    #expect(action.reason == (parts == 5 ? .adoptReceipt : .missing))
    #expect(action.obsolete.isEmpty)
    try world.run()
    #expect(try world.plan().isEmpty)
    #expect(world.blobs.count == 5)
  }

  @Test func `parts that were cut differently are swept away by a new generation`() throws {
    var world = try killed(after: 3)
    world.limits = ResponseLimits(rows: 150)
    let action = try #require(try world.plan().changes.actions.first)
    #expect(action.parts.allSatisfy { $0.adopted == nil })
    #expect(action.generation == 2)
    #expect(action.obsolete.map(\.address.name) == world.blobs.keys.sorted())
    try world.run()
    #expect(try world.plan().isEmpty)
    #expect(world.blobs.count == action.parts.count)
  }

  @Test func `parts of another query, format or count are not taken over`() throws {
    let changes: [(inout World) -> Void] = [
      { $0.spec.filter = "Level > 0" }, { $0.spec.format = .csv }, { $0.spec.compression = .zstd },
      { $0.rows.removeFirst() },
      { $0.rows.append(World.Row(time: $0.rows[0].time, hash: 7)) },
    ]
    for (index, change) in changes.enumerated() {
      var world = try killed(after: 2)
      change(&world)
      let action = try #require(try world.plan().changes.actions.first)
      #expect(action.parts.allSatisfy { $0.adopted == nil }, "change \(index)")
      #expect(action.obsolete.count == 2, "change \(index)")
      try world.run("change \(index)")
      #expect(try world.plan().isEmpty, "change \(index)")
    }
  }

  @Test func `blobs without a receipt of this archive are never touched`() throws {
    var world = try world()
    let first = try world.plan().changes.actions[0]
    // Somebody else's file has the name of our first part.
    let name = first.parts[0].address.name
    world.blobs[name] = BlobInfo(name: name, size: 3, etag: "\"x\"", lastModified: world.now)
    world.blobs["notes.txt"] = BlobInfo(name: "notes.txt", size: 3, etag: "\"y\"", lastModified: world.now)
    let answer = try world.run()
    #expect(answer.changes.actions[0].generation == 2)
    #expect(try world.plan().isEmpty)
    #expect(world.blobs[name]?.size == 3)
    #expect(world.blobs["notes.txt"] != nil)
  }

  @Test func `a replacement that was killed leaves the old generation in force, and is taken over`() throws {
    var world = try world()
    try world.run()
    world.options.replace = ["T/2025-01-01T00:00:00Z"]
    let changes = try world.plan().changes
    world.commit(changes.actions[0], changes, parts: 3)
    #expect(try world.archived().slices.map(\.generation) == [1])
    let action = try #require(try world.plan().changes.actions.first)
    #expect(action.generation == 2)
    #expect(action.parts.count { $0.adopted != nil } == 3)
    #expect(action.obsolete.count == 5)
    try world.run()
    world.options.replace = []
    #expect(try world.plan().isEmpty)
    #expect(world.blobs.count == 5)
  }

  @Test func `a replacement that was begun and is no longer wanted stays until it is or the slice changes`() throws {
    var world = try world()
    try world.run()
    world.options.replace = ["T/2025-01-01T00:00:00Z"]
    let changes = try world.plan().changes
    world.commit(changes.actions[0], changes, parts: 3)
    world.options.replace = []
    // Another run may be at it this minute: nothing in the manifest says that it is dead.
    #expect(try world.plan().isEmpty)
    #expect(try world.plan().notes == [.unrecorded])
  }

  @Test func `blobs of a run whose spec was taken back are said, and stay`() throws {
    var world = try world()
    try world.run()
    var changed = world
    (changed.spec.filter, changed.onChange) = ("Level > 0", .replace)
    let changes = try changed.plan().changes
    world.commit(changes.actions[0], changes, parts: 2)
    let plan = try world.plan()
    #expect(plan.isEmpty)
    #expect(plan.notes == [.unrecorded])
    #expect(plan.changes.notes[0].ranges.ranges == [changes.actions[0].range])
  }

  @Test func `an earlier generation of another query that no row names is not swept away`() throws {
    // As after a rebuild that took the higher one for what was in force.
    var world = try world()
    let first = try world.plan().changes
    world.commit(first.actions[0], first)
    let old = world.blobs
    world.spec.columns = ["Level"]
    try world.run()
    world.blobs.merge(old) { kept, _ in kept }
    let plan = try world.plan()
    #expect(plan.isEmpty)
    #expect(plan.notes == [.unrecorded])
  }

  @Test func `what a killed run wrote in another form goes once the slice is archived`() throws {
    var world = try killed(after: 5)
    let old = world.blobs
    world.spec.format = .csv
    try world.run()
    // Its deletion was cut off.
    world.blobs.merge(old) { kept, _ in kept }
    let plan = try world.plan()
    #expect(plan.changes.cleanups.map(\.address.name) == old.keys.sorted())
    #expect(plan.notes == [])
  }

  @Test func `blobs that hold more rows than the source has left stay beside its export`() throws {
    var world = try killed(after: 5)
    world.rows.removeFirst(50)
    let action = try #require(try world.plan().changes.actions.first)
    #expect(action.generation == 2)
    #expect(action.obsolete.isEmpty)
    try world.run()
    let plan = try world.plan()
    #expect(plan.isEmpty)
    #expect(plan.notes == [.unrecorded])
    #expect(world.blobs.count == 5 + action.parts.count)
  }

  @Test func `what a killed run left outside of the spec's range of now is said`() throws {
    var world = try killed(after: 2)
    world.spec.from = .at(start + .day)
    world.spec.to = .at(start + .day * 2)
    #expect(try world.plan().notes == [.unrecorded])
    // Years that were not read cannot be told of.
    world.spec.from = .at(start + .day * 800)
    world.spec.to = .at(start + .day * 801)
    world.now = start + .day * 900
    #expect(try world.plan().notes == [])
  }

  @Test func `blobs that a finished replacement left are cleaned up`() throws {
    var world = try world()
    try world.run()
    let old = world.blobs
    world.options.replace = ["T/2025-01-01T00:00:00Z"]
    try world.run()
    world.options.replace = []
    world.blobs.merge(old) { kept, _ in kept }
    let answer = try world.run()
    #expect(answer.changes.actions.isEmpty)
    #expect(answer.changes.cleanups.map(\.address.name) == old.keys.sorted())
    #expect(answer.changes.cleanups.allSatisfy { $0.row != nil && $0.etag != nil })
    #expect(try world.plan().isEmpty)
  }

  @Test func `an old blob that is listed as superseded is left alone`() throws {
    var world = try world()
    try world.run()
    let old = world.blobs
    let rows = world.manifest
    world.options.replace = ["T/2025-01-01T00:00:00Z"]
    try world.run()
    world.options.replace = []
    world.blobs.merge(old) { kept, _ in kept }
    for var row in rows {
      row.status = .superseded
      world.manifest.append(row)
    }
    #expect(try world.plan().isEmpty)
    for index in world.manifest.indices {
      world.manifest[index].blobURL = "https://other.name" + world.manifest[index].blobURL.dropFirst(World.url.count)
    }
    #expect(try world.plan().isEmpty, "whatever URL the store goes by")
  }

  @Test func `rows that only a killed run's blobs still hold are not swept away`() throws {
    var world = try killed(after: 2)
    world.spec.retention = .day * 30
    let first = try world.run()
    #expect(first.changes.actions.map(\.kind) == [.record(.unavailable)])
    let second = try world.plan()
    #expect(second.isEmpty)
    #expect(second.notes == [.unavailable, .unrecorded])
    #expect(world.blobs.count == 2)
  }

  @Test func `what a run of another width left stays once its range is covered, and is said`() throws {
    var world = try killed(after: 2)
    world.spec.grid = try grid("6h")
    let first = try world.run()
    #expect(first.changes.actions.count == 4)
    let second = try world.plan()
    #expect(second.isEmpty)
    #expect(second.notes == [.unrecorded])
  }
}
