internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

// MARK: - What is declared, and where it all comes from

extension ReportPage {
  /// What the spec declares of the account; the account itself is not read.
  var posture: Markup {
    var facts: [Fact] = []
    if let retention = spec.retention {
      facts += [
        Fact("Blobs are deleted after", retention.deleteAfter.map(Self.days) ?? "never"),
        Fact("Blobs move to the cool tier after", retention.coolAfter.map(Self.days) ?? "never"),
        Fact("Deleted blobs can be brought back for", retention.softDelete.map(Self.days) ?? "not declared"),
        Fact("Blobs cannot be changed or deleted for", retention.immutableFor.map(Self.days) ?? "not declared"),
      ]
    } else {
      facts.append(Fact("Retention of blobs", "not declared"))
    }
    if let network = spec.network {
      facts += [
        Fact("Anonymous access", network.anonymousAccess ? "allowed" : "not allowed"),
        Fact("Least version of TLS", network.minTls),
        Fact("Subnets", network.subnets?.joined(separator: "\n") ?? "not declared"),
        Fact("Addresses", network.addresses?.joined(separator: ", ") ?? "not declared"),
      ]
    } else {
      facts.append(Fact("Network rules", "not declared"))
    }
    return section(
      "posture", "Posture",
      "<p>This is what the spec declares. This version of logexport does not read the storage account, so none of it has been verified.</p>\n\(list(facts))"
    )
  }

  /// The archive's identity, and how the page was made.
  var provenance: Markup {
    let segments = survey.segments.sorted { $0.key < $1.key }
    let superseded = tables.reduce(0) { $0 + $1.status.supersededRows }
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
        "Made", "\(asOf.iso8601), by logexport \(version), from the manifest alone: no blob was read and no row counted"
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

  private struct Fact {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  private func list(_ facts: [Fact]) -> Markup {
    let items = facts.map { Markup("<dt>\($0.name)</dt><dd>\($0.value)</dd>\n") }
    return "<dl class=\"facts\">\n\(items)</dl>\n"
  }

  private func section(_ id: String, _ title: String, _ content: Markup) -> Markup {
    "<section aria-labelledby=\"\(id)\">\n<h2 id=\"\(id)\">\(title)</h2>\n\(content)</section>\n"
  }

  private static func days(_ span: Timespan) -> String {
    Quantity.of(Int(span.ticks / Timespan.day.ticks), "day")
  }
}
