package import ExportSpec
internal import Timeline

/// Compares what a spec declares of its resources with what was seen of them.
///
/// Pure. What the spec does not declare is neither checked nor changed; what it declares and nobody has read
/// is taken for a difference that cannot be mended, so that nothing is written on a guess.
package struct PosturePlanner {
  let spec: ExportSpec
  let state: ResourceState
  /// Containers that hold blobs of this archive already; those that exist, where nobody knows better.
  let archived: Set<String>
  /// What this run signs for storage by, where that is a key of the account.
  let storageKey: String?
  var plan = PosturePlan()

  /// What differs, in the order in which it is mended.
  package static func plan(
    _ spec: ExportSpec, _ state: ResourceState, archived: Set<String> = [], storageKey: String? = nil
  ) -> PosturePlan {
    var planner = PosturePlanner(spec: spec, state: state, archived: archived, storageKey: storageKey)
    planner.virtualNetwork()
    planner.grants()
    planner.account()
    planner.softDelete()
    planner.lifecycle()
    planner.containers()
    return planner.plan
  }
}

extension PosturePlanner {
  /// Governs whatever is declared of the account and of the virtual network; retention alone is checked.
  var mode: PostureMode { spec.network?.manage ?? .check }

  var accountTitle: String { "storage account \(spec.destination.resource.map(resourceName) ?? "of the spec")" }

  /// The containers of the spec: the manifest's, and each table's.
  var ownContainers: [String] {
    var seen: Set<String> = []
    return ([spec.destination.manifest] + spec.tables.map(\.container)).filter { seen.insert($0).inserted }
  }

  /// Notes a difference; a step counts only where the spec has differences mended.
  mutating func note(
    _ resource: String, _ property: String, _ before: String?, _ after: String?,
    warnings: Set<ResourceChange.Warning> = [], mode: PostureMode? = nil, step: ResourceStep?, remark: String? = nil
  ) {
    let mode = mode ?? self.mode
    plan.changes.append(
      ResourceChange(
        resource: resource, property: property, before: before, after: after, warnings: warnings, mode: mode,
        step: mode == .enforce ? step : nil, remark: remark))
  }

  /// Notes that something declared was not read.
  mutating func noteUnread(_ resource: String, _ property: String, mode: PostureMode? = nil) {
    note(resource, property, nil, nil, mode: mode, step: nil, remark: "It could not be read.")
  }

  /// The roles that the spec's principal lacks.
  private mutating func grants() {
    guard let access = spec.access else { return }
    guard let grants = state.grants else { return noteUnread(accountTitle, "access", mode: access.manage) }
    plan.latestGrant = grants.values.compactMap(\.since).max()
    for grant in Grant.allCases {
      let held = grants[grant]
      if held?.isConditional == false { continue }
      let place =
        switch grant {
        case .storageContributor: accountTitle
        case .workspaceReader: "workspace \(spec.source.resource.map(resourceName) ?? spec.source.workspace)"
        }
      guard held == nil else {
        // To grant it as a whole would undo what somebody has limited on purpose.
        plan.remarks.append(
          "\(place): \(access.principal) holds the role \(grant.role) only under a condition, which is taken to let the export through; where it does not, requests are refused with 403."
        )
        continue
      }
      note(
        place, "access", nil, "\(grant.role) for \(access.principal)", warnings: [.widens], mode: access.manage,
        step: .grant(grant))
    }
  }

  /// How long deleted blobs are kept.
  private mutating func softDelete() {
    guard let declared = spec.retention?.softDelete?.wholeDays, spec.destination.resource != nil else { return }
    guard let service = state.blobService else { return noteUnread(accountTitle, "retention.softDelete") }
    guard service.softDeleteDays != declared else { return }
    let isShorter = service.softDeleteDays.map { $0 > declared } ?? false
    note(
      accountTitle, "retention.softDelete", service.softDeleteDays.map { "\($0)d" }, "\(declared)d",
      warnings: isShorter ? [.shortens] : [], step: .softDelete(days: declared))
  }
}

extension Grant {
  /// The role's name.
  package var role: String {
    switch self {
    case .storageContributor: "Storage Blob Data Contributor"
    case .workspaceReader: "Log Analytics Data Reader"
    }
  }
}

/// `1 day`, `30 days`.
func dayText(_ count: Int) -> String { "\(count) \(count == 1 ? "day" : "days")" }

extension Timespan {
  /// Whole days, as policies count.
  var wholeDays: Int { Int(ticks / Timespan.day.ticks) }
}
