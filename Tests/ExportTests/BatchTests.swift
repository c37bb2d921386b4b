import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import Synchronization
import TestSupport
import Testing
import Timeline

/// Several small slices in one query.
@Suite struct SharedResponses {
  private func archive(_ rows: [FakeSource.Row], limit: Int = 500_000) throws -> Archive {
    try Archive(FakeSource(rows, rowLimit: limit), limits: ResponseLimits(rows: limit))
  }

  private func rows(_ count: Int, seed: UInt64) -> [FakeSource.Row] {
    var random = SplitMix64(seed: seed)
    return Archive.rows(count, using: &random)
  }

  private func exportQueries(_ archive: Archive) -> Int { archive.source.state.withLock(\.exportQueries) }

  @Test func `a day of small slices takes one query, and one blob each`() async throws {
    let archive = try archive(rows(2000, seed: 1))
    let plan = try await archive.plan()
    #expect(plan.tables[0].batches.map(\.slices) == [24])
    #expect(plan.tables[0].queries == 1)
    let outcome = try await archive.apply()
    #expect(outcome.exported.slices == 24)
    #expect(exportQueries(archive) == 1)
    try await archive.expectComplete()
    let parts = try await archive.archivedParts()
    #expect(parts.count == 24)
    #expect(parts.allSatisfy { $0.rows == $0.countedRows && $0.rawBytes > $0.rows * 20 })
  }

  @Test func `slices that are archived or empty are not asked for`() async throws {
    var rows = rows(2000, seed: 2)
    let day = rows[0].time.floorOfDay
    rows.removeAll { (8..<12).contains(($0.time - day).ticks / Timespan.hour.ticks) }
    let archive = try archive(rows)
    var options = PlanOptions()
    options.from = day + .hour * 3
    options.to = day + .hour * 5
    try await archive.apply(options)
    try await archive.apply()
    #expect(exportQueries(archive) == 2)
    try await archive.expectComplete()
  }

  @Test func `a response that is too large is asked for in halves`() async throws {
    let archive = try archive(rows(2000, seed: 3))
    archive.source.change { $0.partialErrors = ["-2133196797"] }
    #expect(try await archive.apply().failures.isEmpty)
    #expect(exportQueries(archive) == 3)
    try await archive.expectComplete()
  }

  @Test func `a response that breaks off is asked for in halves, down to one slice`() async throws {
    let archive = try archive(rows(2000, seed: 4))
    archive.source.change { $0.truncatedBodies = 6 }
    #expect(try await archive.apply().failures.isEmpty)
    try await archive.expectComplete()
  }

  @Test func `rows that came in meanwhile are counted by one query, and exported`() async throws {
    let archive = try archive(rows(2000, seed: 5))
    let plan = try await archive.plan()
    archive.source.change { state in
      for index in stride(from: 0, to: 2000, by: 400) {
        state.rows.append(FakeSource.Row(time: state.rows[index].time, id: 5000 + index, bucket: 1))
      }
    }
    let counts = archive.source.state.withLock(\.countQueries)
    try await archive.run(plan)
    #expect(archive.source.state.withLock(\.countQueries) == counts + 1)
    #expect(exportQueries(archive) == 1)
    try await archive.expectComplete()
  }

  @Test func `a slice that the answer has too few rows of is asked for again, alone`() async throws {
    let archive = try archive(rows(2000, seed: 6))
    // As a replica that lags would answer, until the second query.
    archive.source.change { $0.hidden = [7] }
    let plan = try await archive.plan()
    let outcome = try await archive.run(plan)
    #expect(outcome.exported.slices == 23)
    #expect(outcome.failures.count == 1)
    #expect(outcome.failures.first?.message.hasPrefix("count_mismatch") == true)
    archive.source.change { $0.hidden = [] }
    try await archive.apply()
    try await archive.expectComplete()
  }

  @Test func `an error behind the rows leaves nothing behind`() async throws {
    let archive = try archive(rows(2000, seed: 7))
    archive.source.change { $0.partialErrors = Array(repeating: "-1", count: 47) }
    let outcome = try await archive.apply()
    // Halves down to each slice alone, which then fails by name.
    #expect(exportQueries(archive) == 47)
    #expect(outcome.failures.count == 24)
    #expect(try await archive.archived().slices.isEmpty)
    try await archive.store.list("logs-t", prefix: "", metadata: false) { page in #expect(page.isEmpty) }
    try await archive.apply()
    try await archive.expectComplete()
  }

  @Test func `a query that the workspace refuses is not asked in halves`() async throws {
    let archive = try archive(rows(2000, seed: 9))
    let plan = try await archive.plan()
    archive.source.change { $0.refusal = SourceError(.badQuery, "SEM0100: there is no column 'A'") }
    let outcome = try await archive.run(plan)
    #expect(exportQueries(archive) == 1)
    #expect(outcome.failures.count == 24)
    #expect(outcome.failures.first?.message.contains("SEM0100") == true)
  }

  @Test func `rows that are gone by now are not recorded as none`() async throws {
    let archive = try archive(rows(2000, seed: 8))
    let plan = try await archive.plan()
    let lost = plan.tables[0].actions[5].range
    archive.source.change { $0.rows.removeAll { lost.contains($0.time) } }
    let outcome = try await archive.run(plan)
    #expect(outcome.exported.slices == 23)
    #expect(outcome.failures.map(\.slice.range) == [lost])
    #expect(outcome.failures.first?.message.contains("has 0 rows where") == true)
  }

  @Test(arguments: 1...20) func `any mixture of sizes comes out whole`(seed: Int) async throws {
    var random = SplitMix64(seed: UInt64(seed))
    let limit = [50, 200, 1000].randomElement(using: &random) ?? 50
    let archive = try archive(Archive.rows(.random(in: 1...3000, using: &random), using: &random), limit: limit)
    #expect(try await archive.apply().failures.isEmpty, "seed \(seed)")
    try await archive.expectComplete("seed \(seed)")
  }
}

extension Tick {
  fileprivate var floorOfDay: Tick { SliceGrid(width: .day)?.floor(self) ?? self }
}
