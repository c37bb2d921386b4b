internal import ExportSpec
package import Timeline

/// What becomes of the resources: all that differs, in the order in which it is mended.
package struct PosturePlan: Sendable, Equatable {
  package var changes: [ResourceChange]
  /// What a person should know and nothing is done about, such as rules that let others in.
  package var remarks: [String]
  /// What others do to the archive's blobs against the spec, and this program leaves to them: needs attention.
  package var cautions: [String]

  /// Why no rule lets anyone in, and what does; nil where the account's network rules apply.
  package var closure: String?
  /// When the latest of the roles that are held was granted; nil where that is not known.
  package var latestGrant: Tick?

  /// Containers that are only checked and are not there yet, by their names: apply makes them, and looks then.
  package var unchecked: [String] = []

  package init(changes: [ResourceChange] = [], remarks: [String] = [], cautions: [String] = []) {
    self.changes = changes
    self.remarks = remarks
    self.cautions = cautions
  }

  /// Nothing differs.
  package static let nothing = PosturePlan()
}

extension PosturePlan {
  /// How long an assignment of a role may take to act (role-based-access-control/troubleshooting: up to 10 minutes).
  package static let grantDelay = Timespan.minute * 10

  /// Whether a role was granted so shortly before `now` that it may not act yet.
  package func isGrantFresh(at now: Tick) -> Bool { latestGrant.map { now - $0 < Self.grantDelay } ?? false }

  /// Whether nothing differs; what is remarked upon is no difference.
  package var isEmpty: Bool { changes.isEmpty }

  /// What differs and is not mended, because it is only checked or cannot be: while there is any, nothing is written.
  package var refusals: [ResourceChange] { changes.filter { $0.step == nil } }

  /// All that needs more than an ordinary approval of what is done.
  package var warnings: Set<ResourceChange.Warning> {
    changes.filter { $0.step != nil }.reduce(into: []) { $0.formUnion($1.warnings) }
  }

  /// What is done and in which order, each with the changes that it brings about.
  ///
  /// Changes that one request makes are one step: all those of the network rules, and equal ones.
  package var steps: [(step: ResourceStep, changes: [ResourceChange])] {
    var steps: [(step: ResourceStep, changes: [ResourceChange])] = []
    for change in changes {
      guard let step = change.step else { continue }
      if let index = steps.firstIndex(where: { $0.step == step }) {
        steps[index].changes.append(change)
      } else if case .networkRules(let more) = step, let index = steps.firstIndex(where: { $0.step.changesRules }),
        case .networkRules(let rules) = steps[index].step
      {
        steps[index].step = .networkRules(rules + more)
        steps[index].changes.append(change)
      } else {
        steps.append((step, [change]))
      }
    }
    return steps
  }
}

extension ResourceStep {
  /// Whether it changes who may reach the account.
  package var changesRules: Bool {
    if case .networkRules = self { true } else { false }
  }

  /// Whether it may shut out somebody who was let in.
  package var narrowsRules: Bool {
    guard case .networkRules(let change) = self else { return false }
    return change.defaultAction == .deny || change.bypass != nil || !change.removeAddresses.isEmpty
      || !change.removeSubnets.isEmpty
  }
}

extension NetworkRulesChange {
  /// Both at once; they do not touch the same rule.
  package static func + (left: Self, right: Self) -> Self {
    NetworkRulesChange(
      defaultAction: right.defaultAction ?? left.defaultAction, bypass: right.bypass ?? left.bypass,
      addAddresses: left.addAddresses + right.addAddresses, addSubnets: left.addSubnets + right.addSubnets,
      removeAddresses: left.removeAddresses + right.removeAddresses,
      removeSubnets: left.removeSubnets + right.removeSubnets)
  }
}
