internal import ExportSpec

/// The network that the job runs in.
extension PosturePlanner {
  /// The service endpoint by which an account's rules know a subnet; the cross-region kind does as well.
  private static let endpoints: Set<String> = ["microsoft.storage", "microsoft.storage.global"]

  mutating func virtualNetwork() {
    guard let policy = spec.network?.virtualNetwork else { return }
    securityGroup(policy)
    let title = "virtual network \(resourceName(policy.resource))"
    switch state.virtualNetwork {
    case nil: noteUnread(title, "network.virtualNetwork")
    case .absent:
      let canBeMade = policy.location != nil && !policy.addressSpace.isEmpty
      note(
        title, "network.virtualNetwork", nil,
        policy.addressSpace.joined(separator: ", ") + (policy.location.map { " in \($0)" } ?? ""),
        step: canBeMade ? .virtualNetwork(policy) : nil,
        remark: canBeMade ? nil : "It does not exist, and is made only with a location and an addressSpace.")
      if policy.subnet != nil { subnet(policy, nil, networkCanBeMade: canBeMade) }
    case .present(let network):
      addressSpace(policy, network, title)
      if let declared = policy.subnet {
        subnet(policy, network.subnets[declared.name.lowercased()], networkCanBeMade: true)
      }
    }
  }

  private mutating func addressSpace(_ policy: VirtualNetworkPolicy, _ network: VirtualNetworkState, _ title: String) {
    let present = network.addressSpace.compactMap { IPv4Range($0) }
    for prefix in policy.addressSpace {
      guard let range = IPv4Range(prefix), !present.contains(where: { $0.contains(range) }) else { continue }
      let overlap = present.first { $0.overlaps(range) }
      note(
        title, "network.virtualNetwork.addressSpace", nil, prefix,
        step: overlap == nil ? .virtualNetwork(policy) : nil,
        remark: overlap.map { "It overlaps \($0), which the network has; change one of them by hand." })
    }
  }

  private mutating func subnet(
    _ policy: VirtualNetworkPolicy, _ state: SubnetState?, networkCanBeMade: Bool
  ) {
    guard let declared = policy.subnet else { return }
    let title = "subnet \(resourceName(policy.resource))/\(declared.name)"
    guard let state else {
      note(
        title, "network.virtualNetwork.subnet", nil, declared.prefix, step: networkCanBeMade ? .subnet(policy) : nil,
        remark: networkCanBeMade ? nil : "Its network does not exist.")
      return
    }
    if state.prefix != declared.prefix {
      note(
        title, "network.virtualNetwork.subnet.prefix", state.prefix, declared.prefix, step: nil,
        remark: "A subnet in use keeps its range; change it by hand.")
    }
    if Self.endpoints.isDisjoint(with: state.serviceEndpoints.map { $0.lowercased() }) {
      note(
        title, "network.virtualNetwork.subnet.serviceEndpoints", nil, "Microsoft.Storage", step: .subnet(policy))
    }
    if let group = policy.securityGroup, state.securityGroup?.lowercased() != group.resource.lowercased() {
      note(
        title, "network.virtualNetwork.securityGroup", state.securityGroup.map(resourceName),
        resourceName(group.resource),
        // What the other group denies is no longer denied.
        warnings: state.securityGroup == nil ? [] : [.widens], step: .subnet(policy))
    }
  }
}

// MARK: - The security group

extension PosturePlanner {
  private mutating func securityGroup(_ policy: VirtualNetworkPolicy) {
    guard let group = policy.securityGroup else { return }
    let title = "network security group \(resourceName(group.resource))"
    let property = "network.virtualNetwork.securityGroup"
    switch state.securityGroup {
    case nil: noteUnread(title, property)
    case .absent:
      let step = policy.location == nil ? nil : ResourceStep.securityGroup(policy)
      note(
        title, property, nil, group.rules.isEmpty ? "without rules" : "with the rules of the spec", step: step,
        remark: step == nil ? "It does not exist, and is made only with a location." : nil)
      for rule in group.rules {
        // A group lets everything out by itself, and nothing in from beyond the network.
        let opens = rule.access == .allow && rule.direction == .inbound
        note(
          title, property + ".rules", nil, rule.text, warnings: opens ? [.widens] : [], step: step,
          remark: step == nil ? "Its group does not exist." : nil)
      }
    case .present(let state):
      // Rules that are as declared are not written: somebody may change one until then.
      var differing = policy
      differing.securityGroup?.rules = group.rules.filter { rule in
        !state.rules.contains { $0.comparable == rule.comparable }
      }
      for rule in differing.securityGroup?.rules ?? [] {
        securityRule(rule, differing, group, state, title, property + ".rules")
      }
      let declared = Set(group.rules.map { $0.name.lowercased() })
      for rule in state.rules
      where rule.access == .allow && rule.direction == .inbound && !declared.contains(rule.name.lowercased()) {
        plan.remarks.append("\(title) also lets in by \(rule.text), which the spec does not name; kept.")
      }
    }
  }

  private mutating func securityRule(
    _ rule: SecurityRulePolicy, _ differing: VirtualNetworkPolicy, _ group: SecurityGroupPolicy,
    _ state: SecurityGroupState, _ title: String, _ property: String
  ) {
    let present = state.rules.first { $0.name.lowercased() == rule.name.lowercased() }
    let declared = Set(group.rules.map { $0.name.lowercased() })
    let taken = state.rules.first {
      $0.direction == rule.direction && $0.priority == rule.priority && !declared.contains($0.name.lowercased())
    }
    note(
      title, property, present?.text, rule.text,
      warnings: rule.opens(over: present) ? [.widens] : [], step: taken == nil ? .securityGroup(differing) : nil,
      remark: taken.map { "Its priority is that of \($0.name), which the spec does not name; give it another." })
  }
}

extension SecurityRulePolicy {
  /// As people read it: `storage: 100 outbound allow tcp * → Storage 443`.
  package var text: String {
    "\(name): \(priority) \(direction.rawValue) \(access.rawValue) \(networkProtocol.rawValue) \(source) → \(destination) \(ports.joined(separator: ","))"
  }

  /// Without what the service leaves open: letter case, and the order of ports.
  fileprivate var comparable: SecurityRulePolicy {
    var rule = self
    rule.name = name.lowercased()
    rule.source = source.lowercased()
    rule.destination = destination.lowercased()
    rule.ports = ports.sorted()
    return rule
  }
}
