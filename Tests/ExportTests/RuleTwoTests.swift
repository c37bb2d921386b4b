import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// What changes at the source between a plan and its apply must not slip into the archive.
@Suite struct BetweenPlanAndApply {
  private func archive(_ rows: Int, retention: Timespan? = .day * 3650, limit: Int = 500_000) throws -> Archive {
    var random = SplitMix64(seed: 20)
    return try Archive(
      FakeSource(Archive.rows(rows, using: &random), rowLimit: limit), slice: "1d",
      limits: ResponseLimits(rows: limit), retention: retention)
  }

  @Test func `rows that came in meanwhile are exported, and counted`() async throws {
    let archive = try archive(100)
    let plan = try await archive.plan()
    archive.source.change { $0.rows.append(FakeSource.Row(time: $0.rows[0].time, id: 1000, bucket: 1)) }
    #expect(try await archive.run(plan).failures.isEmpty)
    try await archive.expectComplete()
    #expect(try await archive.archivedParts().map(\.countedRows) == [101])
  }

  @Test func `a slice is not replaced by fewer rows than were planned`() async throws {
    let archive = try archive(100)
    try await archive.apply()
    let before = try await archive.archivedParts()
    archive.source.change { $0.rows.append(FakeSource.Row(time: $0.rows[0].time, id: 1000, bucket: 1)) }
    var options = PlanOptions()
    options.refresh = true
    let plan = try await archive.plan(options)
    #expect(plan.tables[0].actions.map(\.reason) == [.lateRows])
    archive.source.change { $0.rows.removeFirst(50) }
    let outcome = try await archive.run(plan)
    #expect(outcome.failures.map(\.message) == ["the source has 51 rows where 101 were planned; plan again"])
    #expect(try await archive.archivedParts() == before)
    #expect(try await archive.ids().count == 100)
    // What was committed before it turned out is no part of the archive.
    #expect(try await archive.plan(options).tables[0].notes.map(\.kind) == [.shrunk, .unrecorded])
  }

  @Test func `rows that leave the workspace meanwhile are not recorded as none`() async throws {
    // Retention ends within the day; the clock of the apply is past the last row.
    let archive = try archive(100, retention: .day * 59)
    let plan = try await archive.plan()
    #expect(plan.tables[0].actions.map(\.kind) == [.export])
    archive.source.change { $0.rows.removeAll() }
    let outcome = try await archive.run(plan)
    #expect(outcome.failures.map(\.message) == ["the source has 0 rows where 100 were planned; plan again"])
    #expect(try await archive.archived().slices.isEmpty)
  }

  @Test(arguments: [("logexport_sha256", "other", true), ("logexport_rows", "99", false)])
  func `a blob of the same rows that a stopped run had under way is taken`(
    name: String, value: String, isTaken: Bool
  ) async throws {
    let archive = try archive(100)
    let plan = try await archive.plan()
    // The other run's commit arrives once it is given up: the same rows, compressed in other pieces.
    let crashing = CrashingStore(archive.store) { operation, number in
      // The first is the lineage.
      operation == "put" && number > 1 ? .after : nil
    }
    do { try await archive.run(plan, through: crashing) } catch is StoreError {}
    let address = plan.tables[0].actions[0].parts[0].address
    let theirs = try #require(try await archive.store.properties(of: address))
    let bytes = try await archive.store.read(address, range: nil)
    try await archive.store.delete(address, ifMatch: nil)
    var metadata = theirs.metadata.values
    metadata[name] = value
    let properties = BlobProperties(contentType: "x", contentMD5: theirs.contentMD5, metadata: metadata)
    _ = try await archive.store.put(bytes, to: address, properties)
    let outcome = try await archive.run(plan)
    guard isTaken else {
      #expect(outcome.failures.map(\.message).allSatisfy { $0.contains("holds something else") })
      #expect(outcome.failures.count == 1)
      return
    }
    #expect(outcome.failures.isEmpty)
    #expect(try await archive.archivedParts().map(\.sha256) == ["other"])
    try await archive.expectComplete()
  }

  @Test func `a part that is cut again is recorded with the counts of its pieces`() async throws {
    let archive = try archive(300)
    let plan = try await archive.plan()
    #expect(plan.tables[0].actions.map(\.parts.count) == [1])
    archive.source.change { $0.partialErrors = ["-2133196797"] }
    #expect(try await archive.run(plan).failures.isEmpty)
    let parts = try await archive.archivedParts()
    #expect(parts.count > 1)
    #expect(parts.map(\.part) == Array(1...parts.count))
    #expect(parts.allSatisfy { $0.countedRows == $0.rows && $0.parts == parts.count })
    #expect(parts.reduce(0) { $0 + $1.rows } == 300)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.range.end <= $1.range.start })
    try await archive.expectComplete()
  }

  @Test func `an answer of as many rows as the limit is not taken for whole`() async throws {
    let archive = try archive(100)
    let plan = try await archive.plan()
    var limited = archive
    limited.spec.limits = ResponseLimits(rows: 100)
    #expect(try await limited.run(plan).failures.isEmpty)
    let parts = try await archive.archivedParts()
    #expect(parts.count > 1 && parts.allSatisfy { $0.rows < 100 })
    try await archive.expectComplete()
  }
}
