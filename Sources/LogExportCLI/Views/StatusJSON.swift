internal import Manifest
internal import Planning
internal import Timeline

/// `logexport status --json`: every figure and every gap. Version 1 grows only by addition.
struct StatusJSON {
  let asOf: Tick
  let workspace: String
  /// Nil before the first apply.
  let lineage: String?
  let tables: [TableStatus]
  /// Files of the manifest that ought to be there.
  let lost: [ManifestSegment]

  /// The document; one table a line, so that two of them can be compared.
  var text: String {
    let totals = StatusTotals(tables)
    let lines = tables.map { "    " + value($0).text }.joined(separator: ",\n")
    let head: [(String, JSONValue?)] = [
      ("format_version", 1), ("as_of", .string(asOf.iso8601)), ("workspace", .string(workspace)),
      ("lineage", lineage.map { .string($0) }),
    ]
    let summary = JSONValue.object([
      ("tables", .integer(totals.tables)), ("archived_slices", .integer(totals.archived)),
      ("rows", .integer(totals.rows)), ("bytes", .integer(totals.bytes)), ("missing_slices", .integer(totals.missing)),
      ("leaving_slices", .integer(totals.leaving)), ("window_seconds", seconds(totals.windowLength)),
      ("covered_seconds", seconds(totals.coveredLength)),
    ])
    let members = head.compactMap { name, value in value.map { "  \"\(name)\": \($0.text),\n" } }.joined()
    return "{\n\(members)  \"tables\": [\n\(lines)\n  ],\n  \"summary\": \(summary.text)\n}\n"
  }

  private func value(_ table: TableStatus) -> JSONValue {
    let lost = lost.filter { $0.table == table.table }.map { JSONValue.string($0.name) }
    return .object([
      ("table", .string(table.table)), ("container", .string(table.container)),
      ("from", .string(table.declared.start.iso8601)), ("to", .string(table.declared.end.iso8601)),
      ("settled_to", .string(table.window.end.iso8601)),
      ("window_seconds", seconds(table.windowLength)), ("covered_seconds", seconds(table.coveredLength)),
      ("slices", Self.slices(table)), ("rows", .integer(table.rows)), ("bytes", .integer(table.bytes)),
      ("oldest", table.extent.map { .string($0.start.iso8601) }),
      ("newest", table.extent.map { .string($0.end.iso8601) }),
      (
        "gaps",
        .array(
          table.gaps.map {
            .object([
              ("start", .string($0.range.start.iso8601)), ("end", .string($0.range.end.iso8601)),
              ("slices", .integer($0.slices)),
            ])
          })
      ),
      ("left_out", table.leftOut.isEmpty ? nil : Self.ranges(table.leftOut)),
      ("overlaps", Self.ranges(table.overlaps)),
      ("superseded_rows", .integer(table.supersededRows)), ("superseded_blobs", .integer(table.supersededBlobs)),
      ("leaving", table.retention == nil ? nil : Self.value(table.leaving)),
      ("lost", table.retention == nil ? nil : Self.value(table.lost)),
      ("lost_files", lost.isEmpty ? nil : .array(lost)),
    ])
  }

  private static func slices(_ table: TableStatus) -> JSONValue {
    .object([
      ("exported", .integer(table.slices[.exported] ?? 0)), ("adopted", .integer(table.slices[.adopted] ?? 0)),
      ("empty", .integer(table.slices[.empty] ?? 0)), ("unproven", .integer(table.slices[.unproven] ?? 0)),
      ("unavailable", .integer(table.slices[.unavailable] ?? 0)), ("expired", .integer(table.slices[.expired] ?? 0)),
      ("unverified", .integer(table.unverified)), ("missing", .integer(table.missing)),
      ("unsettled", .integer(table.unsettledSlices)),
      ("provisional", .integer(table.provisional)),
    ])
  }

  private static func value(_ gaps: TableStatus.Gaps) -> JSONValue {
    .object([("slices", .integer(gaps.slices)), ("ranges", ranges(gaps.ranges))])
  }

  private static func ranges(_ ranges: [TimeRange]) -> JSONValue {
    .array(ranges.map { .array([.string($0.start.iso8601), .string($0.end.iso8601)]) })
  }
}

/// Whole seconds, the rest dropped.
private func seconds(_ span: Timespan) -> JSONValue { .integer(Int(span.ticks / Timespan.second.ticks)) }
