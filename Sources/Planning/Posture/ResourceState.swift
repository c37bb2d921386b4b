package import ExportSpec
package import Timeline

/// What Resource Manager says of the resources that a spec is about: observed, and nothing else.
///
/// A member is nil where it was not asked for because the spec does not declare anything of it.
package struct ResourceState: Sendable, Equatable {
  package var account: AccountState?
  package var blobService: BlobServiceState?
  /// By name; those that exist of the spec's containers and the manifest's.
  package var containers: [String: ContainerState]?
  /// The rules of the account's lifecycle policy, in its order; empty where it has none.
  package var lifecycle: [LifecycleRule]?
  package var virtualNetwork: Existing<VirtualNetworkState>?
  package var securityGroup: Existing<SecurityGroupState>?
  /// What the principal of the spec may do where it needs to; nil where access is not declared.
  package var grants: [Grant: HeldGrant]?

  package init(
    account: AccountState? = nil, blobService: BlobServiceState? = nil, containers: [String: ContainerState]? = nil,
    lifecycle: [LifecycleRule]? = nil, virtualNetwork: Existing<VirtualNetworkState>? = nil,
    securityGroup: Existing<SecurityGroupState>? = nil, grants: [Grant: HeldGrant]? = nil
  ) {
    self.account = account
    self.blobService = blobService
    self.containers = containers
    self.lifecycle = lifecycle
    self.virtualNetwork = virtualNetwork
    self.securityGroup = securityGroup
    self.grants = grants
  }

  /// A resource that was asked for.
  package enum Existing<State: Sendable & Equatable>: Sendable, Equatable {
    case absent
    case present(State)
  }
}

/// A storage account's properties, with the service's defaults where it leaves them out.
package struct AccountState: Sendable, Equatable {
  /// `allowBlobPublicAccess`.
  package var anonymousAccess: Bool
  /// `minimumTlsVersion` as a spec writes it: `1.0` to `1.3`.
  package var minTls: String
  /// `supportsHttpsTrafficOnly`; nil where the answer leaves it out, which no source explains: accounts that are made
  /// since version 2019-04-01 have true where they were not told otherwise, older ones false.
  package var httpsOnly: Bool?
  /// `allowSharedKeyAccess`; absent counts as true.
  package var sharedKey: Bool
  /// `publicNetworkAccess`: `Enabled`, `Disabled` or `SecuredByPerimeter`.
  package var publicNetworkAccess: String
  package var rules: NetworkRules

  package init(
    anonymousAccess: Bool, minTls: String, httpsOnly: Bool?, sharedKey: Bool, publicNetworkAccess: String,
    rules: NetworkRules
  ) {
    self.anonymousAccess = anonymousAccess
    self.minTls = minTls
    self.httpsOnly = httpsOnly
    self.sharedKey = sharedKey
    self.publicNetworkAccess = publicNetworkAccess
    self.rules = rules
  }
}

/// `networkAcls` of an account, as far as a spec can declare it.
package struct NetworkRules: Sendable, Equatable {
  package var defaultAction: NetworkAction
  package var bypass: Set<BypassedService>
  /// In the account's order.
  package var addresses: [String]
  /// Resource Manager ids, in the account's order and spelling; compared without regard to case.
  package var subnets: [String]
  /// Whom other rules let in that a spec cannot declare, in words: IPv6 ranges, instances of resources.
  package var others: [String]

  package init(
    defaultAction: NetworkAction, bypass: Set<BypassedService>, addresses: [String], subnets: [String],
    others: [String] = []
  ) {
    self.others = others
    self.defaultAction = defaultAction
    self.bypass = bypass
    self.addresses = addresses
    self.subnets = subnets
  }
}

/// `blobServices/default`.
package struct BlobServiceState: Sendable, Equatable {
  /// Days that deleted blobs are kept; nil where soft delete is off.
  package var softDeleteDays: Int?

  package init(softDeleteDays: Int?) { self.softDeleteDays = softDeleteDays }
}

/// One container, as Resource Manager sees it.
package struct ContainerState: Sendable, Equatable {
  /// Whether the container lets anyone read (`publicAccess` other than `None`).
  package var isPublic: Bool
  package var immutability: ImmutabilityState?
  /// The archive that its metadata binds it to, by its lineage's id, and that one's workspace; nil for none.
  package var lineage: String?
  package var workspace: String?

  package init(isPublic: Bool, immutability: ImmutabilityState?, lineage: String? = nil, workspace: String? = nil) {
    self.isPublic = isPublic
    self.immutability = immutability
    self.lineage = lineage
    self.workspace = workspace
  }
}

/// A container's time-based immutability policy.
package struct ImmutabilityState: Sendable, Equatable {
  /// `immutabilityPeriodSinceCreationInDays`.
  package var days: Int
  package var isLocked: Bool
  /// `allowProtectedAppendWrites` or `allowProtectedAppendWritesAll`.
  package var allowsAppends: Bool
  /// How often its period was made longer since it was locked.
  package var extensions: Int

  package init(days: Int, isLocked: Bool, allowsAppends: Bool, extensions: Int = 0) {
    self.extensions = extensions
    self.days = days
    self.isLocked = isLocked
    self.allowsAppends = allowsAppends
  }
}

/// One rule of a lifecycle policy.
package struct LifecycleRule: Sendable, Equatable {
  package var name: String
  package var isEnabled: Bool
  /// Each begins with a container's name; ours end in `/`.
  package var prefixes: [String]
  package var blobTypes: Set<String>
  /// Days after modification.
  package var coolAfter: Int?
  package var coldAfter: Int?
  package var archiveAfter: Int?
  package var deleteAfter: Int?
  /// Conditions and actions that a spec cannot declare, as the service names them: `delete daysAfterCreationGreaterThan
  /// 10`, `blobIndexMatch`; a rule that has some is somebody else's, or was altered.
  package var others: [String]
  /// The greatest age in days that one of its conditions asks for before it deletes, whichever clock of a blob it goes
  /// by: all of them must hold. 0 where there is none, nil where it deletes nothing.
  package var deletesFrom: Int?

  package init(
    name: String, isEnabled: Bool = true, prefixes: [String], blobTypes: Set<String> = ["blockBlob"],
    coolAfter: Int? = nil, coldAfter: Int? = nil, archiveAfter: Int? = nil, deleteAfter: Int? = nil,
    others: [String] = [], deletesFrom: Int? = nil
  ) {
    self.name = name
    self.isEnabled = isEnabled
    self.prefixes = prefixes
    self.blobTypes = blobTypes
    self.coolAfter = coolAfter
    self.coldAfter = coldAfter
    self.archiveAfter = archiveAfter
    self.deleteAfter = deleteAfter
    self.others = others
    self.deletesFrom = deletesFrom ?? deleteAfter
  }
}

/// A virtual network.
package struct VirtualNetworkState: Sendable, Equatable {
  package var addressSpace: [String]
  /// Those that exist, by name in lower case.
  package var subnets: [String: SubnetState]

  package init(addressSpace: [String], subnets: [String: SubnetState]) {
    self.addressSpace = addressSpace
    self.subnets = subnets
  }
}

/// A subnet of a virtual network.
package struct SubnetState: Sendable, Equatable {
  package var prefix: String
  /// Service endpoints, such as `Microsoft.Storage`.
  package var serviceEndpoints: Set<String>
  /// The Resource Manager id of its security group.
  package var securityGroup: String?

  package init(prefix: String, serviceEndpoints: Set<String>, securityGroup: String?) {
    self.prefix = prefix
    self.serviceEndpoints = serviceEndpoints
    self.securityGroup = securityGroup
  }
}

/// A network security group's own rules.
package struct SecurityGroupState: Sendable, Equatable {
  package var rules: [SecurityRulePolicy]

  package init(rules: [SecurityRulePolicy]) { self.rules = rules }
}

/// One of the roles that the exporting identity needs, where it needs it.
package enum Grant: String, Sendable, CaseIterable {
  /// Storage Blob Data Contributor on the storage account.
  case storageContributor
  /// Log Analytics Data Reader on the workspace.
  case workspaceReader
}

/// A role that is held, by one assignment or by several.
package struct HeldGrant: Sendable, Equatable {
  /// Whether each of its assignments is bound by a condition, which this program does not evaluate.
  package var isConditional: Bool
  /// When the earliest of them was made (`createdOn`); nil where that cannot be read.
  package var since: Tick?

  package init(isConditional: Bool = false, since: Tick? = nil) {
    self.isConditional = isConditional
    self.since = since
  }
}
