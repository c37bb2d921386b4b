package import ExportSpec

/// One property of one resource that differs from what the spec declares.
package struct ResourceChange: Sendable, Equatable {
  /// What it is about, for people and for plan files: `storage account stsocarchive`, `container logs-syslog`.
  package var resource: String
  /// As a spec names it: `network.minTls`.
  package var property: String
  /// What is there, and what is declared, as text; nil for nothing.
  package var before: String?
  package var after: String?
  /// What a person should weigh before it is done.
  package var warnings: Set<Warning>
  /// Whether the spec has it mended or only checked.
  package var mode: PostureMode
  /// What brings it about; nil where it is only checked, or cannot be brought about.
  package var step: ResourceStep?
  /// Why there is no step, or what else to know; one sentence.
  package var remark: String?

  package init(
    resource: String, property: String, before: String?, after: String?, warnings: Set<Warning> = [],
    mode: PostureMode = .enforce, step: ResourceStep?, remark: String? = nil
  ) {
    self.resource = resource
    self.property = property
    self.before = before
    self.after = after
    self.warnings = warnings
    self.mode = mode
    self.step = step
    self.remark = remark
  }

  /// What needs more than an ordinary approval.
  package enum Warning: String, Sendable, CaseIterable {
    /// Lets in more callers, or lets them in with less: `--approve-widening`.
    case widens
    /// Blobs may be deleted earlier than before: `--approve-widening`.
    case shortens
    /// Cannot be undone: `--approve-irreversible`.
    case irreversible
  }
}

/// One change of a resource through Resource Manager; each is idempotent.
package enum ResourceStep: Sendable, Equatable {
  case anonymousAccess(Bool)
  /// `1.2` or `1.3`.
  case minTls(String)
  case httpsOnly(Bool)
  case sharedKey(Bool)
  /// Changes of the network rules, all at once: what is added, what is removed, what is set.
  case networkRules(NetworkRulesChange)
  case softDelete(days: Int)
  /// Sets the rules of these names, and leaves the others.
  case lifecycle([LifecycleRule])
  /// Makes a container private.
  case makePrivate(container: String)
  /// Creates or tightens a container's policy; a locked one is extended.
  case immutability(container: String, days: Int, allowsAppends: Bool)
  /// Locks a container's policy while its period is this.
  case lockImmutability(container: String, days: Int)
  /// Creates the network, or adds the prefixes that its address space lacks; no subnet.
  case virtualNetwork(VirtualNetworkPolicy)
  /// Creates the subnet, or gives it the service endpoint and the security group; its other properties stay.
  case subnet(VirtualNetworkPolicy)
  /// Creates the group in the network's region, or sets the rules that the policy names; its other rules stay.
  case securityGroup(VirtualNetworkPolicy)
  case grant(Grant)

  /// When it is done: steps of lower stages first.
  package enum Stage: Int, Sendable, Comparable, CaseIterable {
    /// The job's own network, which the account's rules name.
    case network
    case access
    case account
    /// What needs the containers to exist.
    case containers

    package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  package var stage: Stage {
    switch self {
    case .virtualNetwork, .subnet, .securityGroup: .network
    case .grant: .access
    case .anonymousAccess, .minTls, .httpsOnly, .sharedKey, .networkRules, .softDelete, .lifecycle: .account
    case .makePrivate, .immutability, .lockImmutability: .containers
    }
  }
}

/// What is done to an account's network rules; the rest of them stays.
package struct NetworkRulesChange: Sendable, Equatable {
  package var defaultAction: NetworkAction?
  package var bypass: Set<BypassedService>?
  package var addAddresses: [String]
  package var addSubnets: [String]
  package var removeAddresses: [String]
  package var removeSubnets: [String]

  package init(
    defaultAction: NetworkAction? = nil, bypass: Set<BypassedService>? = nil, addAddresses: [String] = [],
    addSubnets: [String] = [], removeAddresses: [String] = [], removeSubnets: [String] = []
  ) {
    self.defaultAction = defaultAction
    self.bypass = bypass
    self.addAddresses = addAddresses
    self.addSubnets = addSubnets
    self.removeAddresses = removeAddresses
    self.removeSubnets = removeSubnets
  }
}
