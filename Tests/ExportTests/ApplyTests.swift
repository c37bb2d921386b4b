import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import Synchronization
import TestSupport
import Testing
import Timeline

@Suite struct Applying {
  @Test(arguments: [
    ("1h", 500_000, 64_000_000), ("15m", 40, 64_000_000), ("1d", 25, 2_000), ("5s", 500_000, 64_000_000),
  ])
  func `every row is archived exactly once, and a second plan is empty`(slice: String, rows: Int, bytes: Int)
    async throws
  {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let source = FakeSource(Archive.rows(400, using: &random), rowLimit: rows)
    let archive = try Archive(source, slice: slice, limits: ResponseLimits(rows: rows, bytes: bytes))
    let outcome = try await archive.apply()
    #expect(outcome.failures.isEmpty, "seed \(seed)")
    try await archive.expectComplete("seed \(seed)")
  }

  @Test func `a path of any characters is archived under a valid URL`() async throws {
    let source = FakeSource([
      FakeSource.Row(time: try #require(Tick(iso8601: "2025-01-01T05:00:00Z")), id: 0, bucket: 0)
    ])
    let archive = try Archive(source, path: "50% #off/{start}_{end}.{ext}")
    try await archive.apply()
    try await archive.expectComplete()
    let urls = try await archive.archivedParts().map(\.blobURL).filter { !$0.isEmpty }
    #expect(urls == ["memory:/logs-t/50%25%20%23off/20250101T050000Z_20250101T060000Z.ndjson"])
  }

  @Test func `rows on the first tick, the last tick and a tick beyond keep to their slices`() async throws {
    let start = try #require(Tick(iso8601: "2025-01-01T05:00:00Z"))
    let times = [start - .tick, start, start + .hour - .tick, start + .hour]
    let source = FakeSource(times.enumerated().map { FakeSource.Row(time: $1, id: $0, bucket: $0) })
    let archive = try Archive(source)
    try await archive.apply()
    try await archive.expectComplete()
    let slices = try await archive.archived().slices.filter { $0.rows > 0 }
    #expect(slices.map(\.rows) == [1, 2, 1])
    #expect(
      slices.map(\.range.start.iso8601) == ["2025-01-01T04:00:00Z", "2025-01-01T05:00:00Z", "2025-01-01T06:00:00Z"])
  }

  @Test func `a hundred thousand rows on one tick are split by hash under a limit of five thousand`() async throws {
    let tick = try #require(Tick(iso8601: "2025-01-01T05:00:00.0000007Z"))
    var random = SplitMix64(seed: 7)
    let rows = (0..<100_000).map {
      FakeSource.Row(time: tick, id: $0, bucket: .random(in: 0..<1 << 20, using: &random))
    }
    let archive = try Archive(FakeSource(rows, rowLimit: 5000), limits: ResponseLimits(rows: 5000))
    #expect(try await archive.apply().failures.isEmpty)
    try await archive.expectComplete()
    let parts = try await archive.archivedParts().filter { $0.rows > 0 }
    #expect(parts.count >= 20)
    #expect(parts.allSatisfy { $0.shard != nil && $0.rows < 5000 })
  }

  @Test func `rows that no split can tell apart fail by name, and the rest is exported`() async throws {
    let tick = try #require(Tick(iso8601: "2025-01-01T05:00:00Z"))
    var rows = (0..<200).map { FakeSource.Row(time: tick, id: $0, bucket: 3) }
    rows.append(FakeSource.Row(time: tick + .hour * 2, id: 200, bucket: 0))
    let archive = try Archive(FakeSource(rows, rowLimit: 100), limits: ResponseLimits(rows: 100))
    let plan = try await archive.plan()
    #expect(plan.failures.map(\.slice) == [TimeRange(tick, tick + .hour)])
    #expect(plan.failures[0].message.contains("T/2025-01-01T05:00:00Z has 200 rows on the one tick"))
    try await archive.apply()
    #expect(try await archive.ids() == [200])
  }

  @Test func `a truncated answer is cut again and never committed`() async throws {
    var random = SplitMix64(seed: 1)
    let source = FakeSource(Archive.rows(300, using: &random))
    source.change { $0.partialErrors = ["-2133196797", "-2133196797"] }
    let archive = try Archive(source, slice: "1d")
    #expect(try await archive.apply().failures.isEmpty)
    try await archive.expectComplete()
    #expect(try await archive.archivedParts().contains { $0.parts > 1 })
  }

  @Test func `another partial error fails the slice by name, and commits nothing`() async throws {
    var random = SplitMix64(seed: 2)
    let source = FakeSource(Archive.rows(300, using: &random))
    source.change { $0.partialErrors = ["-2133196788"] }
    let archive = try Archive(source, slice: "1d")
    let outcome = try await archive.apply()
    #expect(outcome.failures.count == 1)
    #expect(outcome.failures.first?.message.contains("-2133196788") == true)
    #expect(try await archive.ids().count < 300)
    #expect(try await archive.apply().failures.isEmpty)
    try await archive.expectComplete()
  }

  @Test func `an answer that breaks off is asked for again`() async throws {
    var random = SplitMix64(seed: 3)
    let source = FakeSource(Archive.rows(300, using: &random))
    source.change { $0.truncatedBodies = 2 }
    let archive = try Archive(source, slice: "1d")
    #expect(try await archive.apply().failures.isEmpty)
    try await archive.expectComplete()
  }

  @Test func `rows that differ from every recount are not committed`() async throws {
    var random = SplitMix64(seed: 4)
    let source = FakeSource(Archive.rows(50, using: &random))
    source.change { $0.hidden = [7] }
    let archive = try Archive(source, slice: "1d")
    let outcome = try await archive.apply()
    #expect(outcome.failures.first?.message.contains("count_mismatch") == true)
    #expect(try await archive.ids().isEmpty)
  }

  @Test func `a count of zero beyond retention is not taken for empty`() async throws {
    let source = FakeSource([])
    let archive = try Archive(source, retention: .day * 30)
    try await archive.apply()
    let known = try await archive.archived().slices
    #expect(known.count == 24)
    #expect(known.allSatisfy { $0.status == .unavailable })

    let unknown = try Archive(FakeSource([]), retention: nil)
    try await unknown.apply()
    #expect(try await unknown.archived().slices.allSatisfy { $0.status == .emptyUnproven })

    let within = try Archive(FakeSource([]), retention: .day * 90)
    try await within.apply()
    #expect(try await within.archived().slices.allSatisfy { $0.status == .empty })
  }

  @Test func `a deleted blob is found and its slice alone exported again`() async throws {
    var random = SplitMix64(seed: 5)
    let archive = try Archive(FakeSource(Archive.rows(400, using: &random)))
    try await archive.apply()
    let lost = try #require(try await archive.archivedParts().first { $0.rows > 0 })
    let name = String(lost.blobURL.dropFirst("\(archive.store.url)/logs-t/".count))
    try await archive.store.delete(BlobAddress(container: "logs-t", name: name), ifMatch: nil)
    let plan = try await archive.plan()
    #expect(plan.tables[0].actions.map(\.range) == [lost.sliceRange])
    #expect(plan.tables[0].actions[0].reason == .blobMissing)
    var blind = PlanOptions()
    blind.noList = true
    #expect(try await archive.plan(blind).isEmpty)
    try await archive.apply()
    try await archive.expectComplete()
  }

  @Test func `rows that come in late are exported with their slice while it is provisional`() async throws {
    var random = SplitMix64(seed: 6)
    let rows = Archive.rows(100, using: &random)
    let source = FakeSource(rows)
    let archive = try Archive(source, now: "2025-01-02T04:00:00Z")
    try await archive.apply()
    try await archive.expectComplete()
    source.change { $0.rows.append(FakeSource.Row(time: rows[0].time, id: 1000, bucket: 1)) }
    let plan = try await archive.plan()
    #expect(plan.tables[0].actions.map(\.reason) == [.lateRows])
    try await archive.apply()
    try await archive.expectComplete()
  }

  @Test func `archived rows are never replaced by fewer unless allowed for that slice`() async throws {
    var random = SplitMix64(seed: 8)
    let source = FakeSource(Archive.rows(100, using: &random))
    let archive = try Archive(source, slice: "1d")
    try await archive.apply()
    source.change { $0.rows.removeLast() }
    var options = PlanOptions()
    options.refresh = true
    let plan = try await archive.plan(options)
    #expect(plan.isEmpty)
    #expect(plan.tables[0].notes.map(\.kind) == [.shrunk])
    options.allowShrink = ["T/2025-01-01T00:00:00Z"]
    try await archive.apply(options)
    try await archive.expectComplete()
  }

  @Test func `a slice of four parts exported again in two shows readers two`() async throws {
    var random = SplitMix64(seed: 9)
    let source = FakeSource(Archive.rows(360, using: &random), rowLimit: 130)
    var archive = try Archive(source, slice: "1d", limits: ResponseLimits(rows: 130))
    try await archive.apply()
    let before = try await archive.archivedParts()
    #expect(before.count == 4)

    // The next run is killed between the last commit and the append.
    archive.spec.limits = ResponseLimits(rows: 300)
    source.change { $0.rowLimit = 300 }
    var options = PlanOptions()
    options.replace = ["T/2025-01-01T00:00:00Z"]
    let crashing = CrashingStore(archive.store) { operation, _ in operation == "append" ? .before : nil }
    try await archive.apply(options, through: crashing)
    #expect(try await archive.archivedParts() == before)

    try await archive.apply(options)
    let after = try await archive.archivedParts()
    #expect(after.count == 2)
    #expect(after[0].generation > before[0].generation)
    try await archive.expectComplete()
  }

  @Test func `another width or other limits export nothing again`() async throws {
    var random = SplitMix64(seed: 10)
    let source = FakeSource(Archive.rows(200, using: &random))
    var archive = try Archive(source, slice: "1h")
    try await archive.apply()
    let other = try Archive(source, slice: "15m", limits: ResponseLimits(rows: 50))
    archive.spec = other.spec
    #expect(try await archive.plan().isEmpty)
  }

  @Test func `a changed query is left alone, or replaced where the spec says so`() async throws {
    var random = SplitMix64(seed: 11)
    let source = FakeSource(Archive.rows(200, using: &random))
    var archive = try Archive(source, slice: "1d")
    try await archive.apply()
    archive.spec = try Archive(source, slice: "1d", filter: "Id > -1").spec
    let kept = try await archive.plan()
    #expect(kept.isEmpty)
    #expect(kept.tables[0].notes.map(\.kind) == [.earlierQuery])
    archive.spec = try Archive(source, slice: "1d", onChange: .replace, filter: "Id > -1").spec
    #expect(try await archive.plan().tables[0].actions.map(\.reason) == [.specChanged])
    try await archive.apply()
    try await archive.expectComplete()
  }

  @Test func `a table whose manifest cannot be written does not stop the others`() async throws {
    var random = SplitMix64(seed: 13)
    var archive = try Archive(FakeSource(Archive.rows(50, using: &random)), slice: "6h")
    var other = archive.spec.tables[0]
    other.name = "U"
    other.container = "logs-u"
    archive.spec.tables.append(other)
    let segments = Mutex(0)
    let refusing = CrashingStore(archive.store) { operation, _ in
      guard operation == "createAppendBlob" else { return nil }
      return segments.withLock { count in
        count += 1
        return count == 1 ? .refused : nil
      }
    }
    let outcome = try await archive.apply(through: refusing)
    #expect(outcome.failures.map(\.message) == ["createAppendBlob: not now"])
    #expect(outcome.exported == SliceTotals(slices: 4, rows: 50))
    #expect(try await archive.apply().failures.isEmpty)
    #expect(try await archive.plan().isEmpty)
  }

  @Test func `what has not settled is left alone`() async throws {
    var random = SplitMix64(seed: 12)
    let archive = try Archive(FakeSource(Archive.rows(200, using: &random)), now: "2025-01-01T12:59:59Z")
    let plan = try await archive.plan()
    #expect(plan.tables[0].window.end.iso8601 == "2025-01-01T09:00:00Z")
    #expect(plan.tables[0].unsettled.start.iso8601 == "2025-01-01T09:00:00Z")
  }
}
