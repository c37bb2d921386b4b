internal import Diagnostics
internal import Export
internal import Manifest
internal import Planning
internal import Timeline

/// What `logexport manifest import` would adopt, and has adopted.
struct ImportView {
  let found: Import
  let file: String
  let recounted: Bool
  /// Whether the file's ends were taken for last instants.
  let isInclusive: Bool
  let style: Style

  private var slices: Int { found.tables.reduce(0) { $0 + $1.rows.count } }
  private var rows: Int { found.tables.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.rows } } }

  /// A line for each table, one for each line that is not taken, and one for each gap.
  var text: String {
    var lines: [String] = []
    for table in found.tables {
      let rows = table.rows.reduce(0) { $0 + $1.rows }
      let bytes = table.rows.reduce(0) { $0 + $1.bytes }
      var parts: [String] = []
      if !table.rows.isEmpty {
        parts = ["\(Quantity.of(table.rows.count, "slice")), \(Quantity.of(rows, "row")), \(Quantity.bytes(bytes))"]
      }
      if table.known > 0 { parts.append("\(Quantity.count(table.known)) adopted already") }
      if table.empty > 0 { parts.append("\(Quantity.count(table.empty)) without rows, which the next plan counts") }
      if recounted, table.uncounted > 0 {
        parts.append("\(Quantity.count(table.uncounted)) not recounted: past retention, or counts are billed")
      }
      if parts.isEmpty { parts = ["nothing to adopt"] }
      lines.append("\(table.rows.isEmpty ? " " : style.green("+")) \(table.name)  \(parts.joined(separator: "; "))")
      lines += table.refused.map { refusal in
        let address = Slice(table: table.name, range: refusal.entry.range).address
        return problem(refusal.entry.line, "\(address): \(refusal.reason)")
      }
      lines += table.gaps.ranges.map {
        "\(style.yellow("!")) \(table.name)  \(Quantity.range($0))  the file does not account for it: plan exports it"
      }
    }
    lines += found.unusable.map { problem($0.line, $0.reason) }
    if found.unselected > 0 {
      lines.append("\(Quantity.of(found.unselected, "line")) of tables that were not selected.")
    }
    if looksInclusive {
      lines.append(
        "\(style.yellow("!")) Ranges end an instant before the next begin: where their ends belong to them, add --end inclusive."
      )
    }
    if !recounted {
      lines.append("Adopted rows count as unverified: --recount compares them with the workspace first.")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether a file whose ends are taken for the first instant after a range seems to mean the last one of it: a tick,
  /// a millisecond, a second or a minute before the next range.
  private var looksInclusive: Bool {
    !isInclusive && found.tables.contains { $0.gaps.ranges.contains { $0.length <= .minute } }
  }

  private func problem(_ line: Int, _ text: String) -> String {
    "\(style.red("!")) \(displayable("\(file):\(line)  \(text)"))"
  }

  /// What was done.
  var done: String {
    var text = "Adopted: \(Quantity.of(slices, "slice")) with \(Quantity.of(rows, "row"))"
    if found.refusals > 0 { text += "; \(Quantity.of(found.refusals, "line")) not taken" }
    return text + ". Look at `logexport plan` next.\n"
  }

  var json: String {
    let tables = found.tables.map { table in
      JSONValue.object([
        ("table", .string(table.name)), ("slices", .integer(table.rows.count)),
        ("rows", .integer(table.rows.reduce(0) { $0 + $1.rows })), ("known", .integer(table.known)),
        ("empty", .integer(table.empty)), ("uncounted", recounted ? .integer(table.uncounted) : nil),
        (
          "refused",
          .array(
            table.refused.map { refusal in
              .object([
                ("line", .integer(refusal.entry.line)),
                ("slice", .string(Slice(table: table.name, range: refusal.entry.range).address)),
                ("reason", .string(refusal.reason)),
              ])
            })
        ),
        (
          "gaps",
          .array(table.gaps.ranges.map { .array([.string($0.start.iso8601), .string($0.end.iso8601)]) })
        ),
      ])
    }
    let unusable = found.unusable.map {
      JSONValue.object([("line", .integer($0.line)), ("reason", .string($0.reason))])
    }
    return JSONValue.object([
      ("format_version", 1), ("tables", .array(tables)), ("unusable", .array(unusable)),
      ("unselected", .integer(found.unselected)),
    ]).text + "\n"
  }
}
