internal import Planning
internal import Timeline

/// The plan for a pull request: one sentence, one table, the runs folded away beneath.
///
/// A comment may have 65,536 characters; this is at most `limit`, by dropping runs first and then
/// lines of the table, each said, and never the sentence.
struct PlanMarkdown {
  let plan: PlanFile

  /// Characters, with room for what a pipeline adds.
  static let limit = 60_000

  func render() -> String {
    let summary = PlanSummary(plan)
    let (lead, rest) = PlanText.verdict(plan, summary)
    let head = "**\(lead)**\(Markdown.escaped(rest))\n"
    let foot = self.foot
    let table = MarkdownTable(
      columns: ["", "table", "range", "slices", "rows", "size", ""], rightFrom: 3, rows: rows(summary))
    let tableRoom = Self.limit - head.count - foot.count - 100
    let text = head + (table.rows.isEmpty ? "" : "\n" + table.render(within: tableRoom, more: "line"))
    return text + details(within: Self.limit - text.count - foot.count) + foot
  }

  private var foot: String {
    var lines = plan.remarks.map { Markdown.escaped($0) }
    lines.append(
      "`\(PlanDigest(plan).text)`, planned by the clock of \(plan.asOf.iso8601) for \(Markdown.escaped(plan.spec.name)), workspace \(Markdown.escaped(plan.workspace))"
    )
    return "\n<sub>\(lines.joined(separator: "<br>"))</sub>\n"
  }
}

// MARK: - The table

extension PlanMarkdown {
  /// What needs attention comes first: it is not to be dropped.
  private func rows(_ summary: PlanSummary) -> [[String]] {
    let failures = plan.failures.map { failure in
      ["!", failure.table, failure.slice.map { PlanText.range(TimeRangeSet([$0])) } ?? "", "", "", "", failure.message]
    }
    let notes = plan.tables.flatMap { table in
      Self.scan(table)
        + table.notes.map { note in
          ["!", table.table, PlanText.range(note.ranges), Quantity.count(note.slices), "", "", note.message]
        }
    }
    let containers = plan.containers.map { ["+", "container \($0)", "", "", "", "", "create or bind"] }
    let removals = plan.tables.filter { !$0.removals.isEmpty }.map { table in
      [
        "-", table.table, "", "", "", "",
        "\(Quantity.of(table.removals.count, "blob")) that no generation in force refers to",
      ]
    }
    let resources = plan.resources.map { resource in
      let text = ResourceText(resource)
      return (
        text.needsAttention,
        [text.symbol, resource.resource, resource.property, "", "", "", text.line]
      )
    }
    let attention =
      resources.filter(\.0).map(\.1) + plan.cautions.map { ["!", "", "", "", "", "", $0] }
    return attention + failures + notes + resources.filter { !$0.0 }.map(\.1) + containers + summary.lines.map(Self.row)
      + removals
  }

  private static func row(_ line: PlanSummary.Line) -> [String] {
    let exports = line.symbol == "+" || line.symbol == "-/+"
    let pieces = line.ranges.ranges.count
    return [
      line.symbol, line.table, PlanText.range(line.ranges) + (pieces > 1 ? " (\(pieces) ranges)" : ""),
      Quantity.count(line.slices), exports ? Quantity.count(line.rows) : "",
      exports ? Quantity.bytes(line.bytes) : "", PlanText.remarks(line).joined(separator: "; "),
    ]
  }

  private static func scan(_ table: PlanFile.Table) -> [[String]] {
    switch table.scan {
    case nil: []
    case .unknown: [["!", table.table, "", "", "", "", "billed by what is scanned; how much is not known"]]
    case .bytes(let bytes):
      [["!", table.table, "", "", "", Quantity.bytes(bytes), "is scanned, which is billed"]]
    }
  }
}

// MARK: - Details

extension PlanMarkdown {
  private func details(within room: Int) -> String {
    let rows = plan.tables.flatMap { table in table.runs.map { Self.row($0, table.table) } }
    guard rows.count > 1 else { return "" }
    let open = "\n<details><summary>\(Quantity.of(rows.count, "run")) of slices</summary>\n\n"
    let close = "\n</details>\n"
    let table = MarkdownTable(columns: ["table", "from", "to", "slices", "rows", ""], rightFrom: 3, rows: rows)
    let inner = room - open.count - close.count
    guard inner > 500 else { return "" }
    return open + table.render(within: inner, more: "run") + close
  }

  private static func row(_ run: ActionRun, _ table: String) -> [String] {
    let why = PlanSummary.words(run.kind, run.reason)
    let deed = PlanSummary.symbol(run.kind)
    return [
      table, Quantity.point(run.range.start), Quantity.point(run.range.end), Quantity.count(run.slices),
      run.size.parts > 0 ? Quantity.exact(run.size.rows) : "", why.isEmpty ? deed : "\(deed) \(why)",
    ]
  }
}
