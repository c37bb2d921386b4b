internal import Manifest
internal import Planning
internal import Timeline

/// The whole plan for programs: `plan --json`. Version 1 grows only by addition.
///
/// One action stands on one line, so that two plans can be compared; it is written
/// table by table, since a plan may have a million actions.
struct PlanJSON {
  private let plan: Plan

  init(_ plan: Plan) {
    self.plan = plan
  }

  /// Hands the document to `output`, piece by piece.
  func write(to output: (String) throws -> Void) rethrows {
    let summary = PlanSummary(plan)
    let head: [(String, JSONValue?)] = [
      ("format_version", 1), ("as_of", .string(plan.now.iso8601)), ("workspace", .string(plan.workspace)),
      ("lineage", plan.lineage.map { .string($0) }), ("containers", .array(plan.containers.map { .string($0) })),
    ]
    try output("{\n" + Self.members(head, indent: 2) + ",\n  \"tables\": [")
    for (index, table) in plan.tables.enumerated() {
      try output(index == 0 ? "\n" : ",\n")
      try write(table, to: output)
    }
    let tail: [(String, JSONValue?)] = [
      ("failures", .array(plan.failures.map(Self.value))),
      (
        "summary",
        .object([
          ("export", .integer(summary.toExport)), ("export_again", .integer(summary.toReplace)),
          ("record", .integer(summary.toRecord)), ("remove", .integer(summary.toRemove)),
          ("rows", .integer(summary.lines.reduce(0) { $0 + $1.rows })), ("queries", .integer(summary.queries)),
          ("queries_saved", .integer(summary.saved)), ("count_queries", .integer(plan.countQueries)),
        ])
      ),
    ]
    try output((plan.tables.isEmpty ? "]" : "\n  ]") + ",\n" + Self.members(tail, indent: 2) + "\n}\n")
  }

  private func write(_ table: TableChanges, to output: (String) throws -> Void) rethrows {
    let head: [(String, JSONValue?)] = [
      ("table", .string(table.table)), ("container", .string(table.container)),
      ("from", .string(table.window.start.iso8601)), ("to", .string(table.window.end.iso8601)),
      ("unsettled_to", table.unsettled.isEmpty ? nil : .string(table.unsettled.end.iso8601)),
      ("query_hash", .string(table.query.hash)),
      (
        "archived",
        .object([("slices", .integer(table.current.slices)), ("rows", .integer(table.current.rows))])
      ),
    ]
    try output("    {\n" + Self.members(head, indent: 6) + ",\n      \"actions\": [")
    for (index, action) in table.actions.enumerated() {
      try output((index == 0 ? "\n        " : ",\n        ") + Self.value(action, table.sizing).text)
    }
    let tail: [(String, JSONValue?)] = [
      ("batches", .array(table.batches.map(Self.value))), ("queries", .integer(table.queries)),
      ("scan", table.scan.map(Self.value)), ("remove", .array(table.cleanups.map { .string("\($0.address)") })),
      ("notes", .array(table.notes.map(Self.value))),
    ]
    try output((table.actions.isEmpty ? "]" : "\n      ]") + ",\n" + Self.members(tail, indent: 6) + "\n    }")
  }

  /// One member a line.
  private static func members(_ members: [(String, JSONValue?)], indent: Int) -> String {
    members.compactMap { name, value in
      value.map { String(repeating: " ", count: indent) + "\"\(name)\": \($0.text)" }
    }.joined(separator: ",\n")
  }
}

// MARK: - Values

extension PlanJSON {
  private static func value(_ action: SliceAction, _ sizing: Sizing) -> JSONValue {
    var (name, status): (String, String?) = ("export", nil)
    switch action.kind {
    case .export: break
    case .replace: name = "export_again"
    case .record(let recorded): (name, status) = ("record", recorded.rawValue)
    }
    return .object([
      ("action", .string(name)), ("reason", .string(action.reason.rawValue)),
      ("start", .string(action.range.start.iso8601)), ("end", .string(action.range.end.iso8601)),
      ("generation", .integer(action.generation)), ("status", status.map { .string($0) }),
      ("parts", .array(action.parts.map { value($0, sizing) })),
    ])
  }

  private static func value(_ part: PartAction, _ sizing: Sizing) -> JSONValue {
    .object([
      ("start", .string(part.part.range.start.iso8601)), ("end", .string(part.part.range.end.iso8601)),
      ("shard", part.part.shard.map { .string($0.description) }), ("rows", .integer(part.part.count.rows)),
      ("counted", .bool(!part.part.count.isEstimate)),
      ("estimated_bytes", .integer(sizing.bytes(part.part.count))), ("blob", .string("\(part.address)")),
      ("adopted", .bool(part.adopted != nil)),
    ])
  }

  private static func value(_ scan: TableChanges.Scan) -> JSONValue {
    guard case .bytes(let bytes) = scan else { return .object([("billed", .bool(true))]) }
    return .object([("billed", .bool(true)), ("estimated_bytes", .integer(bytes))])
  }

  private static func value(_ batch: SliceBatch) -> JSONValue {
    .object([
      ("start", .string(batch.range.start.iso8601)), ("end", .string(batch.range.end.iso8601)),
      ("slices", .integer(batch.slices)), ("rows", .integer(batch.rows)), ("estimated_bytes", .integer(batch.bytes)),
    ])
  }

  private static func value(_ note: PlanNote) -> JSONValue {
    .object([
      ("kind", .string(note.kind.rawValue)), ("slices", .integer(note.slices)),
      (
        "ranges",
        .array(note.ranges.ranges.map { .array([.string($0.start.iso8601), .string($0.end.iso8601)]) })
      ),
      ("message", .string(note.message)),
    ])
  }

  private static func value(_ failure: TableFailure) -> JSONValue {
    .object([
      ("table", .string(failure.table)), ("start", failure.slice.map { .string($0.start.iso8601) }),
      ("end", failure.slice.map { .string($0.end.iso8601) }), ("message", .string(failure.message)),
    ])
  }
}
