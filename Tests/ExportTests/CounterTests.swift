import Export
import ExportSpec
import Planning
import Testing
import Timeline

/// Answers every query with the same rows.
private struct CannedSource: LogSource {
  var rows: [[LogValue]]

  func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] { rows }
  func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream {
    throw SourceError(.invalid, "this source only counts")
  }
}

@Suite struct `Counting` {
  private let hour = TimeRange(
    Tick(iso8601: "2025-01-01") ?? .earliest, Tick(iso8601: "2025-01-01T01:00:00Z") ?? .earliest)

  private func groups(_ row: [LogValue]) async throws -> [CountGroup] {
    let grid = try #require(SliceGrid(width: .hour))
    let table = TableSpec(
      name: "T", from: .at(hour.start), to: .at(hour.end), grid: grid, settle: .zero, container: "logs-t",
      path: PathTemplate(text: "{start}.{ext}"))
    let counter = Counter(source: CannedSource(rows: [row]), query: ExportQuery(table), plan: nil)
    return try await counter.groups(CountRequest(ranges: [hour], grouping: .bins(grid))).groups
  }

  @Test(arguments: [
    (LogValue.integer(4000), 4000), (.real(4000.5), 4001), (.real(.nan), 0), (.null, 0),
  ]) func `the billed size may be a real, as the service declares it`(value: LogValue, bytes: Int) async throws {
    let found = try await groups([.text("2025-01-01T00:00:00Z"), .integer(7), value])
    #expect(found == [CountGroup(key: hour.start.rawValue, count: Count(rows: 7, billed: bytes))])
  }

  @Test func `an answer that is no count is refused`() async throws {
    await #expect(throws: SourceError.self) { try await groups([.text("yesterday"), .integer(7), .null]) }
    await #expect(throws: SourceError.self) { try await groups([.text("2025-01-01T00:00:00Z"), .text("7"), .null]) }
  }
}
