internal import Planning
internal import Timeline

// MARK: - Maps and gaps

extension ReportPage {
  /// Gaps of a table that the page lists.
  private static let mostGaps = 40

  /// One section a table, each with its map and its gaps.
  var maps: Markup {
    let articles = tables.enumerated().map { index, table in article(table, index) }
    return """
      <section aria-labelledby="maps">
      <h2 id="maps">Rows over time</h2>
      <p class="quiet">Each cell is an hour, a day or a week of a table. Its shade tells its rows against the most that the table has in one; a pattern tells that they are not all there.</p>
      \(Self.legend)\(articles)</section>

      """
  }

  private static var legend: Markup {
    let shades = (1...ReportMap.levels).map { level in
      Markup("<rect class=\"r\(level)\" x=\"\(level * 14 - 14)\" width=\"12\" height=\"12\" rx=\"2\"/>")
    }
    let entries: [(String, String)] = [
      ("missing", "missing"), ("partly", "partly missing"), ("empty", "counted empty"),
      ("unproven", "counted empty, unproven"), ("unavailable", "past what the workspace keeps"),
      ("expired", "deleted by policy"), ("unsettled", "not settled yet"),
    ]
    let others = entries.map { name, text in
      Markup(
        "<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"\(name)\" width=\"12\" height=\"12\" rx=\"2\"/></svg>\(text)</li>\n"
      )
    }
    return """
      <ul class="legend">
      <li><svg width="\(ReportMap.levels * 14)" height="12" aria-hidden="true" focusable="false">\(shades)</svg>few rows to many</li>
      \(others)</ul>

      """
  }

  private func article(_ table: ReportTable, _ index: Int) -> Markup {
    let status = table.status
    let states = status.states.isEmpty ? "no slice" : status.states.joined(separator: ", ")
    let declared = status.declared.isEmpty ? "No whole slice is declared." : "One cell is one \(table.fold.cellName)."
    return """
      <article aria-labelledby="t\(index)">
      <header><h3 id="t\(index)">\(status.table)</h3><p class="quiet">\(Quantity.of(status.rows, "row")), \(Quantity.bytes(status.bytes)); slices: \(states). \(declared)</p></header>
      <figure class="scroll" role="group" aria-labelledby="t\(index)" tabindex="0">
      \(table.map)</figure>
      \(gaps(status))</article>

      """
  }

  private func gaps(_ status: TableStatus) -> Markup {
    if status.gaps.isEmpty { return "" }
    let rows = status.gaps.prefix(Self.mostGaps).map { gap in
      let leaves: Markup =
        status.retention.map { retention in
          let leaving = gap.range.start + retention
          return "<td class=\"n\">\(leaving > asOf ? Quantity.point(leaving) : "no longer there")</td>"
        } ?? ""
      return Markup(
        "<tr><td>\(Quantity.point(gap.range.start))</td><td>\(Quantity.point(gap.range.end))</td><td class=\"n\">\(Quantity.exact(gap.slices))</td>\(leaves)</tr>\n"
      )
    }
    let rest = status.gaps.dropFirst(Self.mostGaps)
    let more: Markup =
      rest.isEmpty
      ? ""
      : "<p class=\"quiet\">and \(Quantity.of(rest.count, "more gap")) of \(Quantity.of(rest.reduce(0) { $0 + $1.slices }, "slice")).</p>\n"
    let leaves: Markup = status.retention == nil ? "" : "<th class=\"n\" scope=\"col\">Leaves the workspace from</th>"
    return """
      <h4>Gaps</h4>
      <div class="scroll" role="region" aria-label="Gaps of \(status.table)" tabindex="0"><table class="narrow">
      <thead><tr><th scope="col">From</th><th scope="col">To</th><th class="n" scope="col">Slices</th>\(leaves)</tr></thead>
      <tbody>
      \(Array(rows))</tbody>
      </table></div>
      \(more)
      """
  }
}

// MARK: - Slices and schemas

extension ReportPage {
  var largest: Markup {
    let slices = tables.flatMap(\.largest).sorted { $0.rows > $1.rows }.prefix(ReportTable.mostLargest)
    if slices.isEmpty { return "" }
    let rows = slices.map { slice in
      Markup(
        "<tr><th scope=\"row\">\(slice.table)</th><td>\(Quantity.range(slice.range))</td><td class=\"n\">\(Quantity.exact(slice.rows))</td><td class=\"n\">\(Quantity.bytes(slice.bytes))</td></tr>\n"
      )
    }
    return """
      <section aria-labelledby="largest">
      <h2 id="largest">Largest slices</h2>
      <div class="scroll" role="region" aria-labelledby="largest" tabindex="0"><table class="narrow">
      <thead><tr><th scope="col">Table</th><th scope="col">Slice</th><th class="n" scope="col">Rows</th><th class="n" scope="col">Stored</th></tr></thead>
      <tbody>
      \(Array(rows))</tbody>
      </table></div>
      </section>

      """
  }

  /// Changes of a table's columns that the page lists.
  private static let mostSchemas = 20

  var schemas: Markup {
    let changed = tables.filter { $0.schemas.count > 1 }
    let rows = changed.flatMap { table in
      zip(table.schemas, table.schemas.dropFirst()).prefix(Self.mostSchemas).map { before, after in
        Markup(
          "<tr><th scope=\"row\">\(table.status.table)</th><td>\(Quantity.point(after.range.start))</td><td><code>\(String(before.hash.prefix(12)))</code></td><td><code>\(String(after.hash.prefix(12)))</code></td><td class=\"n\">\(Quantity.exact(after.slices))</td></tr>\n"
        )
      }
    }
    let unlisted = changed.reduce(0) { $0 + max(0, $1.schemas.count - 1 - Self.mostSchemas) }
    let same = tables.count { $0.schemas.count == 1 }
    let kept = same > 0 ? "\(Quantity.of(same, "table")) kept the same columns throughout." : ""
    let list: Markup =
      rows.isEmpty
      ? "<p>No table changed its columns within the range.</p>\n"
      : """
      <p class="quiet">A hash stands for the names and types of a table’s columns, as each answer told them. \(kept)</p>
      <div class="scroll" role="region" aria-labelledby="schemas" tabindex="0"><table class="narrow">
      <thead><tr><th scope="col">Table</th><th scope="col">Changed with slice</th><th scope="col">Columns before</th><th scope="col">after</th><th class="n" scope="col">Slices since</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
    let more: Markup = unlisted > 0 ? "<p class=\"quiet\">and \(Quantity.of(unlisted, "more change")).</p>\n" : ""
    return
      "<section aria-labelledby=\"schemas\">\n<h2 id=\"schemas\">Changes of columns</h2>\n\(list)\(more)</section>\n"
  }
}
