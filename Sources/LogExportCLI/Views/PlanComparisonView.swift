internal import Planning
internal import Timeline

/// What differs between two plan files, for people and for programs.
struct PlanComparisonView {
  let new: PlanFile
  let old: PlanFile
  let comparison: PlanComparison

  init(_ new: PlanFile, against old: PlanFile) {
    self.new = new
    self.old = old
    comparison = PlanComparison(new, against: old)
  }

  /// What the plans are of, where that differs: name, before and after.
  private var circumstances: [(name: String, before: String, after: String)] {
    return [
      ("spec", old.spec.hash, new.spec.hash), ("workspace", old.workspace, new.workspace),
      ("lineage", old.lineage ?? "none", new.lineage ?? "none"),
      ("options", Self.words(old.options), Self.words(new.options)),
      ("containers", old.containers.joined(separator: ", "), new.containers.joined(separator: ", ")),
    ].filter { $0.1 != $0.2 }
  }

  /// The options that a plan was made with, as they were given.
  private static func words(_ options: PlanOptions) -> String {
    let switches = [("no-list", options.noList), ("refresh", options.refresh), ("count-billed", options.countBilled)]
    let times = [("from", options.from), ("to", options.to)]
    let words =
      switches.filter(\.1).map { "--\($0.0)" }
      + times.compactMap { name, time in time.map { "--\(name) \($0.iso8601)" } }
      + options.replace.sorted().map { "--replace \($0)" } + options.allowShrink.sorted().map { "--allow-shrink \($0)" }
    return words.isEmpty ? "none" : words.joined(separator: " ")
  }

  private static func deed(_ deed: PlanComparison.Deed) -> String {
    let words = PlanSummary.words(deed.kind, deed.reason)
    switch deed.kind {
    case .export: return words.isEmpty ? "to export" : "to export: \(words)"
    case .replace: return "to export again: \(words)"
    case .record: return "to record: \(words)"
    }
  }

  private static func symbol(_ line: PlanComparison.Line) -> String {
    line.before == nil ? "+" : line.after == nil ? "-" : "~"
  }

  private static func words(_ line: PlanComparison.Line) -> String {
    let (before, after) = (line.before.map(deed) ?? "", line.after.map(deed) ?? "")
    if before.isEmpty || after.isEmpty { return before + after }
    guard before == after, let from = line.before, let to = line.after else { return "\(before) → \(after)" }
    return "\(after), generation \(from.generation) → \(to.generation)"
  }

  /// Properties that differ in one of the plans alone; what only was to be done otherwise stands in both ways.
  private var resources: [(symbol: String, resource: String, words: String)] {
    func row(_ symbol: String, _ resource: PlanFile.Resource) -> (String, String, String) {
      (symbol, resource.resource, "\(resource.property) \(ResourceText(resource).line)")
    }
    return comparison.wentResources.map { row("-", $0) } + comparison.cameResources.map { row("+", $0) }
  }

  private var verdict: (lead: String, rest: String) {
    let (came, went, changed) = comparison.totals
    if comparison.isEmpty, circumstances.isEmpty { return ("No differences.", "") }
    var rest =
      " \(Quantity.of(came, "slice")) came in, \(Quantity.count(went)) went, \(Quantity.count(changed)) changed."
    let resources = (comparison.cameResources.count, comparison.wentResources.count)
    if resources != (0, 0) {
      rest += " \(Quantity.of(resources.0, "property")) of resources came in, \(Quantity.count(resources.1)) went."
    }
    return ("Since \(old.asOf.iso8601):", rest)
  }

  /// Rows of every plan, before and after.
  private var rows: String {
    func rows(_ plan: PlanFile) -> String {
      Quantity.of(plan.tables.reduce(0) { $0 + $1.runs.reduce(0) { $0 + $1.size.rows } }, "row")
    }
    return rows(old) == rows(new) ? "" : " \(rows(old)) → \(rows(new))."
  }
}

// MARK: - For people

extension PlanComparisonView {
  func text(_ style: Style) -> String {
    var rows = circumstances.map { PlanText.Row(symbol: "!", subject: $0.name, remark: "\($0.before) → \($0.after)") }
    rows += resources.map { PlanText.Row(symbol: $0.symbol, subject: $0.resource, remark: $0.words) }
    rows += comparison.lines.map { line in
      PlanText.Row(
        symbol: Self.symbol(line), subject: line.table, cells: PlanText.cells(line.ranges, line.slices),
        remark: Self.words(line))
    }
    let (lead, rest) = verdict
    return PlanText.render(rows, style) + (rows.isEmpty ? "" : "\n") + style.bold(lead) + rest + self.rows + "\n"
  }

  var markdown: String {
    let rows =
      circumstances.map { ["!", $0.name, "", "", "\($0.before) → \($0.after)"] }
      + resources.map { [$0.symbol, $0.resource, "", "", $0.words] }
      + comparison.lines.map { line in
        let pieces = line.ranges.ranges.count
        return [
          Self.symbol(line), line.table, PlanText.range(line.ranges) + (pieces > 1 ? " (\(pieces) ranges)" : ""),
          Quantity.count(line.slices), Self.words(line),
        ]
      }
    let (lead, rest) = verdict
    let head = "**\(lead)**\(rest)\(self.rows)\n"
    if rows.isEmpty { return head }
    let table = MarkdownTable(columns: ["", "table", "range", "slices", ""], rightFrom: 3, rows: rows)
    return head + "\n" + table.render(within: PlanMarkdown.limit - head.count - 1, more: "line")
  }
}

// MARK: - For programs

extension PlanComparisonView {
  var json: String {
    func value(_ deed: PlanComparison.Deed?) -> JSONValue? {
      deed.map { deed in
        let (action, status) = PlanJSON.words(deed.kind)
        return .object([
          ("action", .string(action)), ("reason", .string(deed.reason.rawValue)),
          ("status", status.map { .string($0) }), ("generation", .integer(deed.generation)),
        ])
      }
    }
    let (came, went, changed) = comparison.totals
    return JSONValue.object([
      ("digest", .string(PlanDigest(new).text)), ("against", .string(PlanDigest(old).text)),
      (
        "differs",
        .array(
          circumstances.map {
            .object([("name", .string($0.name)), ("before", .string($0.before)), ("after", .string($0.after))])
          })
      ),
      (
        "lines",
        .array(
          comparison.lines.map { line in
            .object([
              ("table", .string(line.table)), ("before", value(line.before)), ("after", value(line.after)),
              ("slices", .integer(line.slices)), ("ranges", PlanJSON.ranges(line.ranges)),
            ])
          })
      ),
      ("resources_came", .array(comparison.cameResources.map(PlanJSON.value))),
      ("resources_went", .array(comparison.wentResources.map(PlanJSON.value))),
      (
        "summary",
        .object([("came", .integer(came)), ("went", .integer(went)), ("changed", .integer(changed))])
      ),
    ]).text + "\n"
  }
}
