internal import ExportSpec

/// Each container's own policies: that it is private, and for how long its blobs cannot be changed.
///
/// The manifest's container takes protected appends, which is all that the manifest needs: its lineage and its
/// segments are created once, rows are appended. In the tables' containers blobs are created and never overwritten;
/// those that a later generation replaces stay there as superseded until the policy lets them go. The lock's
/// container has no policy, as its blob's metadata is rewritten.
extension PosturePlanner {
  mutating func containers() {
    let immutable = spec.retention?.immutableFor?.wholeDays
    let isPrivate = spec.network.map { !$0.anonymousAccess } ?? false
    guard spec.destination.resource != nil else { return }
    guard let containers = state.containers else {
      guard immutable != nil || isPrivate else { return }
      return noteUnread(accountTitle, immutable == nil ? "network.anonymousAccess" : "retention.immutableFor")
    }
    for name in ownContainers {
      if let container = containers[name], let archive = foreignArchive(name, container, in: containers) {
        refuse(name, of: archive)
        continue
      }
      if isPrivate, containers[name]?.isPublic == true {
        note(
          "container \(name)", "network.anonymousAccess", "public", "private", step: .makePrivate(container: name))
      }
      guard let immutable else { continue }
      // What does not exist cannot have a policy, and what is only checked is not given one.
      if mode == .check, containers[name] == nil {
        plan.unchecked.append(name)
      } else {
        immutability(of: name, containers[name]?.immutability, days: immutable)
      }
    }
    warnOfUnbound(containers)
    guard !plan.unchecked.isEmpty, let immutable else { return }
    plan.remarks.append(
      "\(plan.unchecked.count == 1 ? "Container" : "Containers") \(plan.unchecked.joined(separator: ", ")) will be made by apply, which writes nothing there until they are immutable for \(dayText(immutable)); they are only checked (manage: check)."
    )
  }

  /// Extensions of a locked policy (storage/blobs/immutable-time-based-retention-policy-overview).
  private static let mostExtensions = 5

  private mutating func immutability(of name: String, _ present: ImmutabilityState?, days: Int) {
    let title = "container \(name)"
    let isLocked = present?.isLocked ?? false
    let appends = name == spec.destination.manifest
    // Whether a locked policy takes appends cannot be changed.
    let mayAppend = isLocked ? present?.allowsAppends ?? false : appends || present?.allowsAppends ?? false
    let tightened = max(days, present?.days ?? 0)
    let step = ResourceStep.immutability(container: name, days: tightened, allowsAppends: mayAppend)
    let isSpent = isLocked && present.map { $0.extensions >= Self.mostExtensions } ?? false
    if let present, present.days > days {
      plan.remarks.append(
        "\(title) is immutable for \(dayText(present.days)), the spec says \(days); kept, as immutability is only tightened."
      )
    } else if present?.days != days {
      note(
        title, "retention.immutableFor", present.map { "\($0.days)d" }, "\(days)d",
        warnings: isLocked ? [.irreversible] : [], step: isSpent ? nil : step,
        remark: isSpent
          ? "A locked policy can be extended five times, and this one was: declare the days that it has, or choose another container."
          : isLocked ? "A locked policy can be extended five times, and not taken back." : nil)
    }
    if appends, let present, !present.allowsAppends {
      note(
        title, "retention.immutableFor", "without appends", "with protected appends", step: isLocked ? nil : step,
        remark: isLocked ? "The policy is locked without appends: choose another container for the manifest." : nil)
    }
    guard let retention = spec.retention else { return }
    if retention.locked, !isLocked {
      note(
        title, "retention.locked", "false", "true", warnings: [.irreversible],
        step: .lockImmutability(container: name, days: tightened))
    } else if !retention.locked, isLocked {
      plan.remarks.append("\(title): its immutability policy is locked, which cannot be undone.")
    }
  }
}

// MARK: - Whose containers they are

extension PosturePlanner {
  /// The other archive that a container is bound to; nil where it is bound to this one, or to none.
  ///
  /// This archive is the one that the manifest's container is bound to, which is bound before any other.
  private func foreignArchive(
    _ name: String, _ container: ContainerState, in containers: [String: ContainerState]
  ) -> String? {
    guard let lineage = container.lineage else { return nil }
    let own = containers[spec.destination.manifest]?.lineage
    let isOwn = lineage == own && (container.workspace.map { $0 == spec.source.workspace } ?? true)
    return isOwn ? nil : lineage
  }

  private mutating func refuse(_ name: String, of archive: String) {
    note(
      "container \(name)", "destination", "archive \(archive)", "this archive", mode: .enforce, step: nil,
      remark:
        "It is bound to another archive, or this archive's manifest is gone: choose another container, or bring the manifest back with logexport manifest rebuild."
    )
  }

  /// Containers that were there before, which may hold anybody's blobs, and are given a policy or a rule.
  private mutating func warnOfUnbound(_ containers: [String: ContainerState]) {
    for name in ownContainers where containers[name].map({ $0.lineage == nil }) ?? false {
      let isChanged = plan.changes.contains { change in
        switch change.step {
        case .immutability(name, _, _), .lockImmutability(name, _): true
        case .lifecycle(let rules): rules.contains { $0.prefixes.contains("\(name)/") }
        default: false
        }
      }
      guard isChanged else { continue }
      plan.cautions.append(
        "container \(name) exists and is bound to no archive: what is declared of retention counts for all blobs in it, whoever wrote them."
      )
    }
  }
}
