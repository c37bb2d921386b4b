internal import ExportSpec
internal import Planning
internal import Timeline

/// The plan for people: one line a table and kind of action, notes, the verdict last.
struct PlanText {
  let plan: Plan
  let spec: ExportSpec
  let style: Style

  func render() -> String {
    let summary = PlanSummary(plan)
    var text = ""
    for container in plan.containers { text += "\(style.green("+")) container \(container)\n" }
    let rows = summary.lines.map(columns)
    let widths = (0..<6).map { index in rows.map { $0[index].count }.max() ?? 0 }
    for (line, row) in zip(summary.lines, rows) {
      let cells = zip(row, widths).enumerated().map { index, cell in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return index >= 3 && index <= 5 ? gap + cell.0 : cell.0 + gap
      }
      var rendered = cells.joined(separator: "  ")
      while rendered.hasSuffix(" ") { rendered.removeLast() }
      text += "\(colour(line.symbol))\(rendered.dropFirst(line.symbol.count))\(remark(line))\n"
    }
    for table in plan.tables where !table.cleanups.isEmpty {
      text += "\(style.red("-")) \(table.table)  \(Quantity.of(table.cleanups.count, "blob")) of earlier generations\n"
    }
    for table in plan.tables {
      for note in table.notes {
        text +=
          "\(style.yellow("!")) \(table.table)  \(range(note.ranges))  \(Quantity.of(note.slices, "slice"))  \(note.message)\n"
      }
    }
    for failure in plan.failures { text += "\(style.red("!")) \(failure.table)  \(failure.message)\n" }
    if spec.retention != nil || spec.network != nil {
      text += style.dim("The spec declares \(declared); this version neither checks nor changes them.") + "\n"
    }
    if !text.isEmpty { text += "\n" }
    return text + verdict(summary) + "\n"
  }

  private var declared: String {
    [spec.retention.map { _ in "retention" }, spec.network.map { _ in "network" }].compactMap(\.self)
      .joined(separator: " and ")
  }

  private func columns(_ line: PlanSummary.Line) -> [String] {
    let symbol = line.symbol
    let exports = symbol == "+" || symbol == "-/+"
    return [
      "\(symbol) \(line.table)", range(line.ranges),
      line.ranges.ranges.count > 1 ? "(\(line.ranges.ranges.count) ranges)" : "",
      Quantity.of(line.slices, "slice"), exports ? "\(Quantity.count(line.rows)) rows" : "",
      exports ? Quantity.bytes(line.bytes) : "",
    ]
  }

  private func remark(_ line: PlanSummary.Line) -> String {
    var remarks: [String] = []
    if !line.reason.isEmpty { remarks.append(line.reason) }
    if line.split > 0 { remarks.append("\(Quantity.of(line.split, "slice")) split, ×\(line.mostParts) at most") }
    if line.adopted > 0 { remarks.append("\(Quantity.of(line.adopted, "part")) already exported") }
    return remarks.isEmpty ? "" : "   (\(remarks.joined(separator: "; ")))"
  }

  private func colour(_ symbol: String) -> String {
    switch symbol {
    case "+": style.green(symbol)
    case "-": style.red(symbol)
    default: style.yellow(symbol)
    }
  }

  /// `2025-08-01 → 2025-08-08`, with hours where an end is not midnight.
  private func range(_ set: TimeRangeSet) -> String {
    guard let first = set.ranges.first, let last = set.ranges.last else { return "" }
    return "\(point(first.start)) → \(point(last.end))"
  }

  private func point(_ tick: Tick) -> String {
    let text = tick.iso8601
    if text.hasSuffix("T00:00:00Z") { return tick.dateText }
    if text.hasSuffix(":00Z") { return "\(tick.dateText) \(text.dropFirst(11).prefix(5))" }
    return "\(tick.dateText) \(text.dropFirst(11).dropLast())"
  }

  /// `1 table could not be planned, 2 slices cannot be archived`.
  private var failed: String {
    let slices = plan.failures.count { $0.slice != nil }
    let tables = plan.failures.count - slices
    var parts: [String] = []
    if tables > 0 { parts.append("\(Quantity.of(tables, "table")) could not be planned") }
    if slices > 0 { parts.append("\(Quantity.of(slices, "slice")) cannot be archived") }
    return parts.joined(separator: ", ")
  }

  private func verdict(_ summary: PlanSummary) -> String {
    let archived =
      "\(Quantity.of(summary.current.slices, "slice")) with \(Quantity.count(summary.current.rows)) rows archived"
    guard !plan.isEmpty else {
      return plan.failures.isEmpty
        ? style.bold("No changes.") + " \(archived)."
        : style.bold("\(failed).") + " \(archived)."
    }
    var parts = [
      "\(Quantity.count(summary.toExport)) to export", "\(Quantity.count(summary.toReplace)) to export again",
      "\(Quantity.count(summary.toRecord)) to record without rows",
    ]
    if summary.toRemove > 0 { parts.append("\(Quantity.of(summary.toRemove, "blob")) to remove") }
    if !plan.containers.isEmpty { parts.append("\(Quantity.of(plan.containers.count, "container")) to create") }
    if !plan.failures.isEmpty { parts.append(failed) }
    return style.bold("Plan:")
      + " \(parts.joined(separator: ", ")). ~\(Quantity.count(summary.queries)) queries, at least \(Quantity.minutes(summary.leastSeconds))."
  }
}
