internal import Export
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
    return Block(status: status, map: map.lines(columns: columns), marks: map.marks)
  }

  /// The whole of it, or the verdict alone; `lost` are files of the manifest that ought to be there.
  func render(_ blocks: [Block], hasManifest: Bool, lost: [LostSegment] = [], isBrief: Bool = false) -> String {
    let totals = StatusTotals(blocks.map(\.status))
    let verdict = verdict(totals, hasManifest: hasManifest || !lost.isEmpty) + "\n" + warning(lost)
    if isBrief { return verdict }
    let marks = blocks.reduce(into: Set()) { $0.formUnion($1.marks) }
    var text = blocks.map { render($0) + "\n" }.joined()
    text += CalendarText.legend(marks, columns: columns, style: style)
    let unknown = blocks.count { $0.status.retention == nil && $0.status.missing > 0 }
    if unknown > 0 {
      text +=
        style.dim(
          "  Not known what leaves the workspace soon: \(Quantity.of(unknown, "table")) without retention."
        )
        + "\n"
    }
    return text + "\n" + verdict
  }
}

// MARK: - A table

extension StatusText {
  private func render(_ block: Block) -> String {
    let status = block.status
    var lines = ["\(style.bold(status.table))  \(head(status))"]
    let states = status.states.enumerated().map { index, state in
      state + (index + 1 < status.states.count ? "," : "")
    }
    lines += CalendarText.wrap(states.map { ($0, $0.count) }, separator: " ", columns: columns)
    if let extent = status.extent {
      lines.append(
        "  \(Quantity.of(status.rows, "row")), \(Quantity.bytes(status.bytes)), of \(Quantity.range(extent))")
    }
    if !block.map.isEmpty { lines += [""] + block.map }
    let notes = gaps(status) + warnings(status).map { "\(style.yellow("!")) \($0)" }
    if !notes.isEmpty { lines += [""] + notes }
    return lines.map { "\($0)\n" }.joined()
  }

  /// The first gaps, and how many are left.
  private func gaps(_ status: TableStatus) -> [String] {
    var lines = status.gaps.prefix(Self.mostGaps).map(gap)
    let more = status.gaps.dropFirst(Self.mostGaps)
    if !more.isEmpty {
      let slices = more.reduce(0) { $0 + $1.slices }
      lines.append(
        "\(style.red("·")) and \(Quantity.of(more.count, "more gap")) of \(Quantity.of(slices, "slice")); --json has all"
      )
    }
    return lines
  }

  private func head(_ status: TableStatus) -> String {
    if status.declared.isEmpty { return "no whole slice is declared" }
    var parts = [Quantity.range(status.declared)]
    if status.windowLength > .zero {
      let share = Quantity.share(status.coveredLength, of: status.windowLength) + " covered"
      parts.append(status.missing > 0 ? style.red(share) : style.green(share))
    }
    return parts.joined(separator: "  ")
  }

  private func gap(_ gap: TableStatus.Gap) -> String {
    "\(style.red("·")) \(Quantity.range(gap.range))  \(Quantity.of(gap.slices, "slice")) missing"
  }

  private func warnings(_ status: TableStatus) -> [String] {
    var lines: [String] = []
    if let first = status.leavesFrom {
      lines.append(
        "\(Quantity.of(status.leaving.slices, "missing slice")) will leave the workspace from \(Quantity.point(first)) on"
      )
    }
    if status.lost.slices > 0 {
      lines.append("\(Quantity.of(status.lost.slices, "missing slice")) no longer in the workspace")
    }
    for range in status.leftOut {
      lines.append(
        "left out: \(Quantity.range(range)), since the range ends within a slice; let it end where a slice does")
    }
    if let first = status.overlaps.first {
      let more = status.overlaps.count > 1 ? " and \(Quantity.of(status.overlaps.count - 1, "more range"))" : ""
      lines.append(
        "archived twice, and counted twice: \(Quantity.range(first))\(more); verify names what prune can give up")
    }
    if status.supersededBlobs > 0 {
      lines.append("\(Quantity.of(status.supersededBlobs, "blob")) of earlier generations could not be deleted yet")
    }
    return lines
  }
}

// MARK: - The verdict

extension StatusText {
  private func warning(_ lost: [LostSegment]) -> String {
    if lost.isEmpty { return "" }
    let lines = lost.map { "\(style.red("!")) The manifest's file \($0.segment.name) is lost: \($0.reason).\n" }
    return "\n" + lines.joined() + "  \(LostSegment.remedy)\n"
  }

  private func verdict(_ totals: StatusTotals, hasManifest: Bool) -> String {
    guard hasManifest else {
      return style.bold("Nothing is archived yet:") + " there is no manifest. `logexport plan` says what it takes."
    }
    let share = totals.share.map { ", \($0) covered" } ?? ""
    let archived = "\(Quantity.of(totals.archived, "slice")) with \(Quantity.of(totals.rows, "row")) archived"
    let leaving = totals.leaving > 0 ? "; \(Quantity.count(totals.leaving)) leave the workspace within 7 days" : ""
    return style.bold("Status:")
      + " \(Quantity.of(totals.tables, "table"))\(share); \(archived), \(Quantity.bytes(totals.bytes)).\n"
      + (totals.missing == 0
        ? "Nothing is missing\(totals.leftOut > 0 ? ", but the end of \(Quantity.of(totals.leftOut, "table")) is left out" : "")."
        : "\(Quantity.of(totals.missing, "slice")) missing in \(Quantity.of(totals.gaps, "gap"))\(leaving).")
      + (totals.overlaps == 0 ? "" : "\n\(Quantity.of(totals.overlaps, "range")) archived twice, and counted twice.")
  }
}
