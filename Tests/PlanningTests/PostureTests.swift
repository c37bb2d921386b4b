import ExportSpec
import Planning
import Testing
import Timeline

@Suite struct PostureTests {
  /// `property before → after`, with the warnings behind it, and `!` before what is not mended.
  private func lines(_ plan: PosturePlan) -> [String] {
    plan.changes.map { change in
      let warnings = change.warnings.map(\.rawValue).sorted().map { " (\($0))" }.joined()
      return "\(change.step == nil ? "! " : "")\(change.property) \(change.before ?? "-") → \(change.after ?? "-")"
        + warnings
    }
  }

  private func account(_ change: (inout AccountState) -> Void) -> Resources {
    var resources = Resources.open()
    if var account = resources.state.account {
      change(&account)
      resources.state.account = account
    }
    return resources
  }

  @Test func `a wide-open account is closed, and letting in the job at the same time widens nothing`() {
    let spec = Resources.spec(
      network: NetworkPolicy(
        sharedKey: false, defaultAction: .deny, bypass: [], subnets: [Resources.subnet("jobs")],
        addresses: ["203.0.113.10"], manage: .enforce))
    let plan = PosturePlanner.plan(spec, Resources.open().state)
    #expect(
      lines(plan) == [
        "network.anonymousAccess true → false",
        "network.minTls 1.0 → 1.2",
        "network.httpsOnly false → true",
        "network.sharedKey true → false",
        "network.allow.ips - → 203.0.113.10",
        "network.allow.subnets - → \(Resources.subnet("jobs"))",
        "network.bypass AzureServices → none",
        "network.default allow → deny",
      ])
    #expect(plan.refusals.isEmpty)
    #expect(plan.warnings.isEmpty)
    #expect(plan.changes.allSatisfy { $0.resource == "storage account stsoc" })
  }

  @Test func `keys are not shut off by a run that signs with one`() {
    let spec = Resources.spec(network: NetworkPolicy(sharedKey: false, manage: .enforce))
    func keys(_ storageKey: String?) -> ResourceChange? {
      PosturePlanner.plan(spec, Resources.open().state, storageKey: storageKey).changes
        .first { $0.property == "network.sharedKey" }
    }
    #expect(keys(nil)?.step == .sharedKey(false))
    #expect(keys("AZURE_STORAGE_KEY")?.step == nil)
    #expect(keys("AZURE_STORAGE_KEY")?.remark?.hasPrefix("This run signs with AZURE_STORAGE_KEY, which") == true)
    let shut = account { $0.sharedKey = false }
    let plan = PosturePlanner.plan(spec, shut.state, storageKey: "AZURE_STORAGE_KEY")
    #expect(!plan.changes.contains { $0.property == "network.sharedKey" })
  }

  @Test func `whether HTTPS is asked for is set where the account does not say it`() {
    let resources = account { $0.httpsOnly = nil }
    for (httpsOnly, expected) in [
      (true, "network.httpsOnly - → true"), (false, "network.httpsOnly - → false (widens)"),
    ] {
      let spec = Resources.spec(network: NetworkPolicy(httpsOnly: httpsOnly, manage: .enforce))
      #expect(lines(PosturePlanner.plan(spec, resources.state)).contains(expected))
    }
  }

  @Test func `all changes of the network rules are one request`() {
    let spec = Resources.spec(
      network: NetworkPolicy(
        anonymousAccess: true, minTls: "1.0", httpsOnly: false, defaultAction: .deny, addresses: ["203.0.113.10"],
        others: .remove, manage: .enforce))
    let resources = account { $0.rules.addresses = ["198.51.100.7"] }
    let plan = PosturePlanner.plan(spec, resources.state)
    #expect(
      plan.steps.map(\.step) == [
        .networkRules(
          NetworkRulesChange(
            defaultAction: .deny, addAddresses: ["203.0.113.10"], removeAddresses: ["198.51.100.7"]))
      ])
    #expect(plan.steps.first?.changes.count == 3)
  }

  @Test func `with check everything that differs is a refusal and nothing is a step`() {
    let spec = Resources.spec(
      retention: RetentionPolicy(deleteAfter: .day * 30, softDelete: .day * 7, immutableFor: .day * 7),
      network: NetworkPolicy(defaultAction: .deny, addresses: ["203.0.113.10"]))
    let plan = PosturePlanner.plan(spec, Resources.open().state)
    #expect(plan.steps.isEmpty)
    #expect(plan.refusals.count == plan.changes.count && plan.changes.count == 10)
    #expect(plan.changes.allSatisfy { $0.mode == .check })
  }

  @Test func `what is not declared is neither checked nor changed`() {
    #expect(PosturePlanner.plan(Resources.spec(), Resources.open().state) == .nothing)
    let spec = Resources.spec(network: NetworkPolicy(manage: .enforce))
    let closed = account {
      $0.anonymousAccess = false
      $0.minTls = "1.2"
      $0.httpsOnly = true
    }
    #expect(PosturePlanner.plan(spec, closed.state) == .nothing)
  }

  @Test func `what is declared and was not read is a refusal`() {
    let spec = Resources.spec(
      retention: RetentionPolicy(deleteAfter: .day, softDelete: .day, immutableFor: .day),
      network: NetworkPolicy(
        manage: .enforce,
        virtualNetwork: VirtualNetworkPolicy(
          resource: Resources.network, securityGroup: SecurityGroupPolicy(resource: Resources.group))),
      access: AccessPolicy(principal: "p", manage: .enforce))
    let plan = PosturePlanner.plan(spec, ResourceState())
    #expect(
      plan.refusals.map(\.property) == [
        "network.virtualNetwork.securityGroup", "network.virtualNetwork", "access", "network",
        "retention.softDelete", "retention", "retention.immutableFor",
      ])
  }

  @Test func `whatever lets in more is marked`() {
    let cases: [(NetworkPolicy, (inout AccountState) -> Void, [String])] = [
      (
        NetworkPolicy(anonymousAccess: true), { $0.anonymousAccess = false },
        ["network.anonymousAccess false → true (widens)"]
      ),
      (NetworkPolicy(httpsOnly: false), { $0.httpsOnly = true }, ["network.httpsOnly true → false (widens)"]),
      (NetworkPolicy(sharedKey: true), { $0.sharedKey = false }, ["network.sharedKey false → true (widens)"]),
      (
        NetworkPolicy(defaultAction: .allow), { $0.rules.defaultAction = .deny },
        ["network.default deny → allow (widens)"]
      ),
      (
        NetworkPolicy(bypass: [.azureServices, .logging]), { $0.rules.defaultAction = .deny },
        ["network.bypass AzureServices → AzureServices, Logging (widens)"]
      ),
      (
        NetworkPolicy(bypass: [.logging]), { $0.rules.defaultAction = .deny },
        ["network.bypass AzureServices → Logging (widens)"]
      ),
      (NetworkPolicy(bypass: []), { $0.rules.defaultAction = .deny }, ["network.bypass AzureServices → none"]),
      (
        NetworkPolicy(defaultAction: .deny, addresses: ["203.0.113.10"]), { $0.rules.defaultAction = .deny },
        ["network.allow.ips - → 203.0.113.10 (widens)"]
      ),
      (
        NetworkPolicy(defaultAction: .deny, subnets: [Resources.subnet("x")]), { $0.rules.defaultAction = .deny },
        ["network.allow.subnets - → \(Resources.subnet("x")) (widens)"]
      ),
    ]
    for (policy, change, expected) in cases {
      let resources = account {
        $0.anonymousAccess = policy.anonymousAccess
        $0.minTls = "1.2"
        $0.httpsOnly = policy.httpsOnly
        change(&$0)
      }
      var policy = policy
      policy.manage = .enforce
      #expect(lines(PosturePlanner.plan(Resources.spec(network: policy), resources.state)) == expected)
    }
  }

  @Test func `rules are compared whatever their spelling`() {
    let resources = account {
      $0 = AccountState(
        anonymousAccess: false, minTls: "1.3", httpsOnly: true, sharedKey: true, publicNetworkAccess: "Enabled",
        rules: NetworkRules(
          defaultAction: .deny, bypass: [], addresses: ["203.0.113.10/32"],
          subnets: [Resources.subnet("JOBS").uppercased()]))
    }
    let policy = NetworkPolicy(
      defaultAction: .deny, subnets: [Resources.subnet("jobs")], addresses: ["203.0.113.10"], others: .remove)
    #expect(PosturePlanner.plan(Resources.spec(network: policy), resources.state) == .nothing)
  }

  @Test func `others' rules stay and are spoken of, or are removed where the spec says so`() {
    let resources = account {
      $0 = AccountState(
        anonymousAccess: false, minTls: "1.2", httpsOnly: true, sharedKey: true, publicNetworkAccess: "Disabled",
        rules: NetworkRules(
          defaultAction: .deny, bypass: [], addresses: ["198.51.100.7"], subnets: [Resources.subnet("guests")]))
    }
    var policy = NetworkPolicy(defaultAction: .deny, addresses: [], manage: .enforce)
    let kept = PosturePlanner.plan(Resources.spec(network: policy), resources.state)
    #expect(kept.changes.isEmpty)
    #expect(
      kept.remarks == [
        "storage account stsoc also lets in 198.51.100.7, subnet guests, which the spec does not name; kept (network.allow.others).",
        "storage account stsoc: public network access is Disabled, so that the rules of network.allow do not apply.",
      ])
    policy.others = .remove
    let removed = PosturePlanner.plan(Resources.spec(network: policy), resources.state)
    #expect(
      lines(removed) == [
        "network.allow.ips 198.51.100.7 → -", "network.allow.subnets \(Resources.subnet("guests")) → -",
      ])
  }

  @Test(
    arguments: [
      ("Enabled", nil), ("Disabled", "only private endpoints reach it"),
      ("SecuredByPerimeter", "only its network security perimeter decides"),
    ] as [(String, String?)])
  func `an account that no rule opens is known as such`(access: String, expected: String?) {
    let resources = account { $0.publicNetworkAccess = access }
    let plan = PosturePlanner.plan(Resources.spec(network: NetworkPolicy(defaultAction: .deny)), resources.state)
    #expect((plan.closure == nil) == (expected == nil))
    #expect(plan.closure?.contains(expected ?? "") ?? true)
  }

  @Test func `a public container is made private`() {
    var resources = account {
      $0.anonymousAccess = false
      $0.minTls = "1.2"
      $0.httpsOnly = true
    }
    resources.state.containers?["logs-a"]?.isPublic = true
    let plan = PosturePlanner.plan(Resources.spec(network: NetworkPolicy(manage: .enforce)), resources.state)
    #expect(plan.changes.map(\.step) == [.makePrivate(container: "logs-a")])
    #expect(plan.changes.map(\.resource) == ["container logs-a"])
  }

  @Test func `missing roles are granted where access is enforced, whatever the network's mode`() {
    var resources = Resources.open()
    resources.state.grants = [.workspaceReader: HeldGrant()]
    for mode in PostureMode.allCases {
      let spec = Resources.spec(access: AccessPolicy(principal: "p", manage: mode))
      let plan = PosturePlanner.plan(spec, resources.state)
      #expect(lines(plan) == [(mode == .check ? "! " : "") + "access - → Storage Blob Data Contributor for p (widens)"])
    }
  }
}

extension PostureTests {
  @Test func `a role that was granted within ten minutes may not act yet`() throws {
    let granted = try #require(Tick(iso8601: "2026-01-01T10:00:00Z"))
    var resources = Resources.open()
    let spec = Resources.spec(access: AccessPolicy(principal: "p"))
    resources.state.grants = [
      .workspaceReader: HeldGrant(since: granted), .storageContributor: HeldGrant(since: granted - .day),
    ]
    let plan = PosturePlanner.plan(spec, resources.state)
    #expect(plan.isGrantFresh(at: granted + .minute * 9) && !plan.isGrantFresh(at: granted + .minute * 10))
    resources.state.grants = [.workspaceReader: HeldGrant(), .storageContributor: HeldGrant()]
    #expect(!PosturePlanner.plan(spec, resources.state).isGrantFresh(at: granted))
  }

  @Test func `containers that are only checked and not there yet are left for later`() {
    var resources = Resources.open()
    let spec = Resources.spec(retention: RetentionPolicy(immutableFor: .day * 7))
    resources.state.containers = ["logs-b": ContainerState(isPublic: false, immutability: nil)]
    let plan = PosturePlanner.plan(spec, resources.state)
    #expect(lines(plan) == ["! retention.immutableFor - → 7d"])
    #expect(plan.changes.map(\.resource) == ["container logs-b"])
    #expect(plan.unchecked == ["manifest", "logs-a"])
    #expect(plan.remarks.count == 1 && plan.remarks[0].hasPrefix("Containers manifest, logs-a will be made"))
  }

  @Test func `a role that is held under a condition is said to be, and not granted as a whole`() {
    var resources = Resources.open()
    resources.state.grants = [.workspaceReader: HeldGrant(), .storageContributor: HeldGrant(isConditional: true)]
    let plan = PosturePlanner.plan(
      Resources.spec(access: AccessPolicy(principal: "p", manage: .enforce)), resources.state)
    #expect(plan.isEmpty)
    #expect(
      plan.remarks == [
        "storage account stsoc: p holds the role Storage Blob Data Contributor only under a condition, which is taken to let the export through; where it does not, requests are refused with 403."
      ])
  }
}

// MARK: - Retention

extension PostureTests {
  private func retention(
    _ policy: RetentionPolicy, _ resources: Resources = .open(), tables: [String] = ["a", "b"],
    archived: Set<String> = [], mode: PostureMode = .enforce
  ) -> PosturePlan {
    var network = NetworkPolicy(manage: mode)
    network.anonymousAccess = true
    network.minTls = "1.0"
    network.httpsOnly = false
    return PosturePlanner.plan(
      Resources.spec(tables: tables, retention: policy, network: network), resources.state, archived: archived)
  }

  @Test func `one rule covers ten containers, never the manifest`() throws {
    let tables = (0..<12).map { "t\($0)" }
    let plan = retention(RetentionPolicy(deleteAfter: .day * 30), tables: tables)
    #expect(lines(plan) == ["retention - → delete 30d on 12 containers"])
    guard case .lifecycle(let rules) = plan.changes.first?.step else { throw Unexpected() }
    #expect(rules.map(\.name) == ["logexport-soc", "logexport2-soc"])
    #expect(rules.map(\.prefixes.count) == [10, 2])
    #expect(rules.allSatisfy { $0.blobTypes == ["blockBlob"] && $0.deleteAfter == 30 && $0.isEnabled })
    #expect(rules.flatMap(\.prefixes) == tables.map { "logs-\($0)/" })
  }

  private struct Unexpected: Error {}

  @Test func `deleting earlier is marked, and so is the first deletion of what is archived`() {
    var resources = Resources.open()
    let policy = RetentionPolicy(deleteAfter: .day * 30)
    #expect(lines(retention(policy, resources)) == ["retention - → delete 30d on 2 containers"])
    #expect(
      lines(retention(policy, resources, archived: ["logs-b"])) == [
        "retention - → delete 30d on 2 containers (shortens)"
      ])
    resources.state.lifecycle = [
      LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-b/"], deleteAfter: 60)
    ]
    #expect(
      lines(retention(policy, resources, archived: ["logs-b"])) == [
        "retention delete 60d on 2 containers → delete 30d on 2 containers (shortens)"
      ])
    resources.state.lifecycle?[0].deleteAfter = 20
    #expect(
      lines(retention(policy, resources, archived: ["logs-b"])) == [
        "retention delete 20d on 2 containers → delete 30d on 2 containers"
      ])
  }

  @Test func `keeping deleted blobs for less is marked`() {
    var resources = Resources.open()
    for (days, expected) in [
      (nil, "retention.softDelete - → 7d"), (3, "retention.softDelete 3d → 7d"),
      (14, "retention.softDelete 14d → 7d (shortens)"),
    ] as [(Int?, String)] {
      resources.state.blobService?.softDeleteDays = days
      #expect(lines(retention(RetentionPolicy(softDelete: .day * 7), resources)) == [expected])
    }
  }

  @Test func `a container that is no longer declared keeps its rule`() throws {
    var resources = Resources.open()
    resources.state.lifecycle = [
      LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-old/"], deleteAfter: 60)
    ]
    let plan = retention(RetentionPolicy(coolAfter: .day), resources, tables: ["a"])
    #expect(
      lines(plan) == [
        "retention delete 60d on 2 containers → cool 1d on 1 container; delete 60d on 1 container"
      ])
    guard case .lifecycle(let rules) = plan.changes.first?.step else { throw Unexpected() }
    #expect(rules.map(\.prefixes) == [["logs-a/"], ["logs-old/"]])
    #expect(rules.map(\.deleteAfter) == [nil, 60])
    #expect(plan.remarks.count == 1)
  }

  @Test func `ages that are taken out of the spec switch the rules off`() throws {
    var resources = Resources.open()
    resources.state.lifecycle = [
      LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-b/"], deleteAfter: 60)
    ]
    resources.state.blobService?.softDeleteDays = 7
    let plan = retention(RetentionPolicy(softDelete: .day * 7), resources)
    #expect(lines(plan) == ["retention delete 60d on 2 containers → -"])
    guard case .lifecycle(let rules) = plan.changes.first?.step else { throw Unexpected() }
    #expect(rules.map(\.isEnabled) == [false])
  }

  @Test func `a rule that somebody has altered is made as it was`() {
    for alter in [
      { $0.blobTypes.insert("appendBlob") }, { $0.others = ["x"] }, { $0.prefixes.append("logs-c") },
      { $0.prefixes.removeLast() }, { $0.isEnabled = false }, { $0.archiveAfter = 10 },
    ] as [(inout LifecycleRule) -> Void] {
      var resources = Resources.open()
      var rule = LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-b/"], deleteAfter: 60)
      resources.state.lifecycle = [rule]
      #expect(retention(RetentionPolicy(deleteAfter: .day * 60), resources) == .nothing)
      alter(&rule)
      resources.state.lifecycle = [rule]
      #expect(retention(RetentionPolicy(deleteAfter: .day * 60), resources).changes.count == 1)
    }
  }

  @Test func `the manifest and its lock go from a rule that somebody has put them into`() throws {
    var resources = Resources.open()
    resources.state.lifecycle = [
      LifecycleRule(
        name: "logexport-soc", prefixes: ["logs-a/", "logs-b/", "manifest/", "manifest-lock/", "logs-b/2025/"],
        deleteAfter: 60)
    ]
    let plan = retention(RetentionPolicy(deleteAfter: .day * 60), resources, archived: ["logs-a"])
    #expect(lines(plan) == ["retention delete 60d on 5 containers → delete 60d on 2 containers"])
    guard case .lifecycle(let rules) = plan.changes.first?.step else { throw Unexpected() }
    #expect(rules.map(\.prefixes) == [["logs-a/", "logs-b/"]])
  }

  @Test func `making a rule whole again that spared some blobs is marked`() {
    for (alteration, alter) in [
      ("delete daysAfterCreationGreaterThan 10", { $0.others = ["delete daysAfterCreationGreaterThan 10"] }),
      ("for appendBlob", { $0.blobTypes = ["appendBlob"] }),
    ] as [(String, (inout LifecycleRule) -> Void)] {
      var resources = Resources.open()
      var rule = LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-b/"], deleteAfter: 60)
      alter(&rule)
      resources.state.lifecycle = [rule]
      let plan = retention(RetentionPolicy(deleteAfter: .day * 60), resources, archived: ["logs-a"])
      #expect(
        lines(plan) == [
          "retention delete 60d on 2 containers; altered: \(alteration) → delete 60d on 2 containers (shortens)"
        ])
    }
  }

  @Test func `another's rule that tiers blobs of the archive is spoken of and stays`() {
    let cases: [(LifecycleRule, Bool)] = [
      (LifecycleRule(name: "all", prefixes: [], coolAfter: 10), true),
      (LifecycleRule(name: "begin", prefixes: ["logs-"], archiveAfter: 1), true),
      (LifecycleRule(name: "tags", prefixes: ["logs-a"], others: ["blobIndexMatch"]), true),
      (LifecycleRule(name: "manifest", prefixes: ["manifest"], coolAfter: 10), false),
      (LifecycleRule(name: "longer-name", prefixes: ["logs-aa/"], coolAfter: 10), false),
      (LifecycleRule(name: "off", isEnabled: false, prefixes: [], coolAfter: 10), false),
      (
        LifecycleRule(
          name: "later", prefixes: ["logs-"], others: ["delete daysAfterCreationGreaterThan 4000"], deletesFrom: 4000),
        false
      ),
    ]
    for (rule, isSpokenOf) in cases {
      let plan = beside(rule)
      #expect(plan.changes.isEmpty, "\(rule.name)")
      #expect(plan.cautions.contains { $0.contains("rule \(rule.name),") } == isSpokenOf, "\(rule.name)")
    }
    #expect(beside(LifecycleRule(name: "x", prefixes: [], coolAfter: 1)).cautions[0].contains("after 1 day,"))
  }

  @Test(arguments: [PostureMode.check, .enforce])
  func `another's rule that deletes blobs of the archive before the spec does is a refusal`(_ mode: PostureMode) {
    let cases: [(LifecycleRule, [String])] = [
      (
        LifecycleRule(name: "all", prefixes: [], deleteAfter: 10),
        ["container manifest", "container logs-a", "container logs-b"]
      ),
      (LifecycleRule(name: "within", prefixes: ["logs-a/2025/"], deleteAfter: 10), ["container logs-a"]),
      (LifecycleRule(name: "later", prefixes: ["logs-a/"], deleteAfter: 100), []),
      (LifecycleRule(name: "same", prefixes: ["logs-a/"], deleteAfter: 60), []),
      (LifecycleRule(name: "longer-name", prefixes: ["logs-aa/"], deleteAfter: 10), []),
      (LifecycleRule(name: "off", isEnabled: false, prefixes: [], deleteAfter: 10), []),
      (LifecycleRule(name: "append", prefixes: ["logs-a"], blobTypes: ["appendBlob"], deleteAfter: 10), []),
      (
        LifecycleRule(name: "manifest", prefixes: ["manifest"], blobTypes: ["appendBlob"], deleteAfter: 1000),
        ["container manifest"]
      ),
      (
        LifecycleRule(
          name: "by-creation", prefixes: ["logs-b/"], others: ["delete daysAfterCreationGreaterThan 10"],
          deletesFrom: 10), ["container logs-b"]
      ),
      (LifecycleRule(name: "tagged", prefixes: [], deleteAfter: 1, others: ["blobIndexMatch"]), []),
      // Of the archive "a-soc", and of the archive "2-soc".
      (LifecycleRule(name: "logexport-a-soc", prefixes: ["logs-a/"], deleteAfter: 10), ["container logs-a"]),
      (LifecycleRule(name: "logexport-2-soc", prefixes: ["logs-a/"], deleteAfter: 10), ["container logs-a"]),
    ]
    for (rule, containers) in cases {
      let plan = beside(rule, mode)
      #expect(plan.refusals.map(\.resource) == containers, "\(rule.name)")
      #expect(plan.steps.isEmpty, "\(rule.name)")
      // No mode mends it.
      #expect(plan.refusals.allSatisfy { $0.mode == .enforce })
      #expect(plan.refusals.allSatisfy { $0.before?.hasSuffix("by lifecycle rule \(rule.name)") == true })
      #expect(plan.refusals.allSatisfy { $0.remark?.contains("left alone") == true })
    }
    let manifest = beside(LifecycleRule(name: "all", prefixes: ["manifest/"], deleteAfter: 1000), mode)
    #expect(lines(manifest) == ["! retention.deleteAfter 1000d by lifecycle rule all → never"])
  }

  /// A plan of 60 days, where the archive's own rule is as it should be and another's stands beside it.
  private func beside(_ rule: LifecycleRule, _ mode: PostureMode = .enforce) -> PosturePlan {
    var resources = Resources.open()
    resources.state.lifecycle = [
      LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/", "logs-b/"], deleteAfter: 60), rule,
    ]
    return retention(RetentionPolicy(deleteAfter: .day * 60), resources, mode: mode)
  }

  @Test func `a rule of the archive that no retention declares any more is told of and stays`() {
    var resources = Resources.open()
    resources.state.lifecycle = [LifecycleRule(name: "logexport-soc", prefixes: ["logs-a/"], deleteAfter: 60)]
    let plan = PosturePlanner.plan(Resources.spec(), resources.state)
    #expect(plan.changes.isEmpty && plan.remarks.count == 1)
    #expect(plan.remarks.first?.contains("logexport-soc, which was made for this archive") == true)
    #expect(plan.remarks.first?.contains("delete 60d on 1 container") == true)
    resources.state.lifecycle?[0].isEnabled = false
    #expect(PosturePlanner.plan(Resources.spec(), resources.state) == .nothing)
  }

  @Test func `a policy that is full takes no more rules`() {
    var resources = Resources.open()
    resources.state.lifecycle = (0..<100).map { LifecycleRule(name: "r\($0)", prefixes: ["x\($0)/"], coolAfter: 1) }
    let plan = retention(RetentionPolicy(deleteAfter: .day * 60), resources)
    #expect(plan.refusals.map(\.remark) == ["A policy has at most 100 rules, and this would be 101."])
  }

  @Test func `the manifest takes protected appends, the tables' containers as they have it, the lock nothing`() {
    var resources = Resources.open(containers: ["manifest", "logs-a"])
    resources.state.containers?["logs-a"]?.immutability = ImmutabilityState(
      days: 10, isLocked: false, allowsAppends: true)
    let plan = retention(RetentionPolicy(immutableFor: .day * 30), resources)
    #expect(
      plan.changes.map(\.step) == [
        .immutability(container: "manifest", days: 30, allowsAppends: true),
        .immutability(container: "logs-a", days: 30, allowsAppends: true),
        .immutability(container: "logs-b", days: 30, allowsAppends: false),
      ])
    #expect(lines(plan)[1] == "retention.immutableFor 10d → 30d")
  }

  @Test func `immutability is only tightened`() {
    var resources = Resources.open()
    for name in ["manifest", "logs-a", "logs-b"] {
      resources.state.containers?[name]?.immutability = ImmutabilityState(
        days: 90, isLocked: name == "logs-a", allowsAppends: name == "manifest")
    }
    let shorter = retention(RetentionPolicy(immutableFor: .day * 30), resources)
    #expect(shorter.changes.isEmpty)
    #expect(shorter.remarks.count == 4)

    let longer = retention(RetentionPolicy(immutableFor: .day * 120, locked: true), resources)
    #expect(
      lines(longer) == [
        "retention.immutableFor 90d → 120d", "retention.locked false → true (irreversible)",
        "retention.immutableFor 90d → 120d (irreversible)",
        "retention.immutableFor 90d → 120d", "retention.locked false → true (irreversible)",
      ])
  }

  @Test func `a manifest whose policy is locked without appends is refused`() {
    var resources = Resources.open()
    for name in ["manifest", "logs-a", "logs-b"] {
      resources.state.containers?[name]?.immutability = ImmutabilityState(
        days: 30, isLocked: true, allowsAppends: false)
    }
    let plan = retention(RetentionPolicy(immutableFor: .day * 30, locked: true), resources)
    #expect(lines(plan) == ["! retention.immutableFor without appends → with protected appends"])
  }

  @Test(arguments: [4, 5]) func `a locked policy is extended five times at the most`(_ extensions: Int) {
    var resources = Resources.open(containers: ["manifest"])
    resources.state.containers?["manifest"]?.immutability = ImmutabilityState(
      days: 90, isLocked: true, allowsAppends: true, extensions: extensions)
    let spec = Resources.spec(
      tables: [], retention: RetentionPolicy(immutableFor: .day * 120, locked: true),
      network: NetworkPolicy(httpsOnly: false, manage: .enforce))
    let change = PosturePlanner.plan(spec, resources.state).changes.first { $0.property == "retention.immutableFor" }
    #expect((change?.step == nil) == (extensions == 5))
    #expect(change?.remark?.hasPrefix("A locked policy can be extended five times, and") == true)
  }

  @Test func `a container of another archive is refused, and given nothing`() {
    var resources = Resources.open()
    resources.state.containers?["manifest"]?.lineage = "ours"
    resources.state.containers?["logs-a"]?.lineage = "ours"
    resources.state.containers?["logs-b"]?.lineage = "theirs"
    let plan = retention(RetentionPolicy(immutableFor: .day * 30), resources)
    #expect(plan.refusals.map(\.resource) == ["container logs-b"])
    #expect(plan.refusals.map(\.before) == ["archive theirs"])
    #expect(plan.changes.filter { $0.resource == "container logs-b" }.count == 1)
    #expect(plan.cautions.isEmpty)
  }

  @Test func `bound containers whose manifest is gone, or is of another workspace, are refused`() {
    var resources = Resources.open(containers: ["logs-a"])
    resources.state.containers?["logs-a"]?.lineage = "ours"
    #expect(retention(RetentionPolicy(), resources).refusals.map(\.resource) == ["container logs-a"])
    resources.state.containers?["manifest"] = ContainerState(
      isPublic: false, immutability: nil, lineage: "ours", workspace: "another")
    #expect(retention(RetentionPolicy(), resources).refusals.map(\.resource) == ["container manifest"])
  }

  @Test func `a container of nobody that gets a policy or a rule is warned of`() {
    let resources = Resources.open(containers: ["logs-a"])
    let caution =
      "container logs-a exists and is bound to no archive: what is declared of retention counts for all blobs in it, whoever wrote them."
    #expect(retention(RetentionPolicy(immutableFor: .day * 30), resources).cautions == [caution])
    #expect(retention(RetentionPolicy(deleteAfter: .day * 30), resources).cautions == [caution])
    #expect(retention(RetentionPolicy(softDelete: .day * 7), resources).cautions.isEmpty)
  }
}

// MARK: - The job's network

extension PostureTests {
  private var job: VirtualNetworkPolicy {
    VirtualNetworkPolicy(
      resource: Resources.network, location: "westeurope", addressSpace: ["10.20.0.0/16"],
      subnet: SubnetPolicy(name: "jobs", prefix: "10.20.1.0/24"),
      securityGroup: SecurityGroupPolicy(
        resource: Resources.group,
        rules: [
          SecurityRulePolicy(
            name: "storage", priority: 100, direction: .outbound, access: .allow, destination: "Storage",
            ports: ["443", "80"]),
          SecurityRulePolicy(name: "nobody", priority: 4000, direction: .inbound, access: .deny),
        ]))
  }

  private func network(_ policy: VirtualNetworkPolicy, _ change: (inout ResourceState) -> Void) -> PosturePlan {
    var resources = account {
      $0.anonymousAccess = false
      $0.minTls = "1.2"
      $0.httpsOnly = true
    }
    change(&resources.state)
    return PosturePlanner.plan(
      Resources.spec(network: NetworkPolicy(manage: .enforce, virtualNetwork: policy)), resources.state)
  }

  private func built(_ policy: VirtualNetworkPolicy) -> ResourceState {
    var resources = Resources.open()
    for step in [ResourceStep.securityGroup(policy), .virtualNetwork(policy), .subnet(policy)] {
      resources.perform(step)
    }
    return resources.state
  }

  @Test func `a network that is not there is made: group, network, subnet`() {
    let plan = network(job) { _ in }
    #expect(
      lines(plan) == [
        "network.virtualNetwork.securityGroup - → with the rules of the spec",
        "network.virtualNetwork.securityGroup.rules - → storage: 100 outbound allow tcp * → Storage 443,80",
        "network.virtualNetwork.securityGroup.rules - → nobody: 4000 inbound deny tcp * → * *",
        "network.virtualNetwork - → 10.20.0.0/16 in westeurope",
        "network.virtualNetwork.subnet - → 10.20.1.0/24",
      ])
    #expect(plan.steps.map(\.step) == [.securityGroup(job), .virtualNetwork(job), .subnet(job)])
    var nowhere = job
    nowhere.location = nil
    #expect(network(nowhere) { _ in }.refusals.count == 5)
  }

  @Test func `a new group that lets anyone in is marked, rule by rule`() {
    var open = job
    open.securityGroup?.rules.append(
      SecurityRulePolicy(
        name: "ssh", priority: 300, direction: .inbound, access: .allow, source: "Internet", ports: ["22"]))
    let plan = network(open) { _ in }
    #expect(
      lines(plan).filter { $0.hasSuffix("(widens)") } == [
        "network.virtualNetwork.securityGroup.rules - → ssh: 300 inbound allow tcp Internet → * 22 (widens)"
      ])
    #expect(plan.warnings == [.widens])
  }

  @Test func `inbound rules of others are told of, and stay`() {
    let plan = network(job) { state in
      let base = built(job)
      state.virtualNetwork = base.virtualNetwork
      guard case .present(var group) = base.securityGroup else { return }
      group.rules += [
        SecurityRulePolicy(name: "theirs", priority: 150, direction: .inbound, access: .allow, source: "*"),
        SecurityRulePolicy(name: "out", priority: 151, direction: .outbound, access: .allow),
        SecurityRulePolicy(name: "not", priority: 152, direction: .inbound, access: .deny),
      ]
      state.securityGroup = .present(group)
    }
    #expect(plan.changes.isEmpty)
    #expect(
      plan.remarks == [
        "network security group jobs also lets in by theirs: 150 inbound allow tcp * → * *, which the spec does not name; kept."
      ])
  }

  @Test(
    arguments: [
      // What was there, what is declared, and whether that opens anything.
      ("allow 10.0.0.0/8 443", "allow 10.1.0.0/16 443", false), ("allow 10.1.0.0/16 443", "allow 10.0.0.0/8 443", true),
      ("allow * 443", "allow 10.1.0.0/16 443", false), ("allow 10.0.0.0/8 443", "allow * 443", true),
      ("allow 10.0.0.0/8 400-500", "allow 10.0.0.0/8 443", false), ("allow 10.0.0.0/8 443", "allow 10.0.0.0/8 *", true),
      ("allow 10.0.0.0/8 443", "allow 10.0.0.0/8 443,444", true), ("allow Storage 443", "allow Internet 443", true),
      ("allow 10.0.0.0/8 443 200", "allow 10.0.0.0/8 443 300", false),
      ("allow 10.0.0.0/8 443 200", "allow 10.0.0.0/8 443 150", true),
      ("deny 10.0.0.0/8 *", "deny 10.1.0.0/16 *", true), ("deny 10.1.0.0/16 22", "deny 10.0.0.0/8 *", false),
      ("deny * * 200", "deny * * 300", true), ("deny * * 200", "deny * * 150", false),
      ("allow 10.0.0.0/8 443", "deny 10.1.0.0/16 443", false), ("deny * *", "allow 10.0.0.0/8 443", true),
      ("allow 10.0.0.0/8,192.168.0.0/16 443", "allow 192.168.1.0/24 443", false),
      ("allow 10.0.0.0/8 from port 53 443", "allow 10.0.0.0/8 443", true),
    ])
  func `only what a changed rule lets pass anew is marked`(_ before: String, _ after: String, _ opens: Bool) {
    func rule(_ text: String) -> SecurityRulePolicy {
      var words = text.split(separator: " ").map(String.init)
      var rule = SecurityRulePolicy(
        name: "r", priority: 200, direction: .inbound, access: words.removeFirst() == "deny" ? .deny : .allow)
      rule.source = words.removeFirst()
      if words.first == "from" {
        rule.source += " " + words[0..<3].joined(separator: " ")
        words.removeFirst(3)
      }
      rule.ports = words.removeFirst().split(separator: ",").map(String.init)
      if let priority = words.first.flatMap({ Int($0) }) { rule.priority = priority }
      return rule
    }
    var policy = job
    policy.securityGroup?.rules = [rule(after)]
    let plan = network(policy) { state in
      state = built(policy)
      state.account?.anonymousAccess = false
      state.account?.minTls = "1.2"
      state.account?.httpsOnly = true
      state.securityGroup = .present(SecurityGroupState(rules: [rule(before)]))
    }
    #expect(plan.changes.count == 1)
    #expect(plan.warnings == (opens ? [.widens] : []))
  }

  @Test func `a network that is as declared needs nothing, whatever the case of its names`() {
    let plan = network(job) { state in
      state = built(job)
      state.account?.anonymousAccess = false
      state.account?.minTls = "1.2"
      state.account?.httpsOnly = true
      if case .present(var group) = state.securityGroup {
        group.rules[0].name = "Storage"
        group.rules[0].destination = "storage"
        group.rules[0].ports = ["80", "443"]
        state.securityGroup = .present(group)
      }
      if case .present(var network) = state.virtualNetwork {
        network.addressSpace = ["10.0.0.0/8"]
        network.subnets["jobs"]?.securityGroup = Resources.group.uppercased()
        network.subnets["jobs"]?.serviceEndpoints = ["Microsoft.Storage.Global"]
        state.virtualNetwork = .present(network)
      }
    }
    #expect(plan == .nothing)
  }

  @Test func `a subnet gets what it lacks, and loses another's group only with approval`() {
    func plan(_ change: (inout VirtualNetworkState) -> Void) -> [String] {
      lines(
        network(job) { state in
          let base = built(job)
          state.securityGroup = base.securityGroup
          guard case .present(var network) = base.virtualNetwork else { return }
          change(&network)
          state.virtualNetwork = .present(network)
        })
    }
    let property = "network.virtualNetwork"
    #expect(
      plan { $0.subnets["jobs"]?.serviceEndpoints = ["Microsoft.KeyVault"] } == [
        "\(property).subnet.serviceEndpoints - → Microsoft.Storage"
      ])
    #expect(plan { $0.subnets["jobs"]?.securityGroup = nil } == ["\(property).securityGroup - → jobs"])
    #expect(
      plan { $0.subnets["jobs"]?.securityGroup = "/x/theirs" } == [
        "\(property).securityGroup theirs → jobs (widens)"
      ])
    #expect(
      plan { $0.subnets["jobs"]?.prefix = "10.20.2.0/24" } == [
        "! \(property).subnet.prefix 10.20.2.0/24 → 10.20.1.0/24"
      ])
    #expect(plan { $0.addressSpace = ["192.168.0.0/24"] } == ["\(property).addressSpace - → 10.20.0.0/16"])
    #expect(plan { $0.addressSpace = ["10.20.3.0/24"] } == ["! \(property).addressSpace - → 10.20.0.0/16"])
  }

  @Test func `rules of the group are set by name, and what they open is marked`() {
    func plan(_ change: (inout SecurityGroupState) -> Void) -> [String] {
      lines(
        network(job) { state in
          let base = built(job)
          state.virtualNetwork = base.virtualNetwork
          guard case .present(var group) = base.securityGroup else { return }
          change(&group)
          state.securityGroup = .present(group)
        }
      )
    }
    let property = "network.virtualNetwork.securityGroup.rules"
    let storage = "storage: 100 outbound allow tcp * → Storage 443,80"
    let nobody = "nobody: 4000 inbound deny tcp * → * *"
    #expect(plan { $0.rules.remove(at: 0) } == ["\(property) - → \(storage) (widens)"])
    #expect(plan { $0.rules.remove(at: 1) } == ["\(property) - → \(nobody)"])
    #expect(
      plan { $0.rules[1].access = .allow } == [
        "\(property) nobody: 4000 inbound allow tcp * → * * → \(nobody)"
      ])
    #expect(
      plan { $0.rules[1].priority = 200 } == [
        "\(property) nobody: 200 inbound deny tcp * → * * → \(nobody) (widens)"
      ])
    #expect(
      plan {
        $0.rules[1] = SecurityRulePolicy(name: "theirs", priority: 4000, direction: .inbound, access: .allow)
      } == ["! \(property) - → \(nobody)"])
  }
}
