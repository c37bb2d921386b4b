internal import ExportSpec
internal import Planning

/// What differs of a resource, in the words of every view.
struct ResourceText {
  private let resource: PlanFile.Resource

  init(_ resource: PlanFile.Resource) { self.resource = resource }

  /// `+` for what comes, `-` for what goes, `~` for what changes; `!` for whatever needs attention.
  var symbol: String {
    if needsAttention { return "!" }
    return resource.before == nil ? "+" : resource.after == nil ? "-" : "~"
  }

  /// Whether a person should weigh it: it is not mended, or more than an ordinary change.
  var needsAttention: Bool { !resource.isChanged || !resource.warnings.isEmpty }

  /// `1.0 → 1.2`, or one of them where the other is nothing.
  var values: String {
    switch (resource.before, resource.after) {
    case (let before?, let after?): "\(before) → \(after)"
    case (let before?, nil): symbol == "-" ? before : "\(before) → nothing"
    case (nil, let after?): symbol == "+" ? after : "nothing → \(after)"
    case (nil, nil): ""
    }
  }

  /// Why it needs attention, and what else to know.
  var remarks: [String] {
    var remarks = ResourceChange.Warning.allCases.filter(resource.warnings.contains).map(\.words)
    if !resource.isChanged { remarks.append(resource.mode == .check ? "only checked" : "cannot be changed") }
    if var remark = resource.remark {
      if remark.hasSuffix(".") { remark.removeLast() }
      remarks.append(remark.prefix(1).lowercased() + remark.dropFirst())
    }
    return remarks
  }

  /// Both on one line.
  var line: String { values + (remarks.isEmpty ? "" : "  (\(remarks.joined(separator: "; ")))") }
}

extension ResourceChange.Warning {
  /// For people.
  var words: String {
    switch self {
    case .widens: "widens access"
    case .shortens: "shortens retention"
    case .irreversible: "cannot be undone"
    }
  }
}
