import BlobStorage
import ExportSpec
import Manifest
import Testing
import Timeline

@testable import Planning

/// A spec of two tables and a plan with one action of each kind.
enum Plans {
  /// The Resource Manager id of the account.
  static let account =
    "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.Storage/storageAccounts/stsocarchive"

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

  /// An account that is closed by one plan, and what is only checked, or needs more than an approval.
  static let posture = PosturePlan(
    changes: [
      ResourceChange(
        resource: "storage account stsocarchive", property: "network.minTls", before: "1.0", after: "1.2",
        step: .minTls("1.2")),
      ResourceChange(
        resource: "storage account stsocarchive", property: "network.allow.ips", before: nil, after: "203.0.113.10",
        warnings: [.widens], step: .networkRules(NetworkRulesChange(addAddresses: ["203.0.113.10"]))),
      ResourceChange(
        resource: "storage account stsocarchive", property: "network.allow.ips", before: "198.51.100.7", after: nil,
        step: .networkRules(NetworkRulesChange(removeAddresses: ["198.51.100.7"]))),
      ResourceChange(
        resource: "storage account stsocarchive", property: "retention", before: "delete 365d on 2 containers",
        after: "delete 30d on 2 containers", warnings: [.shortens], step: .lifecycle([])),
      ResourceChange(
        resource: "container logs-securityevent", property: "retention.locked", before: "false", after: "true",
        warnings: [.irreversible], step: .lockImmutability(container: "logs-securityevent", days: 365)),
      ResourceChange(
        resource: "workspace soc", property: "access", before: nil, after: "Log Analytics Data Reader for p",
        mode: .check, step: nil),
      ResourceChange(
        resource: "subnet soc/jobs", property: "network.virtualNetwork.subnet.prefix", before: "10.0.0.0/24",
        after: "10.1.0.0/24", step: nil, remark: "A subnet in use keeps its range; change it by hand."),
    ], remarks: ["storage account stsocarchive also lets in 192.0.2.1, which the spec does not name; kept."],
    cautions: ["lifecycle rule all deletes blobs of logs-syslog after 5 days, earlier than the spec says."])

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
