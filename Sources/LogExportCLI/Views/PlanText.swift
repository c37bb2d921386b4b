internal import Planning
internal import Timeline

/// The plan for people: one line a property of a resource that differs, one a table and kind of action, notes,
/// the verdict last.
struct PlanText {
  let plan: PlanFile
  let style: Style

  func render() -> String {
    let summary = PlanSummary(plan)
    let resources =
      plan.resources.map(Self.row) + plan.cautions.map { Row(symbol: "!", subject: $0, remark: "") }
    let rows = rows(summary)
    let width = (resources + rows).map(\.symbol.count).max() ?? 0
    // Each in columns of its own: the names of resources are long.
    var text = Self.render(resources, style, symbolWidth: width) + Self.render(rows, style, symbolWidth: width)
    for remark in plan.remarks { text += style.dim(remark) + "\n" }
    if !text.isEmpty { text += "\n" }
    let (lead, rest) = Self.verdict(plan, summary)
    return text + style.bold(lead) + rest + "\n"
  }

  private func rows(_ summary: PlanSummary) -> [Row] {
    plan.containers.map { Row(symbol: "+", subject: "container \($0)", remark: "") }
      + summary.lines.map(Self.row)
      + plan.tables.flatMap { table in
        Self.cleanups(table) + Self.scan(table) + table.notes.map { Self.row($0, table.table) }
      }
      + plan.failures.map { failure in
        let cells = failure.slice.map { Self.cells(TimeRangeSet([$0]), 1) } ?? []
        return Row(symbol: "!", subject: failure.table, cells: cells, remark: failure.message)
      }
  }
}

// MARK: - Rows

extension PlanText {
  /// One line, set in columns with the others.
  struct Row {
    var symbol: String
    /// A table or a container.
    var subject: String
    /// Range, number of ranges, slices, rows, bytes; the last three are set right.
    var cells: [String] = []
    var remark: String
  }

  private static func row(_ line: PlanSummary.Line) -> Row {
    let exports = line.symbol == "+" || line.symbol == "-/+"
    let remarks = remarks(line)
    return Row(
      symbol: line.symbol, subject: line.table,
      cells: cells(line.ranges, line.slices)
        + (exports
          ? [line.isCounted ? Quantity.of(line.rows, "row") : "rows unknown", Quantity.bytes(line.bytes)] : []),
      remark: remarks.isEmpty ? "" : "(\(remarks.joined(separator: "; ")))")
  }

  /// Why, and how: what of the line is not in its columns.
  static func remarks(_ line: PlanSummary.Line) -> [String] {
    var remarks: [String] = []
    if !line.reason.isEmpty { remarks.append(line.reason) }
    // Exact, as it is approved.
    if line.isCounted, line.dropped > 0 || (line.replaced > 0 && line.replaced != line.rows) {
      remarks.append("\(Quantity.exact(line.replaced)) → \(Quantity.exact(line.rows)) rows")
    }
    if line.dropped > 0 { remarks.append(dropped(line.dropped)) }
    if line.split > 0 { remarks.append("\(Quantity.of(line.split, "slice")) split, ×\(line.mostParts) at most") }
    if line.batches > 0 {
      remarks.append("\(Quantity.of(line.shared, "slice")) in \(Quantity.of(line.batches, "shared query"))")
    }
    if line.adopted > 0 { remarks.append("\(Quantity.of(line.adopted, "part")) already exported") }
    return remarks
  }

  /// What goes of the archive, in words and exact, as it is approved.
  private static func dropped(_ rows: Int) -> String {
    "\(Quantity.exact(rows)) archived \(rows == 1 ? "row goes" : "rows go")"
  }

  private static func row(_ resource: PlanFile.Resource) -> Row {
    let text = ResourceText(resource)
    return Row(symbol: text.symbol, subject: resource.resource, cells: [resource.property], remark: text.line)
  }

  private static func row(_ note: PlanNote, _ table: String) -> Row {
    Row(symbol: "!", subject: table, cells: cells(note.ranges, note.slices), remark: note.message)
  }

  private static func cleanups(_ table: PlanFile.Table) -> [Row] {
    guard !table.removals.isEmpty else { return [] }
    return [
      Row(
        symbol: "-", subject: table.table,
        remark: "\(Quantity.of(table.removals.count, "blob")) that no generation in force refers to")
    ]
  }

  private static func scan(_ table: PlanFile.Table) -> [Row] {
    switch table.scan {
    case nil: []
    case .unknown: [Row(symbol: "!", subject: table.table, remark: "billed by what is scanned; how much is not known")]
    case .bytes(let bytes):
      [Row(symbol: "!", subject: table.table, remark: "scans about \(Quantity.bytes(bytes)), which is billed")]
    }
  }

  static func cells(_ ranges: TimeRangeSet, _ slices: Int) -> [String] {
    [
      range(ranges), ranges.ranges.count > 1 ? "(\(ranges.ranges.count) ranges)" : "", Quantity.of(slices, "slice"),
    ]
  }

  /// `2025-08-01 → 2025-08-08`, with hours where an end is not midnight.
  static func range(_ set: TimeRangeSet) -> String {
    guard let first = set.ranges.first, let last = set.ranges.last else { return "" }
    return "\(Quantity.point(first.start)) → \(Quantity.point(last.end))"
  }
}

// MARK: - Layout

extension PlanText {
  /// Sets the rows in columns; cells that nobody fills take no room.
  static func render(_ rows: [Row], _ style: Style, symbolWidth: Int? = nil) -> String {
    let symbolWidth = symbolWidth ?? rows.map(\.symbol.count).max() ?? 0
    // What has no cells of its own, such as a container's name, may run over the columns.
    let subjectWidth = rows.filter { !$0.cells.isEmpty }.map(\.subject.count).max() ?? 0
    let widths = (0..<5).map { index in
      rows.map { index < $0.cells.count ? $0.cells[index].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var text = colour(row.symbol, style) + blanks(symbolWidth - row.symbol.count) + " " + row.subject
      if !row.cells.isEmpty { text += blanks(subjectWidth - row.subject.count) }
      for (index, width) in widths.enumerated() where width > 0 && index < row.cells.count {
        let cell = row.cells[index]
        let gap = blanks(width - cell.count)
        text += "  " + (index < 2 ? cell + gap : gap + cell)
      }
      if !row.remark.isEmpty { text += "  " + row.remark }
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }.joined()
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  private static func colour(_ symbol: String, _ style: Style) -> String {
    switch symbol {
    case "+": style.green(symbol)
    case "-": style.red(symbol)
    default: style.yellow(symbol)
    }
  }
}

// MARK: - The verdict

extension PlanText {
  /// `1 table could not be planned, 2 slices cannot be archived`; of a table that is `planned` an address alone can
  /// fail.
  static func failed(_ failures: [TableFailure], planned: [String]) -> String {
    let slices = failures.count { $0.slice != nil }
    let addresses = failures.count { $0.slice == nil && planned.contains($0.table) }
    let tables = failures.count - slices - addresses
    var parts: [String] = []
    if tables > 0 { parts.append("\(Quantity.of(tables, "table")) could not be planned") }
    if slices > 0 { parts.append("\(Quantity.of(slices, "slice")) cannot be archived") }
    if addresses > 0 { parts.append("\(addresses == 1 ? "1 address names" : "\(addresses) addresses name") no slice") }
    return parts.joined(separator: ", ")
  }

  /// `1 property of resources to change`, `2 properties of resources not as declared, so that nothing is written`.
  private static func resources(_ summary: PlanSummary) -> [String] {
    var parts: [String] = []
    if summary.toChange > 0 { parts.append("\(Quantity.of(summary.toChange, "property")) of resources to change") }
    if summary.toRefuse > 0 {
      parts.append(
        "\(Quantity.of(summary.toRefuse, "property")) of resources not as declared, so that nothing is written")
    }
    return parts
  }

  /// The plan in one sentence: its first words, and the others.
  static func verdict(_ plan: PlanFile, _ summary: PlanSummary) -> (lead: String, rest: String) {
    let archived =
      "\(Quantity.of(summary.current.slices, "slice")) with \(Quantity.of(summary.current.rows, "row")) archived"
    let failed = failed(plan.failures, planned: plan.tables.map(\.table))
    guard !plan.isEmpty else {
      return (failed.isEmpty ? "No changes." : "\(failed).", " \(archived).")
    }
    var parts = [
      "\(Quantity.count(summary.toExport)) to export", "\(Quantity.count(summary.toReplace)) to export again",
      "\(Quantity.count(summary.empty)) empty",
    ]
    if summary.unavailable > 0 { parts.append("\(Quantity.count(summary.unavailable)) unavailable") }
    if summary.expired > 0 { parts.append("\(Quantity.count(summary.expired)) deleted by policy") }
    if summary.dropped > 0 { parts.append(dropped(summary.dropped)) }
    if summary.toRemove > 0 { parts.append("\(Quantity.of(summary.toRemove, "blob")) to remove") }
    if !plan.containers.isEmpty { parts.append("\(Quantity.of(plan.containers.count, "container")) to create or bind") }
    parts += resources(summary)
    if !failed.isEmpty { parts.append(failed) }
    var text = " \(parts.joined(separator: ", ")). ~\(Quantity.of(summary.queries, "query"))"
    if summary.saved > 0 { text += ", \(Quantity.count(summary.saved)) saved by sharing" }
    if summary.leastSeconds >= 60 { text += ", at least \(Quantity.minutes(summary.leastSeconds))" }
    return ("Plan:", text + ".")
  }
}
