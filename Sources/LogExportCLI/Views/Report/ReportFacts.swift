internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// Where the page comes from.
extension ReportPage {
  /// The archive's identity, and how the page was made.
  var provenance: Markup {
    let segments = survey.segments.sorted { $0.key < $1.key }
    let superseded = tables.reduce(0) { $0 + $1.status.supersededRows }
    let isRead = if case .read = observed { true } else { false }
    let facts = [
      Fact("Archive’s lineage", survey.lineage?.id ?? "none yet"),
      Fact("Begun at", survey.lineage.map { $0.createdAt } ?? "–"),
      Fact("Workspace", spec.source.workspace),
      Fact("Store", storeURL),
      Fact(
        "Manifest",
        "container \(spec.destination.manifest), \(Quantity.of(segments.count, "file")), \(Quantity.bytes(segments.reduce(0) { $0 + $1.value.size }))"
      ),
      Fact("Manifest rows no longer in force", Quantity.exact(superseded)),
      Fact("Spec", specFile),
      Fact(
        "Made",
        "\(asOf.iso8601), by logexport \(version), from the manifest\(isRead ? " and Azure Resource Manager" : " alone"): no blob was read and no row counted"
      ),
    ]
    let files = segments.map { segment, blob in
      Markup(
        "<tr><td><code>\(segment.name)</code></td><td class=\"n\">\(Quantity.exact(blob.size))</td><td>\(Quantity.point(Tick(unixSeconds: blob.lastModified.unixSeconds)))</td></tr>\n"
      )
    }
    let details: Markup =
      files.isEmpty
      ? ""
      : """
      <details><summary>Files of the manifest</summary>
      <div class="scroll" role="region" aria-label="Files of the manifest" tabindex="0"><table class="narrow">
      <thead><tr><th scope="col">Blob</th><th class="n" scope="col">Bytes</th><th scope="col">Last written</th></tr></thead>
      <tbody>
      \(files)</tbody>
      </table></div></details>

      """
    return section("provenance", "Where this comes from", "\(list(facts))\(details)")
  }
}
