internal import Export
internal import ExportSpec
internal import Planning

/// Whether Resource Manager lets this identity see what the spec declares of the resources, and what differs.
enum ResourceCheck {
  /// One line for the workspace's tables, one for the posture; none where the spec names no resource.
  ///
  /// `storageKey` is the variable that signs for the store by an account key.
  static func perform(
    _ resources: (any ResourceStore)?, _ spec: ExportSpec, storageKey: String?
  ) async -> [Check] {
    guard let resources else { return [] }
    var checks: [Check] = []
    if spec.source.resource != nil { checks.append(await tables(resources, spec)) }
    if spec.declaresPosture { checks.append(await posture(resources, spec, storageKey)) }
    return checks
  }

  private static func tables(_ resources: any ResourceStore, _ spec: ExportSpec) async -> Check {
    do throws(ResourceError) {
      let facts = try await resources.tables(spec) ?? [:]
      let missing = spec.tables.map(\.name).filter { facts[$0] == nil }
      guard missing.isEmpty else {
        return .warning(
          "plans", "the workspace lists no table \(missing.joined(separator: ", "))",
          remedy: "Check their names; of a table that is not listed, plan and retention are the spec's.")
      }
      return .ok("plans", "plan and retention of \(Quantity.of(spec.tables.count, "table")) are the workspace's")
    } catch {
      return .warning(
        "plans", "plans and retention of tables cannot be read: \(error.message.prefix { !$0.isNewline })",
        remedy: "The role Log Analytics Reader on the workspace lets them be read; else those of the spec are taken.")
    }
  }

  private static func posture(
    _ resources: any ResourceStore, _ spec: ExportSpec, _ storageKey: String?
  ) async -> Check {
    do throws(ResourceError) {
      let plan = PosturePlanner.plan(spec, try await resources.observe(spec), storageKey: storageKey)
      if plan.isEmpty { return .ok("resources", "they are what the spec declares") }
      let named = Set(plan.changes.map(\.property)).sorted().joined(separator: ", ")
      guard plan.refusals.isEmpty else {
        return .failed(
          "resources", "they are not what the spec declares: \(named)",
          remedy:
            "Nothing is exported while they differ; `logexport plan` shows each. Mend them, or set manage: enforce.",
          code: .posture)
      }
      return .warning(
        "resources", "apply will change \(named)", remedy: "`logexport plan` shows each, before and after.")
    } catch {
      return .failed("resources", error)
    }
  }
}
