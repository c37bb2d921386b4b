import ExportSpec
import Planning
import Timeline

/// Resources of a spec, and what steps make of them: Resource Manager in small.
struct Resources {
  static let account =
    "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.Storage/storageAccounts/stsoc"
  static let workspace =
    "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/soc"
  static let network =
    "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.Network/virtualNetworks/soc"
  static let group =
    "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.Network/networkSecurityGroups/jobs"

  var state: ResourceState

  static func subnet(_ name: String) -> String { "\(network)/subnets/\(name)" }

  static func spec(
    tables: [String] = ["a", "b"], retention: RetentionPolicy? = nil, network: NetworkPolicy? = nil,
    access: AccessPolicy? = nil
  ) -> ExportSpec {
    ExportSpec(
      name: "soc", source: Source(workspace: "w", resource: workspace), limits: ResponseLimits(),
      destination: Destination(store: .account("stsoc"), resource: account, manifest: "manifest"),
      tables: tables.map {
        TableSpec(name: $0, from: .last(.day), container: "logs-\($0)", path: PathTemplate(text: "{start}.{ext}"))
      }, retention: retention, network: network, access: access)
  }

  /// As a new account is made in the portal, with everything open.
  static func open(containers: [String] = ["manifest", "logs-a", "logs-b"]) -> Resources {
    Resources(
      state: ResourceState(
        account: AccountState(
          anonymousAccess: true, minTls: "1.0", httpsOnly: false, sharedKey: true, publicNetworkAccess: "Enabled",
          rules: NetworkRules(defaultAction: .allow, bypass: [.azureServices], addresses: [], subnets: [])),
        blobService: BlobServiceState(softDeleteDays: nil),
        containers: Dictionary(
          uniqueKeysWithValues: containers.map { ($0, ContainerState(isPublic: false, immutability: nil)) }),
        lifecycle: [], virtualNetwork: .absent, securityGroup: .absent, grants: [:]))
  }
}

extension Resources {
  /// What these changes alone make of them.
  func after(_ changes: [ResourceChange]) -> Resources {
    var resources = self
    for change in changes { change.step.map { resources.perform($0) } }
    return resources
  }

  /// Does one step, as the service would.
  mutating func perform(_ step: ResourceStep) {
    switch step {
    case .anonymousAccess(let flag): state.account?.anonymousAccess = flag
    case .minTls(let version): state.account?.minTls = version
    case .httpsOnly(let flag): state.account?.httpsOnly = flag
    case .sharedKey(let flag): state.account?.sharedKey = flag
    case .networkRules(let change): perform(change)
    case .softDelete(let days): state.blobService?.softDeleteDays = days
    case .lifecycle(let rules):
      for rule in rules {
        if let index = state.lifecycle?.firstIndex(where: { $0.name == rule.name }) {
          state.lifecycle?[index] = rule
        } else {
          state.lifecycle?.append(rule)
        }
      }
    case .makePrivate(let container): state.containers?[container]?.isPublic = false
    case .immutability(let container, let days, let allowsAppends):
      // The export has made it by then.
      var place = state.containers?[container] ?? ContainerState(isPublic: false, immutability: nil)
      let isLocked = place.immutability?.isLocked ?? false
      place.immutability = ImmutabilityState(
        days: days, isLocked: isLocked,
        allowsAppends: isLocked ? place.immutability?.allowsAppends ?? false : allowsAppends)
      state.containers?[container] = place
    case .lockImmutability(let container, _): state.containers?[container]?.immutability?.isLocked = true
    case .virtualNetwork(let policy):
      var network = VirtualNetworkState(addressSpace: [], subnets: [:])
      if case .present(let present) = state.virtualNetwork { network = present }
      network.addressSpace += policy.addressSpace.filter { !network.addressSpace.contains($0) }
      state.virtualNetwork = .present(network)
    case .subnet(let policy):
      guard case .present(var network) = state.virtualNetwork, let declared = policy.subnet else { return }
      let name = declared.name.lowercased()
      var subnet =
        network.subnets[name] ?? SubnetState(prefix: declared.prefix, serviceEndpoints: [], securityGroup: nil)
      subnet.serviceEndpoints.insert("Microsoft.Storage")
      if let group = policy.securityGroup { subnet.securityGroup = group.resource }
      network.subnets[name] = subnet
      state.virtualNetwork = .present(network)
    case .securityGroup(let policy):
      var group = SecurityGroupState(rules: [])
      if case .present(let present) = state.securityGroup { group = present }
      for rule in policy.securityGroup?.rules ?? [] {
        group.rules.removeAll { $0.name.lowercased() == rule.name.lowercased() }
        group.rules.append(rule)
      }
      state.securityGroup = .present(group)
    case .grant(let grant): state.grants?[grant] = HeldGrant()
    }
  }

  private mutating func perform(_ change: NetworkRulesChange) {
    guard var rules = state.account?.rules else { return }
    rules.defaultAction = change.defaultAction ?? rules.defaultAction
    rules.bypass = change.bypass ?? rules.bypass
    rules.addresses.removeAll { change.removeAddresses.contains($0) }
    rules.subnets.removeAll { change.removeSubnets.contains($0) }
    rules.addresses += change.addAddresses
    rules.subnets += change.addSubnets
    state.account?.rules = rules
  }
}
