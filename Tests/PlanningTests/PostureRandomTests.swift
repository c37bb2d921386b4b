import ExportSpec
import Planning
import TestSupport
import Testing
import Timeline

/// Specs and resources by chance: what any plan of them must keep to.
@Suite struct PostureRandomTests {
  private static let containers = ["manifest", "logs-a", "logs-b", "logs-c"]

  private func some<Value>(_ values: [Value], _ random: inout SplitMix64) -> [Value] {
    values.filter { _ in Bool.random(using: &random) }
  }

  private func spec(_ random: inout SplitMix64) -> ExportSpec {
    func days() -> Timespan? { [nil, .day, .day * 10, .day * 30].randomElement(using: &random) ?? nil }
    var retention = RetentionPolicy(
      deleteAfter: days(), coolAfter: days(), softDelete: days(), immutableFor: days())
    retention.locked = retention.immutableFor != nil && Bool.random(using: &random)
    var network = NetworkPolicy(manage: .enforce)
    network.anonymousAccess = .random(using: &random)
    network.httpsOnly = .random(using: &random)
    network.sharedKey = [nil, true, false].randomElement(using: &random) ?? nil
    network.defaultAction = [nil, .allow, .deny].randomElement(using: &random) ?? nil
    if Bool.random(using: &random) { network.bypass = Set(some(BypassedService.allCases, &random)) }
    if Bool.random(using: &random) { network.addresses = some(["203.0.113.1", "203.0.113.2"], &random) }
    if Bool.random(using: &random) { network.subnets = some(["x", "y"].map(Resources.subnet), &random) }
    network.others = OtherRules.allCases.randomElement(using: &random) ?? .keep
    if Bool.random(using: &random) {
      network.virtualNetwork = VirtualNetworkPolicy(
        resource: Resources.network, location: "westeurope", addressSpace: ["10.20.0.0/16"],
        subnet: SubnetPolicy(name: "jobs", prefix: "10.20.1.0/24"),
        securityGroup: SecurityGroupPolicy(
          resource: Resources.group, rules: some(rules(.allow) + rules(.deny), &random)))
    }
    return Resources.spec(
      tables: some(["a", "b", "c"], &random), retention: Bool.random(using: &random) ? retention : nil,
      network: network, access: AccessPolicy(principal: "p", manage: .enforce))
  }

  private func rules(_ access: NetworkAction) -> [SecurityRulePolicy] {
    SecurityRulePolicy.Direction.allCases.enumerated().map { index, direction in
      SecurityRulePolicy(
        name: "\(direction)-\(access)", priority: access == .allow ? 100 : 200, direction: direction, access: access)
    }
  }

  private func resources(_ random: inout SplitMix64) -> Resources {
    var resources = Resources.open()
    resources.state.account = AccountState(
      anonymousAccess: .random(using: &random), minTls: ["1.0", "1.2"].randomElement(using: &random) ?? "1.0",
      httpsOnly: .random(using: &random), sharedKey: .random(using: &random), publicNetworkAccess: "Enabled",
      rules: NetworkRules(
        defaultAction: NetworkAction.allCases.randomElement(using: &random) ?? .allow,
        bypass: Set(some(BypassedService.allCases, &random)),
        addresses: some(["203.0.113.1", "198.51.100.7"], &random),
        subnets: some(["x", "guests"].map { Resources.subnet($0).uppercased() }, &random)))
    resources.state.blobService = BlobServiceState(
      softDeleteDays: [nil, 5, 20].randomElement(using: &random) ?? nil)
    resources.state.containers = [:]
    for name in some(Self.containers, &random) {
      var policy: ImmutabilityState?
      if Bool.random(using: &random) {
        policy = ImmutabilityState(
          days: .random(in: 1...40, using: &random), isLocked: .random(using: &random),
          allowsAppends: .random(using: &random))
      }
      resources.state.containers?[name] = ContainerState(isPublic: .random(using: &random), immutability: policy)
    }
    resources.state.lifecycle = some(
      [
        LifecycleRule(
          name: "logexport-soc", isEnabled: .random(using: &random), prefixes: ["logs-a/", "logs-old/"],
          deleteAfter: [10, 30].randomElement(using: &random) ?? nil),
        LifecycleRule(
          name: "logexport2-soc", prefixes: ["logs-b/"], coolAfter: 3,
          others: some(["enableAutoTierToHotFromCool"], &random)),
        LifecycleRule(name: "theirs", prefixes: ["logs-"], deleteAfter: 5, others: ["blobIndexMatch"]),
        LifecycleRule(name: "logexport-other-soc", prefixes: ["other/"], deleteAfter: 5),
      ], &random)
    if Bool.random(using: &random) {
      resources.state.virtualNetwork = .present(
        VirtualNetworkState(
          addressSpace: [["10.0.0.0/8", "192.168.0.0/24"].randomElement(using: &random) ?? ""],
          subnets: Bool.random(using: &random)
            ? [:]
            : [
              "jobs": SubnetState(
                prefix: "10.20.1.0/24", serviceEndpoints: Set(some(["Microsoft.Storage", "Microsoft.Sql"], &random)),
                securityGroup: [nil, "/their/group", Resources.group].randomElement(using: &random) ?? nil)
            ]))
      resources.state.securityGroup = .present(
        SecurityGroupState(
          rules: some(rules(.allow) + rules(.deny), &random).map { rule in
            var rule = rule
            rule.ports = Bool.random(using: &random) ? ["*"] : ["22"]
            return rule
          } + [SecurityRulePolicy(name: "theirs", priority: 300, direction: .inbound, access: .allow)]))
    }
    resources.state.grants = Dictionary(uniqueKeysWithValues: some(Grant.allCases, &random).map { ($0, HeldGrant()) })
    return resources
  }

  @Test func `after all steps nothing differs but what cannot be mended`() {
    trials { spec, before, after, plan, seed in
      let again = PosturePlanner.plan(spec, after.state, archived: Set(Self.containers))
      #expect(again.steps.isEmpty, "seed \(seed): \(again.changes)")
      #expect(again.refusals == plan.refusals, "seed \(seed)")
      #expect(plan.refusals.allSatisfy { $0.remark != nil }, "seed \(seed)")
    }
  }

  @Test func `nothing is opened that is not marked`() throws {
    trials { _, before, _, plan, seed in
      let after = before.after(plan.changes.filter { !$0.warnings.contains(.widens) })
      guard let old = before.state.account, let new = after.state.account else { return }
      #expect(old.anonymousAccess || !new.anonymousAccess, "seed \(seed)")
      #expect(old.httpsOnly != true || new.httpsOnly == true, "seed \(seed)")
      #expect(old.sharedKey || !new.sharedKey, "seed \(seed)")
      #expect(old.minTls <= new.minTls, "seed \(seed)")
      if old.rules.defaultAction == .deny {
        #expect(new.rules.defaultAction == .deny, "seed \(seed)")
        #expect(new.rules.bypass.isSubset(of: old.rules.bypass), "seed \(seed)")
        #expect(Set(new.rules.addresses).isSubset(of: old.rules.addresses), "seed \(seed)")
        #expect(Set(new.rules.subnets).isSubset(of: old.rules.subnets), "seed \(seed)")
      }
      // One step sets all rules of the group.
      guard !plan.warnings.contains(.widens) else { return }
      if case .present(let old) = before.state.securityGroup, case .present(let new) = after.state.securityGroup {
        for rule in new.rules where rule.access == .allow { #expect(old.rules.contains(rule), "seed \(seed)") }
        // A denial is kept, or one of more takes its place.
        for rule in old.rules where rule.access == .deny {
          let kept = new.rules.contains {
            $0.name == rule.name && $0.access == .deny && [rule.ports, ["*"]].contains($0.ports)
          }
          #expect(kept, "seed \(seed)")
        }
      }
    }
  }

  @Test func `no blob is deleted sooner and no policy locked unless that is marked`() {
    trials { spec, before, _, plan, seed in
      let after = before.after(plan.changes.filter(\.warnings.isEmpty))
      if let old = before.state.blobService?.softDeleteDays {
        #expect(after.state.blobService?.softDeleteDays ?? 0 >= old, "seed \(seed)")
      }
      for table in spec.tables {
        let old = deletion(of: table.container, before)
        #expect(deletion(of: table.container, after) >= old, "seed \(seed): \(table.container)")
      }
      for name in Self.containers {
        guard let old = before.state.containers?[name]?.immutability else { continue }
        guard let new = after.state.containers?[name]?.immutability else {
          Issue.record("seed \(seed): \(name) lost its policy")
          continue
        }
        #expect(new.days >= old.days && (new.isLocked || !old.isLocked), "seed \(seed)")
        #expect(!new.isLocked || (old.isLocked && new.days == old.days), "seed \(seed)")
      }
    }
  }

  @Test func `what others made is never lost`() {
    trials { spec, before, after, _, seed in
      let theirs = (before.state.lifecycle ?? []).filter { ["theirs", "logexport-other-soc"].contains($0.name) }
      for rule in theirs { #expect(after.state.lifecycle?.contains(rule) == true, "seed \(seed)") }
      // A container that the spec no longer names keeps its ages.
      #expect(deletion(of: "logs-old", after) == deletion(of: "logs-old", before), "seed \(seed)")
      if spec.network?.others == .keep, let old = before.state.account?.rules, let new = after.state.account?.rules {
        #expect(Set(old.addresses).isSubset(of: new.addresses), "seed \(seed)")
        #expect(Set(old.subnets).isSubset(of: new.subnets), "seed \(seed)")
      }
      if case .present(let old) = before.state.securityGroup, case .present(let new) = after.state.securityGroup {
        let declared = spec.network?.virtualNetwork?.securityGroup?.rules.map(\.name) ?? []
        for rule in old.rules where !declared.contains(rule.name) {
          #expect(new.rules.contains(rule), "seed \(seed)")
        }
      }
    }
  }

  /// The day on which the archive's own rules delete the blobs of a container.
  private func deletion(of container: String, _ resources: Resources) -> Int {
    let rules = (resources.state.lifecycle ?? []).filter {
      ["logexport-soc", "logexport2-soc", "logexport3-soc"].contains($0.name) && $0.isEnabled
        && $0.prefixes.contains(container + "/")
    }
    return rules.compactMap(\.deleteAfter).min() ?? .max
  }

  private func trials(_ check: (ExportSpec, Resources, Resources, PosturePlan, UInt64) -> Void) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let spec = spec(&random)
      let before = resources(&random)
      let plan = PosturePlanner.plan(spec, before.state, archived: Set(Self.containers))
      var after = before
      for (step, _) in plan.steps { after.perform(step) }
      check(spec, before, after, plan, seed)
    }
  }
}
