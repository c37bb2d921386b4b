internal import Export
internal import Manifest
internal import Timeline

/// What `logexport manifest rebuild` would append, and has appended.
struct RebuildView {
  let rebuild: Rebuild
  let style: Style

  private var slices: Int { rebuild.tables.reduce(0) { $0 + $1.slices.count } }
  private var rows: Int { rebuild.tables.reduce(0) { $0 + $1.rows } }

  /// A line for each table, and what no receipt tells.
  var text: String {
    var lines = ["Archive \(rebuild.lineage), by the receipts of its blobs:"]
    for table in rebuild.tables {
      let isIdle = table.slices.isEmpty
      var parts =
        isIdle
        ? ["nothing to append"]
        : ["\(Quantity.of(table.slices.count, "slice")), \(Quantity.of(table.rows, "row"))"]
      if table.recorded > 0 { parts.append("\(Quantity.count(table.recorded)) in the manifest already") }
      if table.isResumed { parts.append("adds what its file lacks") }
      if table.heldBack > 0 { parts.append("\(Quantity.count(table.heldBack)) held back: their file has rows") }
      lines.append("\(isIdle ? " " : style.green("+")) \(table.name)  \(parts.joined(separator: "; "))")
      for range in table.incomplete {
        let address = Slice(table: table.name, range: range).address
        lines.append(
          "\(style.yellow("!")) \(address)  its parts are not all there, or cannot be shown to be: the next plan counts it"
        )
      }
      if let first = table.ambiguous.first {
        let slices = Quantity.of(table.ambiguous.count, "slice")
        let address = Slice(table: table.name, range: first).address
        lines.append(
          "\(style.yellow("!")) \(address)  \(slices) from here on: other blobs lie there as well, as another generation or "
            + "under another width. Taken is what the spec's query exported, or has more rows, or came later. "
            + "verify --source says whether the source agrees, plan what becomes of the others")
      }
    }
    if !rebuild.hasLineage {
      lines.append("\(style.green("+")) lineage.json  names the archive and its workspace again")
    }
    lines.append("Empty slices have no blobs: the next plan counts them again. Adopted rows must be imported again.")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What was done.
  var done: String {
    (rebuild.hasLineage ? "" : "lineage.json is back.\n")
      + "Rebuilt: \(Quantity.of(slices, "slice")) with \(Quantity.of(rows, "row")) recorded. Look at `logexport plan` next.\n"
  }

  var json: String {
    let tables = rebuild.tables.map { table in
      JSONValue.object([
        ("table", .string(table.name)), ("slices", .integer(table.slices.count)), ("rows", .integer(table.rows)),
        ("recorded_slices", .integer(table.recorded)), ("held_back_slices", .integer(table.heldBack)),
        ("ambiguous", .array(table.ambiguous.map { .string(Slice(table: table.name, range: $0).address) })),
        ("incomplete", .array(table.incomplete.map { .string(Slice(table: table.name, range: $0).address) })),
      ])
    }
    let result = JSONValue.object([
      ("format_version", 1), ("lineage", .string(rebuild.lineage)), ("tables", .array(tables)),
    ])
    return result.text + "\n"
  }
}
