internal import Export
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// The archive's state as one page of HTML that needs no network and no script.
struct ReportPage {
  let spec: ExportSpec
  let specFile: String
  let storeURL: String
  let asOf: Tick
  let survey: Survey<ReportTable>
  /// What Resource Manager says of the resources.
  var observed: ResourceSight

  var tables: [ReportTable] { survey.tables }

  /// The page, whole.
  var html: String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="logexport \(version)">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(spec.name): archive report, \(asOf.dateText)</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      \(ReportStyle.patterns)<main>
      \(header)\(attention)\(overview)\(maps)\(largest)\(schemas)\(posture)\(provenance)\
      <footer>Made by logexport \(version) at \(Quantity.minute(asOf)) UTC. All times are UTC, and ranges leave out their end.</footer>
      </main>
      </body>
      </html>

      """
    return page.text
  }
}

// MARK: - Summary

extension ReportPage {
  private var header: Markup {
    let totals = StatusTotals(tables.map(\.status))
    let ranges = tables.map(\.status.declared).filter { !$0.isEmpty }
    let extent = TimeRange(ranges.map(\.start).min() ?? asOf, ranges.map(\.end).max() ?? asOf)
    let missing: Markup =
      totals.missing == 0
      ? "<span class=\"good\">0</span><small>slices</small>"
      : "<span class=\"bad\">\(Quantity.count(totals.missing))</span><small>\(totals.missing == 1 ? "slice" : "slices") in \(Quantity.of(totals.gaps, "gap"))</small>"
    return """
      <p class="over">Archive report, \(Quantity.minute(asOf)) UTC</p>
      <h1>\(spec.name)</h1>
      <p class="quiet">\(Quantity.of(tables.count, "table")) of workspace <code>\(spec.source.workspace)</code>, \(ranges.isEmpty ? "" : Quantity.range(extent))</p>
      <dl class="figures">
      <div><dt>Covered</dt><dd>\(totals.share ?? "–")<small>of the time declared and settled</small></dd></div>
      <div><dt>Missing</dt><dd>\(missing)</dd></div>
      <div><dt>Rows</dt><dd>\(Quantity.count(totals.rows))<small>in \(Quantity.of(totals.archived, "slice"))</small></dd></div>
      <div><dt>Stored</dt><dd>\(Quantity.bytes(totals.bytes))<small>bytes of the blobs</small></dd></div>
      </dl>

      """
  }

  /// What a person should do something about.
  private var attention: Markup {
    let notes = lostNotes + tables.flatMap { Self.notes($0.status) } + postureNotes
    let list: Markup =
      survey.lineage == nil && survey.lost.isEmpty
      ? "<p>Nothing is archived yet: there is no manifest.</p>\n\(postureNotes.isEmpty ? "" : "<ul class=\"notes\">\n\(postureNotes)</ul>\n")"
      : notes.isEmpty
        ? "<p class=\"good\">Nothing is missing, and nothing else needs attention.</p>\n"
        : "<ul class=\"notes\">\n\(notes)</ul>\n"
    return "<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">Needs attention</h2>\n\(list)</section>\n"
  }

  private var lostNotes: [Markup] {
    survey.lost.map { lost in
      "<li class=\"bad\"><strong>\(lost.segment.table)</strong>: the manifest’s file \(lost.segment.name) is lost: \(lost.reason). \(LostSegment.remedy)</li>\n"
    }
  }

  private static func notes(_ status: TableStatus) -> [Markup] {
    var notes: [Markup] = []
    func add(_ kind: String, _ text: String) {
      notes.append("<li class=\"\(kind)\"><strong>\(status.table)</strong>: \(text)</li>\n")
    }
    if status.missing > 0 {
      let details = Self.missing(status)
      add(
        "bad",
        "\(Quantity.of(status.missing, "slice")) missing\(details.isEmpty ? "" : ": " + details.joined(separator: "; "))."
      )
    }
    if let count = status.slices[.unavailable] {
      add(
        "warn",
        "\(Quantity.of(count, "slice")) could no longer be seen in the workspace when they were asked for; nothing can be said of them."
      )
    }
    if let count = status.slices[.unproven] {
      add(
        "warn",
        "\(Quantity.of(count, "slice")) counted as empty while the table’s retention was not known, which proves nothing."
      )
    }
    if let count = status.slices[.adopted] {
      let unverified = status.unverified
      add(
        unverified > 0 ? "warn" : "good",
        "\(Quantity.of(count, "slice")) taken over from an earlier job, as they were; "
          + (unverified > 0
            ? "\(Quantity.count(unverified)) of them unverified: nobody counted them in the workspace."
            : "each was counted in the workspace then.")
      )
    }
    if let first = status.overlaps.first {
      let more = status.overlaps.count > 1 ? " and \(Quantity.of(status.overlaps.count - 1, "more range"))" : ""
      add("warn", "archived twice: \(Quantity.range(first))\(more).")
    }
    if status.supersededBlobs > 0 {
      add("warn", "\(Quantity.of(status.supersededBlobs, "blob")) of earlier generations could not be deleted yet.")
    }
    return notes
  }

  /// What becomes of the missing slices if nobody exports them.
  private static func missing(_ status: TableStatus) -> [String] {
    if status.retention == nil {
      return ["how long the workspace keeps this table is not declared"]
    }
    var details: [String] = []
    if let first = status.leavesFrom {
      details.append(
        "\(Quantity.count(status.leaving.slices)) will leave the workspace within 7 days, from \(Quantity.point(first)) on"
      )
    }
    if status.lost.slices > 0 { details.append("\(Quantity.count(status.lost.slices)) are no longer in the workspace") }
    return details
  }

  private var overview: Markup {
    let rows = tables.enumerated().map { index, table -> Markup in
      let status = table.status
      let share = status.windowLength > .zero ? Quantity.share(status.coveredLength, of: status.windowLength) : "–"
      let filled =
        status.windowLength > .zero ? Int(84 * status.coveredLength.seconds / status.windowLength.seconds) : 0
      let missing: Markup = status.missing == 0 ? "0" : "<span class=\"bad\">\(Quantity.exact(status.missing))</span>"
      return """
        <tr><th scope="row"><a href="#t\(index)">\(status.table)</a></th>\
        <td class="n"><svg class="bar" viewBox="0 0 84 6" aria-hidden="true" focusable="false"><rect width="84" height="6" rx="3"/><rect width="\(filled)" height="6" rx="3"/></svg><span class="share">\(share)</span></td>\
        <td class="n">\(missing)</td><td class="n">\(Quantity.exact(status.archived))</td><td class="n">\(Quantity.exact(status.rows))</td><td class="n">\(Quantity.bytes(status.bytes))</td>\
        <td class="n">\(status.extent.map { Quantity.point($0.start) } ?? "–")</td><td class="n">\(status.extent.map { Quantity.point($0.end) } ?? "–")</td></tr>

        """
    }
    return """
      <section aria-labelledby="tables">
      <h2 id="tables">Tables</h2>
      <div class="scroll" role="region" aria-labelledby="tables" tabindex="0"><table>
      <thead><tr><th scope="col">Table</th><th class="n" scope="col">Covered</th><th class="n" scope="col">Missing</th><th class="n" scope="col">Archived slices</th><th class="n" scope="col">Rows</th><th class="n" scope="col">Stored</th><th class="n" scope="col">Oldest row from</th><th class="n" scope="col">Newest before</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      </section>

      """
  }
}
