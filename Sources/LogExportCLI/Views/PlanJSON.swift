internal import FoundationEssentials
internal import Manifest
internal import Planning
internal import Timeline

/// The whole plan for programs: `plan --json`.
///
/// Version 1 grows only by addition.
struct PlanJSON: Encodable {
  var formatVersion = 1
  var asOf: String
  var workspace: String
  var lineage: String?
  var containers: [String]
  var tables: [Table]
  var failures: [Failure]
  var summary: Summary

  struct Table: Encodable {
    var table: String
    var container: String
    var from: String
    var to: String
    var unsettledTo: String?
    var queryHash: String
    var archived: Totals
    var actions: [Action]
    var remove: [String]
    var notes: [Note]
  }

  struct Totals: Encodable {
    var slices: Int
    var rows: Int
  }

  struct Action: Encodable {
    var action: String
    var reason: String
    var start: String
    var end: String
    var generation: Int
    var status: String?
    var parts: [PartJSON]
  }

  struct PartJSON: Encodable {
    var start: String
    var end: String
    var shard: String?
    var rows: Int
    var estimatedBytes: Int
    var blob: String
    var adopted: Bool
  }

  struct Note: Encodable {
    var kind: String
    var slices: Int
    var ranges: [[String]]
    var message: String
  }

  struct Failure: Encodable {
    var table: String
    /// Of the slice, where it is not the whole table.
    var start: String?
    var end: String?
    var message: String
  }

  struct Summary: Encodable {
    var export: Int
    var exportAgain: Int
    var record: Int
    var remove: Int
    var rows: Int
    var queries: Int
    var countQueries: Int
  }
}

extension PlanJSON {
  init(_ plan: Plan) {
    let summary = PlanSummary(plan)
    self.init(
      asOf: plan.now.iso8601, workspace: plan.workspace, lineage: plan.lineage, containers: plan.containers,
      tables: plan.tables.map(Table.init),
      failures: plan.failures.map {
        Failure(table: $0.table, start: $0.slice?.start.iso8601, end: $0.slice?.end.iso8601, message: $0.message)
      },
      summary: Summary(
        export: summary.toExport, exportAgain: summary.toReplace, record: summary.toRecord, remove: summary.toRemove,
        rows: summary.lines.reduce(0) { $0 + $1.rows }, queries: summary.queries, countQueries: plan.countQueries))
  }

  /// One line of UTF-8 for each level, keys sorted, so that two plans can be compared.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return Array(try encoder.encode(self)) + [0x0A]
  }
}

extension PlanJSON.Table {
  init(_ plan: TableChanges) {
    self.init(
      table: plan.table, container: plan.container, from: plan.window.start.iso8601, to: plan.window.end.iso8601,
      unsettledTo: plan.unsettled.isEmpty ? nil : plan.unsettled.end.iso8601, queryHash: plan.query.hash,
      archived: PlanJSON.Totals(slices: plan.current.slices, rows: plan.current.rows),
      actions: plan.actions.map { PlanJSON.Action($0, plan.sizing) },
      remove: plan.cleanups.map { "\($0.address)" },
      notes: plan.notes.map { note in
        PlanJSON.Note(
          kind: note.kind.rawValue, slices: note.slices,
          ranges: note.ranges.ranges.map { [$0.start.iso8601, $0.end.iso8601] }, message: note.message)
      })
  }
}

extension PlanJSON.Action {
  init(_ action: SliceAction, _ sizing: Sizing) {
    var (name, status): (String, String?) = ("export", nil)
    switch action.kind {
    case .export: break
    case .replace: name = "export_again"
    case .record(let recorded): (name, status) = ("record", recorded.rawValue)
    }
    self.init(
      action: name, reason: action.reason.rawValue, start: action.range.start.iso8601, end: action.range.end.iso8601,
      generation: action.generation, status: status,
      parts: action.parts.map { part in
        PlanJSON.PartJSON(
          start: part.part.range.start.iso8601, end: part.part.range.end.iso8601,
          shard: part.part.shard?.description, rows: part.part.count.rows,
          estimatedBytes: sizing.bytes(part.part.count), blob: "\(part.address)", adopted: part.adopted != nil)
      })
  }
}
