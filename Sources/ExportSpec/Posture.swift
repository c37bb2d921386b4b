package import Timeline

/// The life of the exported blobs, as the lifecycle and immutability policies count it.
///
/// What is nil is not declared, and is neither checked nor changed.
package struct RetentionPolicy: Sendable, Equatable {
  /// Age at which blobs are deleted; whole days, as all of these.
  package var deleteAfter: Timespan?
  /// Age at which they move to the cool tier; tiers follow each other, and deletion follows them.
  package var coolAfter: Timespan?
  /// Age at which they move to the cold tier.
  package var coldAfter: Timespan?
  /// Age at which they move to the archive tier, where they cannot be read before they are brought back.
  package var archiveAfter: Timespan?
  /// How long deleted blobs can be brought back, 1 to 365 days.
  package var softDelete: Timespan?
  /// How long blobs can be neither changed nor deleted, 1 to 146,000 days.
  package var immutableFor: Timespan?
  /// Whether the immutability policies are locked, which cannot be undone.
  package var locked: Bool

  package init(
    deleteAfter: Timespan? = nil, coolAfter: Timespan? = nil, coldAfter: Timespan? = nil,
    archiveAfter: Timespan? = nil, softDelete: Timespan? = nil, immutableFor: Timespan? = nil, locked: Bool = false
  ) {
    self.deleteAfter = deleteAfter
    self.coolAfter = coolAfter
    self.coldAfter = coldAfter
    self.archiveAfter = archiveAfter
    self.softDelete = softDelete
    self.immutableFor = immutableFor
    self.locked = locked
  }
}

/// Who may reach the storage account, and how.
///
/// What is nil is not declared, and is neither checked nor changed.
package struct NetworkPolicy: Sendable, Equatable {
  /// Whether a container may let anyone read its blobs.
  package var anonymousAccess: Bool
  /// The lowest version of TLS: `1.2`, the highest that an account can be told to require.
  package var minTls: String
  /// Whether plain HTTP is refused.
  package var httpsOnly: Bool
  /// Whether the account's keys, and SAS signed with them, are accepted.
  package var sharedKey: Bool?
  /// What happens to callers that no rule names; `deny` where rules are declared and this is not.
  package var defaultAction: NetworkAction?
  /// Services that pass the rules.
  package var bypass: Set<BypassedService>?
  /// Resource Manager ids of subnets that are let in.
  package var subnets: [String]?
  /// Public IPv4 addresses or CIDR ranges up to /30 that are let in.
  package var addresses: [String]?
  /// Whether rules that let others in stay (`keep`) or count as a difference (`remove`).
  package var others: OtherRules
  package var manage: PostureMode
  /// The network that the job runs in.
  package var virtualNetwork: VirtualNetworkPolicy?

  package init(
    anonymousAccess: Bool = false, minTls: String = "1.2", httpsOnly: Bool = true, sharedKey: Bool? = nil,
    defaultAction: NetworkAction? = nil, bypass: Set<BypassedService>? = nil, subnets: [String]? = nil,
    addresses: [String]? = nil, others: OtherRules = .keep, manage: PostureMode = .check,
    virtualNetwork: VirtualNetworkPolicy? = nil
  ) {
    self.anonymousAccess = anonymousAccess
    self.minTls = minTls
    self.httpsOnly = httpsOnly
    self.sharedKey = sharedKey
    self.defaultAction = defaultAction
    self.bypass = bypass
    self.subnets = subnets
    self.addresses = addresses
    self.others = others
    self.manage = manage
    self.virtualNetwork = virtualNetwork
  }
}

/// What happens to a caller, or to traffic, that no rule names.
package enum NetworkAction: String, Sendable, CaseIterable {
  case allow, deny
}

/// What the firewall of an account lets pass besides its rules, in Azure's own spelling (`networkAcls.bypass`).
package enum BypassedService: String, Sendable, CaseIterable {
  case azureServices = "AzureServices"
  case logging = "Logging"
  case metrics = "Metrics"
}

/// What becomes of the account's network rules that the spec does not name.
package enum OtherRules: String, Sendable, CaseIterable {
  case keep, remove
}

/// Whether a posture that differs is only reported or also mended.
package enum PostureMode: String, Sendable, CaseIterable {
  case check, enforce
}

/// A virtual network with the subnet that the job runs in.
package struct VirtualNetworkPolicy: Sendable, Equatable {
  /// The network's Resource Manager id.
  package var resource: String
  /// The region that it is created in, such as `westeurope`.
  package var location: String?
  /// CIDR ranges that must be part of its address space.
  package var addressSpace: [String]
  package var subnet: SubnetPolicy?
  package var securityGroup: SecurityGroupPolicy?

  package init(
    resource: String, location: String? = nil, addressSpace: [String] = [], subnet: SubnetPolicy? = nil,
    securityGroup: SecurityGroupPolicy? = nil
  ) {
    self.resource = resource
    self.location = location
    self.addressSpace = addressSpace
    self.subnet = subnet
    self.securityGroup = securityGroup
  }
}

/// A subnet with the `Microsoft.Storage` service endpoint.
package struct SubnetPolicy: Sendable, Equatable {
  package var name: String
  /// Its CIDR range, within the network's address space.
  package var prefix: String

  package init(name: String, prefix: String) {
    self.name = name
    self.prefix = prefix
  }
}

/// The network security group of the subnet, and the rules that it must have.
package struct SecurityGroupPolicy: Sendable, Equatable {
  /// The group's Resource Manager id.
  package var resource: String
  package var rules: [SecurityRulePolicy]

  package init(resource: String, rules: [SecurityRulePolicy] = []) {
    self.resource = resource
    self.rules = rules
  }
}

/// One rule of a network security group.
package struct SecurityRulePolicy: Sendable, Equatable {
  package var name: String
  /// 100 to 4096, unique within its direction; the lowest counts first.
  package var priority: Int
  package var direction: Direction
  package var access: NetworkAction
  package var networkProtocol: TransportProtocol
  /// An address range, a service tag such as `VirtualNetwork`, or `*`.
  package var source: String
  package var destination: String
  /// Destination ports or ranges such as `443` and `8000-8010`, or `*`.
  package var ports: [String]

  package enum Direction: String, Sendable, CaseIterable {
    case inbound, outbound
  }

  package enum TransportProtocol: String, Sendable, CaseIterable {
    case tcp, udp, icmp, any
  }

  package init(
    name: String, priority: Int, direction: Direction, access: NetworkAction,
    networkProtocol: TransportProtocol = .tcp, source: String = "*", destination: String = "*", ports: [String] = ["*"]
  ) {
    self.name = name
    self.priority = priority
    self.direction = direction
    self.access = access
    self.networkProtocol = networkProtocol
    self.source = source
    self.destination = destination
    self.ports = ports
  }
}

/// The role assignments that the exporting identity needs: Storage Blob Data Contributor on the account and
/// Log Analytics Data Reader on the workspace.
package struct AccessPolicy: Sendable, Equatable {
  /// The object id of the identity's service principal, a GUID in lower case.
  package var principal: String
  package var manage: PostureMode

  package init(principal: String, manage: PostureMode = .check) {
    self.principal = principal
    self.manage = manage
  }
}
