import BlobStorage
import ExportSpec
import Manifest
import Testing
import Timeline

@testable import Planning

/// A spec of two tables and a plan with one action of each kind.
enum Plans {
  static func spec(_ destination: String = "account: stsocarchive", _ more: String = "") throws -> ExportSpec {
    let text = """
      version: 1
      name: test
      source: { workspace: 00000000-0000-0000-0000-000000000001 }
      range: { from: 2025-08-01, to: 2025-08-08 }
      destination: { \(destination) }
      tables: [SecurityEvent, Syslog]
      \(more)
      """
    let (spec, diagnostics) = ExportSpec.decode(text: text, file: "test.yaml", environment: [:])
    return try #require(spec, "\(diagnostics)")
  }

  static func tick(_ text: String) throws -> Tick { try #require(Tick(iso8601: text)) }

  /// A week of SecurityEvent to export, one slice of it in four parts and one with
  /// late rows, one empty; Syslog cannot be planned.
  static func mixed(_ spec: ExportSpec) throws -> Plan {
    let table = spec.tables[0]
    let window = TimeRange(try tick("2025-08-01"), try tick("2025-08-08"))
    var actions = table.grid.tiles(of: window).map { range in
      SliceAction(
        range: range, kind: .export, reason: .missing, generation: 1,
        parts: [part(table, range, Count(rows: 54_000, billed: 21_000_000))])
    }
    let last = actions.count - 1
    let quarters = try #require(SliceGrid(width: .minute * 15))
    actions[3].parts = quarters.tiles(of: actions[3].range).map {
      part(table, $0, Count(rows: 400_000, billed: 30_000_000))
    }
    actions[last].kind = .record(.empty)
    actions[last].parts = []
    actions[last - 1].kind = .replace
    actions[last - 1].reason = .lateRows
    actions[last - 1].generation = 2
    actions[last - 1].replaces = 1
    return Plan(
      now: try tick("2025-08-09"), workspace: spec.source.workspace, lineage: nil,
      tables: [
        TableChanges(
          table: table.name, container: table.container, query: ExportQuery(table), window: window,
          unsettled: TimeRange(window.end, window.end), actions: actions, batches: [], cleanups: [],
          current: SliceTotals(),
          notes: [],
          sizing: Sizing(), listed: true)
      ],
      failures: [TableFailure(table: "Syslog", message: "SEM0100: there is no such table")],
      containers: ["export-manifest", "logs-securityevent"], countQueries: 2)
  }

  /// The plan as it is written down.
  static func file(_ plan: Plan, remarks: [String] = []) -> PlanFile {
    PlanFile(
      plan, spec: PlanFile.Spec(path: "soc.yaml", name: "test", hash: "sha256:\(String(repeating: "0", count: 64))"),
      options: PlanOptions(), remarks: remarks)
  }

  private static func part(_ table: TableSpec, _ range: TimeRange, _ count: Count) -> PartAction {
    let part = Part(range: range, count: count)
    return PartAction(part: part, address: BlobNaming(table).address(of: part, in: range, generation: 1))
  }
}
