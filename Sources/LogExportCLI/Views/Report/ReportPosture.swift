internal import ExportSpec
internal import Planning
internal import Timeline

/// What the spec declares of the account and the networks, and what was seen of it.
extension ReportPage {
  var posture: Markup {
    section("posture", "Posture", "\(verdict)\n\(list(retentionFacts + networkFacts + accessFacts))\(differences)")
  }

  private var verdict: Markup {
    guard let observed else {
      return
        "<p>This is what the spec declares. The storage account was not read for this page, so none of it has been verified.</p>"
    }
    let plan = PosturePlanner.plan(spec, observed)
    if plan.isEmpty {
      return "<p class=\"good\">This is what the spec declares, and all of it is so, as Resource Manager says.</p>"
    }
    return
      "<p class=\"bad\">This is what the spec declares. Of \(Quantity.of(plan.changes.count, "property")) Resource Manager says otherwise.</p>"
  }

  /// A line for each property that differs, and what else was seen.
  private var differences: Markup {
    guard let observed else { return "" }
    let plan = PosturePlanner.plan(spec, observed)
    let rows = plan.changes.map { change in
      Markup(
        "<tr><th scope=\"row\">\(change.resource)</th><td><code>\(change.property)</code></td><td>\(change.after ?? "nothing")</td><td>\(change.before ?? "nothing")</td></tr>\n"
      )
    }
    let table: Markup =
      rows.isEmpty
      ? ""
      : """
      <h3>What differs</h3>
      <div class="scroll" role="region" aria-label="What differs" tabindex="0"><table>
      <thead><tr><th scope="col">Resource</th><th scope="col">Property</th><th scope="col">Declared</th><th scope="col">Observed</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
    let remarks = (plan.cautions + plan.remarks).map { Markup("<li>\($0)</li>\n") }
    return remarks.isEmpty ? table : "\(table)<ul class=\"notes\">\n\(remarks)</ul>\n"
  }
}

// MARK: - What is declared

extension ReportPage {
  private var retentionFacts: [Fact] {
    guard let retention = spec.retention else { return [Fact("Retention of blobs", "not declared")] }
    let immutable = retention.immutableFor.map { Self.days($0) + (retention.locked ? ", locked" : "") }
    return [
      Fact("Blobs are deleted after", retention.deleteAfter.map(Self.days) ?? "never"),
      Fact("Blobs move to the cool tier after", retention.coolAfter.map(Self.days) ?? "never"),
      Fact("Blobs move to the cold tier after", retention.coldAfter.map(Self.days) ?? "never"),
      Fact("Blobs move to the archive tier after", retention.archiveAfter.map(Self.days) ?? "never"),
      Fact("Deleted blobs can be brought back for", retention.softDelete.map(Self.days) ?? "not declared"),
      Fact("Blobs cannot be changed or deleted for", immutable ?? "not declared"),
    ]
  }

  private var networkFacts: [Fact] {
    guard let network = spec.network else { return [Fact("Network rules", "not declared")] }
    func allowed(_ flag: Bool?) -> String { flag.map { $0 ? "allowed" : "not allowed" } ?? "not declared" }
    let bypass = network.bypass.map { $0.isEmpty ? "none" : $0.map(\.rawValue).sorted().joined(separator: ", ") }
    var facts = [
      Fact("Anonymous access", allowed(network.anonymousAccess)),
      Fact("Least version of TLS", network.minTls),
      Fact("Plain HTTP", allowed(!network.httpsOnly)),
      Fact("The account’s keys", allowed(network.sharedKey)),
      Fact(
        "Callers that no rule names", network.defaultAction.map { $0 == .deny ? "denied" : "allowed" } ?? "not declared"
      ),
      Fact("Services that pass the rules", bypass ?? "not declared"),
      Fact("Subnets", network.subnets?.joined(separator: "\n") ?? "not declared"),
      Fact("Addresses", network.addresses?.joined(separator: ", ") ?? "not declared"),
    ]
    if let job = network.virtualNetwork {
      facts.append(
        Fact(
          "The job’s network",
          [resourceName(job.resource), job.subnet.map { "subnet \($0.name), \($0.prefix)" }].compactMap(\.self)
            .joined(separator: ", ")))
    }
    return facts
  }

  private var accessFacts: [Fact] {
    guard let access = spec.access else { return [] }
    return [
      Fact("The exporting identity", "\(access.principal): \(Grant.allCases.map(\.role).joined(separator: ", "))")
    ]
  }

  private static func days(_ span: Timespan) -> String {
    Quantity.of(Int(span.ticks / Timespan.day.ticks), "day")
  }
}

// MARK: - Lists of facts

extension ReportPage {
  /// A name and what is said of it.
  struct Fact {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  func list(_ facts: [Fact]) -> Markup {
    let items = facts.map { Markup("<dt>\($0.name)</dt><dd>\($0.value)</dd>\n") }
    return "<dl class=\"facts\">\n\(items)</dl>\n"
  }

  func section(_ id: String, _ title: String, _ content: Markup) -> Markup {
    "<section aria-labelledby=\"\(id)\">\n<h2 id=\"\(id)\">\(title)</h2>\n\(content)</section>\n"
  }
}
