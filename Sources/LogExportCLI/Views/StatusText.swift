internal import Manifest
internal import Planning
internal import Timeline

/// `logexport status` for people: a calendar for each table, what is wrong with it, the verdict last.
struct StatusText {
  let style: Style
  /// Columns to fit into.
  let columns: Int

  /// Gaps of a table that are named one by one.
  private static let mostGaps = 8

  /// One table, drawn where it is read.
  struct Block: Sendable {
    var status: TableStatus
    var map: [String]
    var marks: Set<CoverageCalendar.Mark>
  }

  func block(_ status: TableStatus, _ coverage: Coverage) -> Block {
    let fold = CoverageCalendar.Fold(coverage, columns: CalendarText.room(columns), mostDays: CalendarText.mostDays)
    let map = CalendarText(CoverageCalendar(coverage, fold: fold), style: style)
    return Block(status: status, map: map.lines(), marks: map.marks)
  }

  func render(_ blocks: [Block], hasManifest: Bool) -> String {
    let marks = blocks.reduce(into: Set()) { $0.formUnion($1.marks) }
    var text = blocks.map { render($0) + "\n" }.joined()
    text += CalendarText.legend(marks, columns: columns, style: style)
    let unknown = blocks.count { $0.status.retention == nil && $0.status.missing > 0 }
    if unknown > 0 {
      text += style.dim(
        "  What leaves the workspace soon is not known for \(Quantity.of(unknown, "table")) without a declared retention.")
        + "\n"
    }
    return text + "\n" + verdict(StatusTotals(blocks.map(\.status)), hasManifest: hasManifest) + "\n"
  }
}

// MARK: - A table

extension StatusText {
  private func render(_ block: Block) -> String {
    let status = block.status
    var lines = ["\(style.bold(status.table))  \(head(status))"]
    if !status.states.isEmpty { lines.append("  " + status.states.joined(separator: ", ") + rest(status)) }
    if !block.map.isEmpty { lines += [""] + block.map + [""] }
    lines += status.gaps.prefix(Self.mostGaps).map(gap)
    let more = status.gaps.dropFirst(Self.mostGaps)
    if !more.isEmpty {
      let slices = more.reduce(0) { $0 + $1.slices }
      lines.append(
        "\(style.red("·")) and \(Quantity.of(more.count, "more gap")) of \(Quantity.of(slices, "slice")); --json has all")
    }
    lines += warnings(status).map { "\(style.yellow("!")) \($0)" }
    return lines.map { $0.isEmpty ? "\n" : "\($0)\n" }.joined()
  }

  private func head(_ status: TableStatus) -> String {
    if status.declared.isEmpty { return "no whole slice is declared" }
    var parts = [Quantity.range(status.declared)]
    if status.windowLength > .zero {
      let share = Quantity.share(status.coveredLength, of: status.windowLength) + " covered"
      parts.append(status.missing > 0 ? style.red(share) : style.green(share))
    }
    parts.append(Quantity.of(status.rows, "row"))
    parts.append(Quantity.bytes(status.bytes))
    return parts.joined(separator: "  ")
  }

  private func rest(_ status: TableStatus) -> String {
    var text = ""
    if let extent = status.extent { text += "; rows of \(Quantity.range(extent))" }
    if status.provisional > 0 { text += "; \(Quantity.of(status.provisional, "slice")) may still grow" }
    return text
  }

  private func gap(_ gap: TableStatus.Gap) -> String {
    "\(style.red("·")) \(Quantity.range(gap.range))  \(Quantity.of(gap.slices, "slice")) missing"
  }

  private func warnings(_ status: TableStatus) -> [String] {
    var lines: [String] = []
    if let first = status.leavesFrom {
      lines.append(
        "\(Quantity.of(status.leaving.slices, "missing slice")) will leave the workspace within 7 days, from \(Quantity.point(first)) on"
      )
    }
    if status.lost.slices > 0 {
      lines.append("\(Quantity.of(status.lost.slices, "missing slice")) from before what the workspace keeps")
    }
    if let first = status.overlaps.first {
      let more = status.overlaps.count > 1 ? " and \(Quantity.of(status.overlaps.count - 1, "more range"))" : ""
      lines.append("archived twice: \(Quantity.range(first))\(more)")
    }
    if status.supersededBlobs > 0 {
      lines.append("\(Quantity.of(status.supersededBlobs, "blob")) of earlier generations could not be deleted yet")
    }
    return lines
  }
}

// MARK: - The verdict

extension StatusText {
  private func verdict(_ totals: StatusTotals, hasManifest: Bool) -> String {
    guard hasManifest else {
      return style.bold("Nothing is archived yet:") + " there is no manifest. `logexport plan` says what it takes."
    }
    var parts = [Quantity.of(totals.tables, "table")]
    if let share = totals.share { parts[0] += ", \(share) covered" }
    parts.append(
      "\(Quantity.of(totals.archived, "slice")) with \(Quantity.of(totals.rows, "row")) archived (\(Quantity.bytes(totals.bytes)))"
    )
    parts.append(
      totals.missing == 0
        ? "nothing is missing" : "\(Quantity.of(totals.missing, "slice")) missing in \(Quantity.of(totals.gaps, "gap"))")
    if totals.leaving > 0 { parts.append("\(Quantity.count(totals.leaving)) of them leave the workspace soon") }
    return style.bold("Status:") + " " + parts.joined(separator: "; ") + "."
  }
}
