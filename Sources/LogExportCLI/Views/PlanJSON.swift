internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// The plan for programs: the plan file, and with every action and its parts `plan --json`.
/// Version 1 grows only by addition.
///
/// Both are one document, so that there is one vocabulary; a plan file is what `plan --json` prints
/// without the members that need a line for each slice. One run, and one action, stands on one line,
/// so that two plans can be compared; it is written table by table, since a plan may have a million actions.
struct PlanJSON {
  private let file: PlanFile
  /// The plan that the file was made of; nil where only runs are written.
  private let plan: Plan?

  init(_ file: PlanFile, detail plan: Plan? = nil) {
    self.file = file
    self.plan = plan
  }

  /// The version of the document that is written, and the only one that is read.
  static let formatVersion = 1

  /// Hands the document to `output`, piece by piece.
  func write(to output: (String) throws -> Void) rethrows {
    let head: [(String, JSONValue?)] = [
      ("format_version", .integer(Self.formatVersion)), ("digest", .string(PlanDigest(file).text)),
      ("as_of", .string(file.asOf.iso8601)),
      (
        "spec",
        .object([
          ("path", .string(file.spec.path)), ("name", .string(file.spec.name)), ("hash", .string(file.spec.hash)),
        ])
      ),
      ("workspace", .string(file.workspace)), ("lineage", file.lineage.map { .string($0) }),
      (
        "manifest",
        .array(file.manifest.map { .object([("segment", .string($0.segment)), ("etag", .string($0.etag))]) })
      ),
      ("options", Self.value(file.options)),
    ]
    try output("{\n" + Self.members(head, indent: 2))
    // Left out where nothing differs, so that plans of slices alone keep their digests.
    if !file.resources.isEmpty { try write("resources", file.resources, Self.value, indent: 2, to: output) }
    let containers = JSONValue.array(file.containers.map { .string($0) })
    try output(",\n" + Self.members([("containers", containers)], indent: 2) + ",\n  \"tables\": [")
    for (index, table) in file.tables.enumerated() {
      try output(index == 0 ? "\n" : ",\n")
      try write(table, plan?.tables[index], to: output)
    }
    let tail: [(String, JSONValue?)] = [
      ("failures", .array(file.failures.map(Self.value))), ("remarks", .array(file.remarks.map { .string($0) })),
      ("cautions", file.cautions.isEmpty ? nil : .array(file.cautions.map { .string($0) })),
      ("summary", Self.value(PlanSummary(file), countQueries: file.countQueries)),
    ]
    try output((file.tables.isEmpty ? "]" : "\n  ]") + ",\n" + Self.members(tail, indent: 2) + "\n}\n")
  }

  private func write(
    _ table: PlanFile.Table, _ changes: TableChanges?, to output: (String) throws -> Void
  ) rethrows {
    let head: [(String, JSONValue?)] = [
      ("table", .string(table.table)), ("container", .string(table.container)),
      ("from", .string(table.window.start.iso8601)), ("to", .string(table.window.end.iso8601)),
      ("unsettled_to", table.unsettled.isEmpty ? nil : .string(table.unsettled.end.iso8601)),
      ("query_hash", .string(table.queryHash)),
      (
        "archived",
        .object([("slices", .integer(table.current.slices)), ("rows", .integer(table.current.rows))])
      ),
    ]
    try output("    {\n" + Self.members(head, indent: 6))
    try write("runs", table.runs, Self.value, indent: 6, to: output)
    if let changes {
      try write("actions", changes.actions, { Self.value($0, changes.sizing) }, indent: 6, to: output)
    }
    let tail: [(String, JSONValue?)] = [
      ("batches", .array(table.batches.map(Self.value))), ("queries", .integer(table.queries)),
      ("scan", table.scan.map(Self.value)), ("remove", .array(table.removals.map { .string($0) })),
      ("notes", .array(table.notes.map(Self.value))),
    ]
    try output(",\n" + Self.members(tail, indent: 6) + "\n    }")
  }

  /// A member that is a list, an element a line.
  private func write<Element>(
    _ name: String, _ elements: [Element], _ value: (Element) -> JSONValue, indent: Int,
    to output: (String) throws -> Void
  ) rethrows {
    let blanks = String(repeating: " ", count: indent)
    try output(",\n\(blanks)\"\(name)\": [")
    for (index, element) in elements.enumerated() {
      try output((index == 0 ? "\n" : ",\n") + blanks + "  " + value(element).text)
    }
    try output(elements.isEmpty ? "]" : "\n\(blanks)]")
  }

  /// One member a line.
  private static func members(_ members: [(String, JSONValue?)], indent: Int) -> String {
    members.compactMap { name, value in
      value.map { String(repeating: " ", count: indent) + "\"\(name)\": \($0.text)" }
    }.joined(separator: ",\n")
  }
}

// MARK: - What is written of actions

extension PlanJSON {
  /// The words for a kind of action: `export`, `export_again`, `record` and what is recorded.
  static func words(_ kind: SliceAction.Kind) -> (action: String, status: String?) {
    switch kind {
    case .export: ("export", nil)
    case .replace: ("export_again", nil)
    case .record(let status): ("record", status.rawValue)
    }
  }

  /// A run; members that would be zero are left out.
  static func value(_ run: ActionRun) -> JSONValue {
    let (action, status) = words(run.kind)
    func some(_ value: Int) -> JSONValue? { value == 0 ? nil : .integer(value) }
    return .object([
      ("action", .string(action)), ("reason", .string(run.reason.rawValue)), ("status", status.map { .string($0) }),
      ("start", .string(run.range.start.iso8601)), ("end", .string(run.range.end.iso8601)),
      ("slices", .integer(run.slices)), ("generation", .integer(run.generation)), ("replaces", some(run.replaces)),
      ("rows", some(run.size.rows)), ("estimated_bytes", some(run.size.bytes)), ("parts", some(run.size.parts)),
      ("split", some(run.size.split)),
      ("most_parts", run.size.split == 0 ? nil : .integer(run.size.mostParts)), ("adopted", some(run.size.adopted)),
      ("uncounted", some(run.size.uncounted)), ("replaced_rows", some(run.size.replacedRows)),
      ("dropped_rows", some(run.size.droppedRows)),
    ])
  }

  /// What differs of a resource, and whether applying the plan mends it.
  static func value(_ resource: PlanFile.Resource) -> JSONValue {
    .object([
      ("resource", .string(resource.resource)), ("property", .string(resource.property)),
      ("action", .string(resource.isChanged ? "change" : "refuse")),
      ("before", resource.before.map { .string($0) }), ("after", resource.after.map { .string($0) }),
      (
        "warnings",
        resource.warnings.isEmpty ? nil : .array(resource.warnings.map(\.rawValue).sorted().map { .string($0) })
      ),
      ("mode", .string(resource.mode.rawValue)), ("remark", resource.remark.map { .string($0) }),
    ])
  }

  static func value(_ options: PlanOptions) -> JSONValue {
    .object([
      ("from", options.from.map { .string($0.iso8601) }), ("to", options.to.map { .string($0.iso8601) }),
      ("replace", .array(options.replace.sorted().map { .string($0) })),
      ("allow_shrink", .array(options.allowShrink.sorted().map { .string($0) })),
      ("no_list", .bool(options.noList)), ("refresh", .bool(options.refresh)),
      ("count_billed", .bool(options.countBilled)),
    ])
  }

  private static func value(_ action: SliceAction, _ sizing: Sizing) -> JSONValue {
    let (name, status) = words(action.kind)
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
}

// MARK: - Other values

extension PlanJSON {
  static func value(_ scan: TableChanges.Scan) -> JSONValue {
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
      ("kind", .string(note.kind.rawValue)), ("slices", .integer(note.slices)), ("ranges", ranges(note.ranges)),
      ("message", .string(note.message)),
    ])
  }

  /// `[["2025-08-01T00:00:00Z", "2025-08-02T00:00:00Z"], …]`
  static func ranges(_ set: TimeRangeSet) -> JSONValue {
    .array(set.ranges.map { .array([.string($0.start.iso8601), .string($0.end.iso8601)]) })
  }

  private static func value(_ failure: TableFailure) -> JSONValue {
    .object([
      ("table", .string(failure.table)), ("start", failure.slice.map { .string($0.start.iso8601) }),
      ("end", failure.slice.map { .string($0.end.iso8601) }), ("message", .string(failure.message)),
      ("kind", failure.kind == .other ? nil : .string(failure.kind.rawValue)),
    ])
  }

  private static func value(_ summary: PlanSummary, countQueries: Int) -> JSONValue {
    .object([
      ("export", .integer(summary.toExport)), ("export_again", .integer(summary.toReplace)),
      ("record", .integer(summary.toRecord)), ("remove", .integer(summary.toRemove)),
      ("change", .integer(summary.toChange)), ("refuse", .integer(summary.toRefuse)),
      ("rows", .integer(summary.lines.reduce(0) { $0 + $1.rows })), ("dropped_rows", .integer(summary.dropped)),
      ("queries", .integer(summary.queries)),
      ("queries_saved", .integer(summary.saved)), ("count_queries", .integer(countQueries)),
    ])
  }
}
