internal import Manifest
internal import Planning
internal import Timeline

/// `logexport manifest list`: one line a row, by time, for `grep` and for spreadsheets.
struct ManifestList {
  let style: Style

  /// How it is written.
  enum Style: Sendable {
    case csv, json, urls
  }

  /// What stands on one line: a row in force, or `missing`, `overlap`, or what became of a row that is not in force.
  private struct Line {
    var range: TimeRange
    var status: String
    var row: ManifestRow?
  }
}

extension ManifestList {
  func head(lineage: String) -> String {
    switch style {
    case .csv: "table,start,end,rows,status,generation,part,blob_url\n"
    case .json: "{\n  \"format_version\": 1,\n  \"lineage\": \(JSONValue.string(lineage).text),\n  \"tables\": [\n"
    case .urls: ""
    }
  }

  var tail: String { style == .json ? "\n  ]\n}\n" : "" }

  /// One table; without coverage, which a table that is not declared has none of, there are no gaps.
  func table(_ name: String, _ archived: ArchivedTable, _ coverage: Coverage?, selected: TimeRange) -> String {
    let inForce = archived.slices.filter { $0.range.overlaps(selected) }
    if style == .urls {
      return inForce.filter(\.hasBlobs).flatMap { archived.parts(of: $0) }.map { $0.blobURL + "\n" }.joined()
    }
    var lines: [Line] = []
    for slice in inForce {
      lines += archived.parts(of: slice).map { Line(range: $0.range, status: $0.status.rawValue, row: $0) }
    }
    lines += (coverage?.missing.ranges ?? []).map { Line(range: $0, status: "missing") }
    lines += (coverage?.overlaps.ranges ?? []).filter(selected.overlaps).map { Line(range: $0, status: "overlap") }
    let outdated = archived.outdated.filter { $0.sliceRange.overlaps(selected) }
    let generations =
      outdated.isEmpty ? [:] : Dictionary(inForce.map { ($0.range, $0) }, uniquingKeysWith: { first, _ in first })
    for row in outdated {
      let status = Self.status(of: row, generations[row.sliceRange], archived)
      lines.append(Line(range: row.range, status: status, row: row))
    }
    lines.sort { $0.range < $1.range }
    if style == .csv { return lines.map { Self.csv(name, $0) }.joined() }
    let rows = lines.map { "      " + Self.value($0).text }.joined(separator: ",\n")
    return "    {\"table\":\(JSONValue.string(name).text),\"rows\":[\(rows.isEmpty ? "" : "\n\(rows)\n    ")]}"
  }

  /// What became of a row that is not in force: its blob lies there still, another generation took its place, it tells
  /// of a part again, or parts of its generation are missing.
  private static func status(of row: ManifestRow, _ slice: ArchivedSlice?, _ archived: ArchivedTable) -> String {
    if archived.superseded.contains(row.blobURL) { return "superseded" }
    let inForce = slice?.generation ?? archived.prunedGeneration(of: row.sliceRange)
    if row.generation > inForce { return "incomplete" }
    return row.generation == inForce && slice?.lines.count == row.parts ? "duplicate" : "replaced"
  }

  private static func csv(_ table: String, _ line: Line) -> String {
    let row = line.row
    let part = row.flatMap { $0.parts > 0 ? "\($0.part)of\($0.parts)" : nil } ?? ""
    let fields = [
      table, line.range.start.iso8601, line.range.end.iso8601, row.map { String($0.rows) } ?? "", line.status,
      row.map { String($0.generation) } ?? "", part, row?.blobURL ?? "",
    ]
    // URLs are percent-encoded, so that nothing needs a quote but a comma that another tool left in one.
    return fields.map { $0.contains(",") || $0.contains("\"") ? "\"\($0.replacing("\"", with: "\"\""))\"" : $0 }
      .joined(separator: ",") + "\n"
  }

  private static func value(_ line: Line) -> JSONValue {
    let row = line.row
    return .object([
      ("start", .string(line.range.start.iso8601)), ("end", .string(line.range.end.iso8601)),
      ("status", .string(line.status)), ("rows", row.map { .integer($0.rows) }),
      ("generation", row.map { .integer($0.generation) }), ("part", row.map { .integer($0.part) }),
      ("parts", row.map { .integer($0.parts) }), ("bytes", row.map { .integer($0.bytes) }),
      ("sha256", row.flatMap { $0.sha256.isEmpty ? nil : .string($0.sha256) }),
      ("blob_url", row.flatMap { $0.blobURL.isEmpty ? nil : .string($0.blobURL) }),
    ])
  }
}
