internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

/// What the spec declares of the account and the networks, and what was seen of it.
extension ReportPage {
  var posture: Markup {
    let facts = retentionFacts + networkFacts + accessFacts
    guard let posture = observed.posture(spec) else {
      return section("posture", "Posture", "<p>This is what the spec declares. \(unverified)</p>\n\(list(facts))")
    }
    let checked = facts.map { fact in
      let (kind, verdict) = fact.property.map(posture.verdict) ?? ("quiet", "")
      return Markup(
        "<dt>\(fact.name)</dt><dd>\(fact.value)</dd><dd class=\"\(kind)\">\(verdict)</dd>\n")
    }
    return section(
      "posture", "Posture",
      "\(summary(posture))\n<dl class=\"facts checked\">\n\(checked)</dl>\n\(differences(posture))\(unread(posture))\(remarks(posture))"
    )
  }

  /// What of the posture needs attention.
  var postureNotes: [Markup] {
    guard let posture = observed.posture(spec) else { return [] }
    var notes: [Markup] = []
    if !posture.differing.isEmpty {
      notes.append(
        "<li class=\"bad\"><strong>Posture</strong>: the resources differ from what is declared in \(Quantity.of(posture.differing.count, "property")).</li>\n"
      )
    }
    if !posture.unread.isEmpty || !posture.plan.unchecked.isEmpty {
      notes.append(
        "<li class=\"warn\"><strong>Posture</strong>: not all that the spec declares could be verified.</li>\n")
    }
    return notes + posture.plan.cautions.map { Markup("<li class=\"warn\"><strong>Posture</strong>: \($0)</li>\n") }
  }

  /// Why nothing of it was read.
  private var unverified: Markup {
    switch observed {
    case .leftOut: "The resources were not read for this page, so none of it has been verified."
    case .unknown, .read:
      "The spec names no storage account by <code>destination.resource</code>, so none of it could be verified."
    }
  }

  private func summary(_ posture: ObservedPosture) -> Markup {
    let source: Markup =
      "as Azure Resource Manager said at \(Quantity.minute(posture.at)) UTC (\(posture.interfaces.joined(separator: ", ")))"
    if !posture.differing.isEmpty {
      return
        "<p class=\"bad\">This is what the spec declares. The resources differ from it in \(Quantity.of(posture.differing.count, "property")), \(source).</p>"
    }
    if !posture.unread.isEmpty || !posture.plan.unchecked.isEmpty {
      return "<p class=\"warn\">This is what the spec declares. What could be verified is so, \(source).</p>"
    }
    return "<p class=\"good\">This is what the spec declares, and all of it is so, \(source).</p>"
  }

  private func differences(_ posture: ObservedPosture) -> Markup {
    let rows = posture.differing.map { change in
      Markup(
        "<tr><th scope=\"row\">\(change.resource)</th><td><code>\(change.property)</code></td><td>\(change.after ?? "nothing")</td><td>\(change.before ?? "nothing")</td></tr>\n"
      )
    }
    return rows.isEmpty
      ? ""
      : """
      <h3>What differs</h3>
      <div class="scroll" role="region" aria-label="What differs" tabindex="0"><table>
      <thead><tr><th scope="col">Resource</th><th scope="col">Property</th><th scope="col">Declared</th><th scope="col">Observed</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
  }

  private func unread(_ posture: ObservedPosture) -> Markup {
    let items = posture.unread.map { part, error in
      Markup("<dt>\(part.title)</dt><dd>\(error.message.replacing("\n", with: " "))</dd>\n")
    }
    return items.isEmpty ? "" : "<h3>What could not be read</h3>\n<dl class=\"facts\">\n\(items)</dl>\n"
  }

  private func remarks(_ posture: ObservedPosture) -> Markup {
    let remarks = (posture.plan.cautions + posture.plan.remarks).map { Markup("<li>\($0)</li>\n") }
    return remarks.isEmpty ? "" : "<h3>What else was seen</h3>\n<ul class=\"notes\">\n\(remarks)</ul>\n"
  }
}

// MARK: - What is declared

extension ReportPage {
  private var retentionFacts: [Fact] {
    guard let retention = spec.retention else { return [Fact("Retention of blobs", nil)] }
    let ages = [
      (retention.coolAfter, "moved to the cool tier"), (retention.coldAfter, "moved to the cold tier"),
      (retention.archiveAfter, "moved to the archive tier"), (retention.deleteAfter, "deleted"),
    ].compactMap { age, deed in age.map { "\(deed) after \(Self.days($0))" } }
    let immutable = retention.immutableFor.map { Self.days($0) + (retention.locked ? ", locked" : "") }
    return [
      Fact("Blobs are", ages.isEmpty ? nil : ages.joined(separator: ", "), "retention"),
      Fact("Deleted blobs can be brought back for", retention.softDelete.map(Self.days), "retention.softDelete"),
      Fact("Blobs cannot be changed or deleted for", immutable, "retention.immutableFor"),
    ]
  }

  private var networkFacts: [Fact] {
    guard let network = spec.network else { return [Fact("Network rules", nil)] }
    func allowed(_ flag: Bool) -> String { flag ? "allowed" : "not allowed" }
    let bypass = network.bypass.map { $0.isEmpty ? "none" : $0.map(\.rawValue).sorted().joined(separator: ", ") }
    var facts = [
      Fact("Anonymous access", allowed(network.anonymousAccess), "network.anonymousAccess"),
      Fact("Least version of TLS", network.minTls, "network.minTls"),
      Fact("Plain HTTP", allowed(!network.httpsOnly), "network.httpsOnly"),
      Fact("The account’s keys", network.sharedKey.map(allowed), "network.sharedKey"),
      Fact(
        "Callers that no rule names", network.defaultAction.map { $0 == .deny ? "denied" : "allowed" },
        "network.default"),
      Fact("Services that pass the rules", bypass, "network.bypass"),
      Fact("Subnets", network.subnets?.joined(separator: ", "), "network.allow.subnets"),
      Fact("Addresses", network.addresses?.joined(separator: ", "), "network.allow.ips"),
    ]
    if let job = network.virtualNetwork {
      facts.append(
        Fact(
          "The job’s network",
          [resourceName(job.resource), job.subnet.map { "subnet \($0.name), \($0.prefix)" }].compactMap(\.self)
            .joined(separator: ", "), "network.virtualNetwork"))
    }
    return facts
  }

  private var accessFacts: [Fact] {
    guard let access = spec.access else { return [] }
    return [
      Fact(
        "The exporting identity", "\(access.principal): \(Grant.allCases.map(\.role).joined(separator: ", "))",
        "access")
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
    /// What of the posture it declares, as a spec names it; nil where nothing is declared.
    var property: String?

    init(_ name: String, _ value: String?, _ property: String? = nil) {
      self.name = name
      self.value = value ?? "not declared"
      self.property = value == nil ? nil : property
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
