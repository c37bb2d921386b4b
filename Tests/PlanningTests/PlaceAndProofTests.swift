import BlobStorage
import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

/// Whether what lies in storage is what the manifest says, wherever the manifest says that it lies.
@Suite struct `Places and proofs` {
  private let day = TimeRange(Tick(unixSeconds: 1_735_689_600), Tick(unixSeconds: 1_735_776_000))

  /// A day of a hundred rows in one slice of several parts.
  private func archived(now: String = "2025-06-01T00:00:00Z", retention: Timespan? = .day * 3650) throws -> World {
    var world = try World(slice: "1d", limits: ResponseLimits(rows: 40), retention: retention, now: now)
    world.rows = (0..<100).map { World.Row(time: day.start + .minute * Int64($0), hash: $0) }
    try world.run()
    return world
  }

  @Test(arguments: ["https://localhost:1/devstoreaccount1", "file:///elsewhere/archive", "memory://logs-t"])
  func `a store that goes by another URL keeps its blobs`(url: String) throws {
    var world = try archived()
    for index in world.manifest.indices {
      world.manifest[index].blobURL = url + world.manifest[index].blobURL.dropFirst(World.url.count)
    }
    #expect(try world.plan().isEmpty)
    let victim = try #require(world.blobs.keys.sorted().first)
    world.blobs[victim] = nil
    #expect(try world.plan().reasons == [.blobMissing])
    try world.run()
    #expect(try world.plan().isEmpty)
    #expect(world.blobs.count == 4)
  }

  @Test(arguments: ["{start} 100%/ü_{end}.{ext}", "a=1/{start}+{end}.{ext}"])
  func `names that URLs write in another way are found`(path: String) throws {
    var world = try World(path: path)
    world.rows = (0..<100).map { World.Row(time: day.start + .minute * Int64($0), hash: $0) }
    try world.run()
    #expect(try world.plan().isEmpty)
    let victim = try #require(world.blobs.keys.sorted().first)
    world.blobs[victim] = nil
    #expect(try world.plan().reasons == [.blobMissing])
  }

  @Test func `slices in another container are kept and said, and their blobs never touched`() throws {
    var world = try archived()
    for index in world.manifest.indices {
      world.manifest[index].blobURL.replace("/logs-t/", with: "/earlier/")
    }
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.elsewhere])
  }

  @Test func `a blob of the same size without MD5 and receipt counts as changed`() throws {
    var world = try archived()
    let victim = try #require(world.blobs.keys.sorted().first)
    world.blobs[victim]?.metadata = [:]
    #expect(try world.plan().reasons == [.checksumMismatch])
    world.blobs[victim]?.contentMD5 = [UInt8](repeating: 0, count: 16)
    #expect(try world.plan().isEmpty, "its MD5 vouches for it")
  }

  @Test func `a count that was edited in the manifest does not pass against the receipt`() throws {
    var world = try archived()
    world.manifest[0].rows -= 1
    #expect(try world.plan().reasons == [.checksumMismatch])
  }

  @Test func `what a policy has begun to delete is left to it`() throws {
    var world = try archived()
    world.deleteAfter = .day * 30
    world.now = world.now + .day * 30
    let victim = try #require(world.blobs.keys.sorted().first)
    world.blobs[victim] = nil
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.expiring])
    world.blobs = [:]
    #expect(try world.run().changes.actions.map(\.kind) == [.record(.expired)])
    #expect(try world.plan().isEmpty)
  }

  @Test func `a blob that was cut short is no work of a policy`() throws {
    var world = try archived()
    world.deleteAfter = .day * 30
    world.now = world.now + .day * 30
    let victim = try #require(world.blobs.keys.sorted().first)
    world.blobs[victim]?.size -= 1
    #expect(try world.plan().reasons == [.checksumMismatch])
  }

  @Test func `slices of two widths that overlap are said`() throws {
    var world = try archived()
    for row in try archived().manifest {
      var other = row
      other.sliceRange = TimeRange(day.start, day.start + .hour * 12)
      other.range = TimeRange(max(row.range.start, day.start), min(row.range.end, day.start + .hour * 12))
      world.manifest.append(other)
    }
    #expect(try world.plan().notes.contains(.overlapping))
  }

  @Test func `an end within a slice is said`() throws {
    var world = try archived()
    world.spec.to = .at(day.end + .hour)
    let note = try #require(try world.plan().changes.notes.first { $0.kind == .offGrid })
    #expect(note.ranges == TimeRangeSet([TimeRange(day.end, day.end + .hour)]))
  }

  @Test func `what was unavailable is looked at again when the retention is corrected`() throws {
    var world = try World(slice: "1d", retention: .day * 30)
    world.rows = []
    try world.run()
    #expect(world.manifest.map(\.status) == [.unavailable])
    world.rows = [World.Row(time: day.start, hash: 1)]
    #expect(try world.plan().isEmpty)
    world.spec.retention = .day * 3650
    #expect(try world.run().changes.actions.map(\.kind) == [.replace])
    #expect(try world.plan().isEmpty)
  }

  @Test func `what was unproven is proven once the retention is known`() throws {
    var world = try World(slice: "1d", retention: nil)
    try world.run()
    #expect(world.manifest.map(\.status) == [.emptyUnproven])
    world.spec.retention = .day * 3650
    #expect(try world.run().changes.actions.map(\.kind) == [.record(.empty)])
    let answer = try world.plan()
    #expect(answer.isEmpty && answer.notes.isEmpty)
  }

  @Test func `another form of the rows does not hide that rows came in late`() throws {
    var world = try archived(now: "2025-01-02T04:00:00Z")
    world.spec.format = .csv
    #expect(try world.plan().isEmpty)
    world.rows.append(World.Row(time: day.start, hash: 1))
    #expect(try world.plan().reasons == [.lateRows])
  }

  @Test func `slices that are years wide are counted`() throws {
    var world = try World(slice: "7300d", days: 40_000, now: "2200-01-01T00:00:00Z")
    world.rows = [World.Row(time: day.start, hash: 1)]
    try world.run()
    #expect(try world.plan().isEmpty)
  }
}
