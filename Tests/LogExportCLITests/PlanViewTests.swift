import ExportSpec
import FoundationEssentials
import Manifest
import Testing
import Timeline

@testable import LogExportCLI
@testable import Planning

@Suite struct `Views of a plan` {
  @Test func `text has a line for each table and reason, and the verdict last`() throws {
    let spec = try Plans.spec()
    let text = PlanText(plan: Plans.file(try Plans.mixed(spec)), style: Style(colours: false)).render()
    #expect(
      text == """
        +   container export-manifest
        +   container logs-securityevent
        +   SecurityEvent  2025-08-01 → 2025-08-07 22:00        166 slices  10.5M rows   7.2 GB  (1 slice split, ×4 at most)
        -/+ SecurityEvent  2025-08-07 22:00 → 2025-08-07 23:00     1 slice  54.0k rows  42.0 MB  (rows came in late)
        ~   SecurityEvent  2025-08-07 23:00 → 2025-08-08           1 slice  (empty)
        !   Syslog  SEM0100: there is no such table

        Plan: 166 to export, 1 to export again, 1 empty, 2 containers to create or bind, 1 table could not be planned. ~170 queries.

        """)
  }

  @Test func `archived rows that go are told, in text, Markdown and JSON`() throws {
    var plan = try Plans.mixed(try Plans.spec())
    plan.failures = []
    plan.containers = []
    // One slice is emptied, one has fewer rows, one has more: that makes up for nothing.
    var actions = Array(plan.tables[0].actions.suffix(3))
    for (index, rows) in [1, 60_000, 53_000].enumerated() {
      actions[index].kind = .replace
      actions[index].reason = .requested
      (actions[index].generation, actions[index].replaces, actions[index].replacedRows) = (2, 1, rows)
    }
    actions[2].kind = .record(.empty)
    plan.tables[0].actions = actions
    let file = Plans.file(plan)
    let text = PlanText(plan: file, style: Style(colours: false)).render()
    #expect(text.contains("(asked for; 60,001 → 108,000 rows; 6,000 archived rows go)\n"), "\(text)")
    #expect(text.contains("(empty; 53,000 → 0 rows; 53,000 archived rows go)\n"), "\(text)")
    #expect(text.contains("Plan: 0 to export, 2 to export again, 1 empty, 59,000 archived rows go. "), "\(text)")
    let markdown = PlanMarkdown(plan: file).render()
    #expect(markdown.contains("59,000 archived rows go"), "\(markdown)")
    #expect(markdown.contains("empty; 53,000 → 0 rows; 53,000 archived rows go |"), "\(markdown)")
    var json = ""
    PlanJSON(file).write { json += $0 }
    #expect(json.contains(#""replaced_rows":53000,"dropped_rows":53000"#), "\(json)")
    #expect(json.contains(#""dropped_rows":59000"#), "\(json)")
    #expect(try PlanFile(decoding: Data(json.utf8), path: "plan.json") == file)
  }

  @Test func `rows that nobody counted are unknown, and their shared queries are shown`() throws {
    let spec = try Plans.spec()
    var plan = try Plans.mixed(spec)
    plan.failures = []
    var table = plan.tables[0]
    table.actions = table.actions.prefix(3).map { action in
      var action = action
      action.parts[0].part.count = Count(rows: 0, billed: 1_000_000, isEstimate: true)
      return action
    }
    table.batches = [SliceBatch(range: table.window, slices: 3, rows: 0, bytes: 6_000_000)]
    plan.tables = [table]
    let text = PlanText(plan: Plans.file(plan), style: Style(colours: false)).render()
    let line = "2025-08-01 → 2025-08-01 03:00  3 slices  rows unknown  6.0 MB  (3 slices in 1 shared query)"
    #expect(text.contains("+ SecurityEvent  \(line)\n"), "\(text)")
  }

  @Test func `shared queries are shown where slices are exported, not where they only are recorded`() throws {
    let spec = try Plans.spec()
    var plan = try Plans.mixed(spec)
    var table = plan.tables[0]
    table.actions = Array(table.actions.prefix(3))
    table.actions[0].reason = .adoptReceipt
    table.batches = [SliceBatch(range: table.window, slices: 2, rows: 108_000, bytes: 84_000_000)]
    plan.tables = [table]
    let lines = PlanSummary(Plans.file(plan)).lines
    #expect(lines.map(\.slices) == [1, 2])
    #expect(lines.map(\.shared) == [0, 2])
  }

  @Test func `resources come first, in columns of their own, with a mark on what needs attention`() throws {
    var plan = try Plans.mixed(try Plans.spec())
    plan.posture = Plans.posture
    plan.failures = []
    plan.containers = []
    plan.tables[0].actions = Array(plan.tables[0].actions.suffix(2))
    let text = PlanText(plan: Plans.file(plan), style: Style(colours: false)).render()
    #expect(
      text == """
        ~   storage account stsocarchive  network.minTls                        1.0 → 1.2
        !   storage account stsocarchive  network.allow.ips                     nothing → 203.0.113.10  (widens access)
        -   storage account stsocarchive  network.allow.ips                     198.51.100.7
        !   storage account stsocarchive  retention                             delete 365d on 2 containers → delete 30d on 2 containers  (shortens retention)
        !   container logs-securityevent  retention.locked                      false → true  (cannot be undone)
        !   workspace soc                 access                                nothing → Log Analytics Data Reader for p  (only checked)
        !   subnet soc/jobs               network.virtualNetwork.subnet.prefix  10.0.0.0/24 → 10.1.0.0/24  (cannot be changed; a subnet in use keeps its range; change it by hand)
        !   lifecycle rule all deletes blobs of logs-syslog after 5 days, earlier than the spec says.
        -/+ SecurityEvent  2025-08-07 22:00 → 2025-08-07 23:00  1 slice  54.0k rows  42.0 MB  (rows came in late)
        ~   SecurityEvent  2025-08-07 23:00 → 2025-08-08        1 slice  (empty)
        storage account stsocarchive also lets in 192.0.2.1, which the spec does not name; kept.

        Plan: 0 to export, 1 to export again, 1 empty, 5 properties of resources to change, 2 properties of resources not as declared, so that nothing is written. ~1 query.

        """)
  }

  @Test func `a plan of one resource says so`() throws {
    var plan = try Plans.mixed(try Plans.spec())
    plan.posture = PosturePlan(changes: Array(Plans.posture.changes.prefix(1)))
    plan.failures = []
    plan.containers = []
    plan.tables = []
    let text = PlanText(plan: Plans.file(plan), style: Style(colours: false)).render()
    #expect(
      text == """
        ~ storage account stsocarchive  network.minTls  1.0 → 1.2

        Plan: 0 to export, 0 to export again, 0 empty, 1 property of resources to change. ~0 queries.

        """)
  }

  @Test func `a graph shows resources before the account, and containers before what they need to exist for`() throws {
    let spec = try Plans.spec()
    var plan = try Plans.mixed(spec)
    plan.posture = Plans.posture
    let graph = SliceGraph(plan, spec: spec, storeURL: "https://stsocarchive.blob.core.windows.net")
    #expect(graph.nodes.count { $0.kind == .resource } == 2)
    #expect(graph.nodes.count { $0.kind == .refused } == 2)
    for text in [
      "r0[\"storage account stsocarchive<br/>network.minTls 1.0 → 1.2<br/>", "r0 --> account", "c0 --> r1",
      ":::refused", "r2 --> account",
    ] {
      #expect(graph.mermaid.contains(text), "\(text)")
    }
  }

  @Test func `colours go to terminals alone`() throws {
    let spec = try Plans.spec()
    let plan = Plans.file(try Plans.mixed(spec))
    let coloured = PlanText(plan: plan, style: Style(colours: true)).render()
    #expect(coloured.contains("\u{1B}[32m+\u{1B}[0m   container"))
    #expect(!PlanText(plan: plan, style: Style(colours: false)).render().contains("\u{1B}"))
  }

  @Test func `JSON holds every action with its reason, its parts and their blobs`() throws {
    struct Decoded: Decodable {
      struct Table: Decodable {
        struct Action: Decodable {
          struct Part: Decodable {
            var start: String
            var end: String
            var rows: Int
            var blob: String
          }
          var action: String
          var reason: String
          var status: String?
          var parts: [Part]
        }
        var actions: [Action]
      }
      struct Summary: Decodable {
        var export: Int
        var rows: Int
        var queries: Int
      }
      var formatVersion: Int
      var tables: [Table]
      var summary: Summary
    }
    var json = ""
    let plan = try Plans.mixed(try Plans.spec())
    PlanJSON(Plans.file(plan), detail: plan).write { json += $0 }
    #expect(json.split(separator: "\n").count { $0.contains("\"parts\":[") } == 168, "one action a line")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let decoded = try decoder.decode(Decoded.self, from: Data(json.utf8))
    #expect(decoded.formatVersion == 1)
    let actions = decoded.tables[0].actions
    #expect(actions.count == 168)
    #expect(actions[3].parts.map(\.start).last == "2025-08-01T03:45:00Z")
    #expect(actions[3].parts[0].blob.hasPrefix("logs-securityevent/y=2025/m=08/d=01/h=03/SecurityEvent_"))
    #expect(actions[167].status == "empty" && actions[167].action == "record" && actions[167].parts.isEmpty)
    #expect(actions[166].reason == "late_rows" && actions[166].action == "export_again")
    #expect(decoded.summary.export == 166 && decoded.summary.queries == 170)
  }

  @Test func `a graph of many slices is folded by day`() throws {
    let spec = try Plans.spec()
    let graph = SliceGraph(try Plans.mixed(spec), spec: spec, storeURL: "https://stsocarchive.blob.core.windows.net")
    let dot = graph.dot
    #expect(dot.hasPrefix("digraph logexport {") && dot.hasSuffix("}\n"))
    #expect(dot.contains("2025-08-01\\n24 slices, 24 to do"))
    #expect(graph.nodes.count == 11)
    #expect(graph.mermaid.hasPrefix("flowchart LR\n"))
    for text in ["stsocarchive", "container<br/>logs-securityevent", "manifest<br/>export-manifest", "t0 --> manifest"]
    {
      #expect(graph.mermaid.contains(text))
    }
  }

  @Test func `a graph of few slices shows each with its parts`() throws {
    let spec = try Plans.spec()
    var plan = try Plans.mixed(spec)
    plan.tables[0].window = TimeRange(plan.tables[0].window.start, plan.tables[0].window.start + .hour * 5)
    plan.tables[0].actions = Array(plan.tables[0].actions.prefix(4))
    let graph = SliceGraph(plan, spec: spec, storeURL: "file:///archive")
    #expect(graph.nodes.count { $0.kind == .part } == 4)
    #expect(graph.nodes.count { $0.kind == .missing } == 4)
    #expect(graph.nodes.count { $0.kind == .archived } == 1)
  }
}
