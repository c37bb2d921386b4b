import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import Synchronization
import TestSupport
import Testing
import Timeline

/// Tables whose queries are billed by what they scan: nothing of them is counted unasked.
@Suite struct UncountedTables {
  private func archive(
    _ rows: [FakeSource.Row], megabytes: Double? = 1, limit: Int = 500_000, slice: String = "1h"
  ) throws -> Archive {
    let source = FakeSource(rows, rowLimit: limit)
    source.change { $0.usage = megabytes }
    var archive = try Archive(source, slice: slice, limits: ResponseLimits(rows: limit))
    archive.spec.tables[0].plan = .basic
    return archive
  }

  private func rows(_ count: Int, seed: UInt64) -> [FakeSource.Row] {
    var random = SplitMix64(seed: seed)
    return Archive.rows(count, using: &random)
  }

  private func counts(_ archive: Archive) -> Int { archive.source.state.withLock(\.countQueries) }

  @Test func `they are exported without a count, sized by the workspace's usage`() async throws {
    let archive = try archive(rows(1000, seed: 1), megabytes: 4)
    let plan = try await archive.plan()
    #expect(plan.tables[0].scan == .bytes(96_000_000))
    #expect(plan.tables[0].notes.map(\.kind) == [.uncounted])
    // 24 hours of 4 MB, taken to weigh twice as much, in queries of 51.2 MB.
    #expect(plan.tables[0].batches.map(\.slices) == [6, 6, 6, 6])
    try await archive.run(plan)
    #expect(counts(archive) == 0)
    #expect(archive.source.state.withLock(\.searches) == archive.source.state.withLock(\.exportQueries))
    try await archive.expectComplete()
    #expect(try await archive.archivedParts().allSatisfy { $0.countedRows == nil && $0.rows > 0 })
  }

  @Test func `slices without rows are recorded as empty`() async throws {
    let some = rows(1000, seed: 2).filter { CivilDate($0.time).hour % 3 == 0 }
    for megabytes in [1, nil] as [Double?] {
      let archive = try archive(some, megabytes: megabytes)
      let outcome = try await archive.apply()
      #expect(outcome.failures.map(\.message) == [])
      #expect((outcome.exported.slices, outcome.recorded) == (8, 16))
      try await archive.expectComplete()
      #expect(try await archive.archived().slices.count { $0.status == .empty } == 16)
    }
  }

  @Test func `hours that the usage does not name share a query`() async throws {
    let source = FakeSource(rows(500, seed: 9))
    source.change { $0.usage = 1 }
    // Usage is known of the first day alone; the second is empty.
    var archive = try Archive(source, days: 2)
    archive.spec.tables[0].plan = .basic
    let outcome = try await archive.apply()
    #expect((outcome.exported.slices, outcome.recorded) == (24, 24))
    #expect(source.state.withLock(\.exportQueries) == 1)
    try await archive.expectComplete()
  }

  @Test func `without a usage each slice is asked for alone`() async throws {
    let archive = try archive(rows(500, seed: 3), megabytes: nil)
    let plan = try await archive.plan()
    #expect(plan.tables[0].scan == .unknown && plan.tables[0].batches.isEmpty)
    try await archive.run(plan)
    #expect(archive.source.state.withLock(\.exportQueries) == 24)
    try await archive.expectComplete()
  }

  @Test(arguments: 1...6) func `a slice that is too large is cut without counting it`(seed: Int) async throws {
    let archive = try archive(rows(900, seed: UInt64(seed)), megabytes: nil, limit: 40, slice: "6h")
    #expect(try await archive.apply().failures.isEmpty, "seed \(seed)")
    #expect(counts(archive) == 0)
    try await archive.expectComplete("seed \(seed)")
  }

  @Test func `a slice that lost its blob is not replaced by fewer rows`() async throws {
    let archive = try archive(rows(100, seed: 5), slice: "1d")
    try await archive.apply()
    let part = try await archive.archivedParts()[0]
    let address = try #require(BlobAddress(url: part.blobURL, in: archive.store.url))
    try await archive.store.delete(address, ifMatch: nil)
    archive.source.change { $0.rows.removeLast(10) }
    let plan = try await archive.plan()
    #expect(plan.tables[0].actions.map(\.reason) == [.blobMissing])
    let outcome = try await archive.run(plan)
    #expect(outcome.failures.map(\.message) == ["the source has 90 rows where 100 were planned; plan again"])
    #expect(counts(archive) == 0)
  }

  @Test func `they are counted where somebody said so`() async throws {
    let archive = try archive(rows(1000, seed: 6))
    var options = PlanOptions()
    options.countBilled = true
    try await archive.apply(options)
    #expect(counts(archive) > 0)
    #expect(try await archive.archivedParts().allSatisfy { $0.countedRows == $0.rows })
  }

  @Test func `what has left the workspace is unavailable without a query`() async throws {
    var archive = try archive(rows(1000, seed: 8), megabytes: 4)
    archive.spec.tables[0].retention = .hour * 12
    archive.now = try #require(Tick(iso8601: "2025-01-02T12:00:00Z"))
    let bounds = try #require(Tick(iso8601: "2025-01-02T00:00:00Z"))
    let plan = try await archive.plan()
    let unavailable = plan.tables[0].actions.filter { $0.kind == .record(.unavailable) }
    #expect(unavailable.count == 24 && unavailable.allSatisfy { $0.range.end <= bounds })
    #expect(plan.tables[0].scan == nil)
    #expect(plan.tables[0].notes.map(\.kind) == [.unavailable])
    let outcome = try await archive.run(plan)
    #expect(outcome.recorded == 24 && archive.source.state.withLock(\.exportQueries) == 0)
  }

  @Test func `late rows are not looked for unless they may be counted`() async throws {
    var archive = try archive(rows(100, seed: 7), slice: "1d")
    archive.now = try #require(Tick(iso8601: "2025-01-02T06:00:00Z"))
    try await archive.apply()
    archive.source.change { $0.rows.append(FakeSource.Row(time: $0.rows[0].time, id: 1000, bucket: 1)) }
    let plan = try await archive.plan()
    #expect(plan.isEmpty && plan.tables[0].notes.map(\.kind) == [.uncounted])
    var options = PlanOptions()
    options.countBilled = true
    #expect(try await archive.plan(options).tables[0].actions.map(\.reason) == [.lateRows])
  }
}
