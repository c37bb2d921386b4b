import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

/// Coverage of tables, made from manifest rows as a reader of the manifest makes it.
enum Coverages {
  static func spec(
    from: String, to: String, slice: String = "1h", retention: String? = nil, tables: [String] = ["SecurityEvent"],
    more: String = ""
  ) throws -> ExportSpec {
    let entries = tables.map { "  - { name: \($0)\(retention.map { ", retention: \($0)" } ?? "") }" }
    let text = """
      version: 1
      name: soc-archive
      source: { workspace: 00000000-0000-0000-0000-000000000001 }
      range: { from: \(from), to: \(to), slice: \(slice) }
      destination: { account: stsocarchive, resource: \(Plans.account) }
      tables:
      \(entries.joined(separator: "\n"))
      \(more)
      """
    let (spec, diagnostics) = ExportSpec.decode(text: text, file: "test.yaml", environment: [:])
    return try #require(spec, "\(diagnostics)")
  }

  static func row(
    _ table: String, _ range: TimeRange, rows: Int, _ status: ManifestRow.Status = .exported, schema: String = "schema"
  ) -> ManifestRow {
    var row = ManifestRow(
      table: table, range: range, rows: 0, status: status, sliceRange: range, exportedAt: range.end + .day * 4,
      runID: "run")
    if status == .exported || status == .adopted {
      (row.rows, row.part, row.parts, row.bytes, row.schemaHash) = (rows, 1, 1, rows * 100, schema)
      row.blobURL = "https://stsocarchive.blob.core.windows.net/logs/\(range.start.iso8601)"
    }
    return row
  }

  /// A row for each slice of the table for which `rows` gives one.
  static func coverage(
    _ spec: ExportSpec, table index: Int = 0, asOf now: String, row: (TimeRange) throws -> ManifestRow?
  ) throws -> Coverage {
    let table = spec.tables[index]
    var state = TableState(
      spec: table, limits: spec.limits, onChange: .keep, deleteAfter: nil, storeURL: "", now: try Plans.tick(now),
      archived: .nothing, inventory: nil, options: PlanOptions())
    let rows = try table.grid.tiles(of: state.declared).compactMap(row)
    var fold = ManifestFold(table: table.name)
    try fold.add(ManifestWriter.header + ManifestWriter.lines(rows), place: "manifest")
    state.observe(fold.result(), nil)
    return Coverage(state)
  }
}
