import Export
import ExportSpec
import Planning
import TestSupport
import Testing
import Timeline

/// What a spec no longer declares is kept, and said.
@Suite struct NoLongerDeclared {
  private func archive() async throws -> Archive {
    var random = SplitMix64(seed: 30)
    let archive = try Archive(FakeSource(Archive.rows(500, using: &random)))
    try await archive.apply()
    return archive
  }

  @Test func `slices outside of the range are noted, and stay`() async throws {
    var archive = try await archive()
    let start = try #require(Tick(iso8601: "2025-01-01T06:00:00Z"))
    archive.spec.tables[0].from = .at(start)
    let plan = try await archive.plan()
    #expect(plan.isEmpty)
    let note = try #require(plan.tables[0].notes.first { $0.kind == .undeclared })
    #expect(note.slices == 6)
    #expect(note.ranges.ranges == [TimeRange(start - .hour * 6, start)])
  }

  @Test func `options narrow a plan, and leave what is declared declared`() async throws {
    let archive = try await archive()
    var options = PlanOptions()
    options.from = Tick(iso8601: "2025-01-01T06:00:00Z")
    #expect(try await archive.plan(options).tables[0].notes.isEmpty)
  }

  @Test func `tables that the spec does not have are named`() async throws {
    var archive = try await archive()
    archive.spec.tables[0].name = "U"
    #expect(try await archive.plan().undeclaredTables == ["T"])
  }
}
