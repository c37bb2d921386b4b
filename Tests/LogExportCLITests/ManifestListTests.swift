import Manifest
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `A list of the manifest` {
  private func row(_ hour: Int64, generation: Int, part: Int = 1, of parts: Int = 1) throws -> ManifestRow {
    let start = try Plans.tick("2025-08-01") + .hour * hour
    var row = Coverages.row("Syslog", TimeRange(start, start + .hour), rows: 10)
    (row.generation, row.part, row.parts) = (generation, part, parts)
    return row
  }

  private func list(_ rows: [ManifestRow], selected: TimeRange = TimeRange(.earliest, .latest)) throws -> [[String]] {
    var fold = ManifestFold(table: "Syslog")
    try fold.add(ManifestWriter.header + ManifestWriter.lines(rows), place: "manifest")
    return ManifestList(style: .csv).table("Syslog", fold.result(), nil, selected: selected).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func `says what became of rows that are not in force`() throws {
    let rows = [
      try row(0, generation: 1), try row(0, generation: 2), try row(0, generation: 2),
      try row(0, generation: 3, part: 1, of: 2), try row(1, generation: 1, part: 2, of: 2),
    ]
    #expect(
      try list(rows).map { "\($0[5]) \($0[4])" }.sorted() == [
        "1 incomplete", "1 replaced", "2 duplicate", "2 exported", "3 incomplete",
      ])
  }

  @Test func `has the slices that begin within its range`() throws {
    let rows = try (0..<4).map { try row($0, generation: 1) }
    let start = try Plans.tick("2025-08-01")
    #expect(try list(rows, selected: TimeRange(start + .hour, start + .hour * 3)).count == 2)
  }
}
