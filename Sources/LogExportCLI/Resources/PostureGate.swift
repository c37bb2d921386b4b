internal import ExportSpec
internal import Planning

/// What must hold of the resources before anything is written.
enum PostureGate {
  /// Throws with code 4 where something differs that is not mended, or where a change was not allowed.
  static func check(_ posture: PosturePlan, _ arguments: Arguments) throws(CommandFailure) {
    if !posture.refusals.isEmpty {
      throw CommandFailure(
        .posture,
        "the resources are not what the spec declares, so nothing was written\n" + lines(posture.refusals)
          + remedy(posture.refusals, arguments))
    }
    for (flag, warnings, deed) in flags where !arguments.has(flag) {
      let changes = posture.changes.filter { !$0.warnings.isDisjoint(with: warnings) }
      guard changes.isEmpty else {
        throw CommandFailure(
          .posture,
          "\(deed), so nothing was written\n" + lines(changes) + "  If that is meant, add --\(flag).")
      }
    }
  }

  /// Throws with code 4 where the containers that this run has made do not have what the spec only checks.
  static func check(new posture: PosturePlan) throws(CommandFailure) {
    guard !posture.refusals.isEmpty else { return }
    throw CommandFailure(
      .posture,
      "the containers were made and are not what the spec declares, so nothing was written into them\n"
        + lines(posture.refusals)
        + "  Give them their policies by hand or by Terraform, and apply again; or let apply do it: manage: enforce.")
  }

  /// The flags that allow a change, what they allow, and what it does.
  private static let flags: [(flag: String, warnings: Set<ResourceChange.Warning>, deed: String)] = [
    ("approve-widening", [.widens, .shortens], "this would widen access or shorten retention"),
    ("approve-irreversible", [.irreversible], "this could not be undone"),
  ]

  private static func lines(_ changes: [ResourceChange]) -> String {
    changes.map { change in
      let remark = change.remark.map { " (\($0))" } ?? ""
      return
        "  \(change.resource): \(change.property) is \(change.before ?? "not set"), the spec says \(change.after ?? "nothing")\(remark)\n"
    }.joined()
  }

  private static func remedy(_ refusals: [ResourceChange], _ arguments: Arguments) -> String {
    if Scope(arguments) == .slices {
      return "  Mend them with an identity that may: logexport apply --only resources."
    }
    return refusals.contains { $0.mode == .check }
      ? "  Mend them by hand or by Terraform, or let apply do it: manage: enforce." : "  Mend them by hand."
  }
}
