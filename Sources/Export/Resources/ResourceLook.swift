package import ExportSpec
package import Planning

/// What is read at Resource Manager by requests of their own, each of which may be refused by itself.
package enum ResourcePart: Int, Sendable, CaseIterable {
  case account
  case blobService
  case lifecycle
  case containers
  case virtualNetwork
  case securityGroup
  case grants
}

/// What was seen of the resources, and what could not be read of them.
package struct ResourceLook: Sendable {
  /// A part that could not be read is nil in it, as one is of which nothing is declared.
  package var state: ResourceState
  /// Why.
  package var unread: [ResourcePart: ResourceError]

  package init(state: ResourceState, unread: [ResourcePart: ResourceError] = [:]) {
    self.state = state
    self.unread = unread
  }
}

extension ResourceStep {
  /// What has to be read to plan it again.
  var parts: Set<ResourcePart> {
    switch self {
    case .anonymousAccess, .minTls, .httpsOnly, .sharedKey, .networkRules: [.account]
    case .softDelete: [.blobService]
    // What shortens retention depends on which containers there are.
    case .lifecycle: [.lifecycle, .containers]
    case .makePrivate, .immutability, .lockImmutability: [.containers]
    case .virtualNetwork, .subnet: [.virtualNetwork]
    case .securityGroup: [.securityGroup]
    case .grant: [.grants]
    }
  }

  /// A spec without the tables that the step is not about: there may be hundreds, each of a container to be read.
  func narrowed(_ spec: ExportSpec) -> ExportSpec {
    let name: String
    switch self {
    case .makePrivate(let container), .lockImmutability(let container, _): name = container
    case .immutability(let container, _, _): name = container
    default: return spec
    }
    var narrow = spec
    narrow.tables = spec.tables.filter { $0.container == name }
    return narrow
  }
}

extension ResourceStore {
  /// Reads what the spec declares anything of, as far as it can be read.
  package func look(_ spec: ExportSpec) async -> ResourceLook { await look(spec, Set(ResourcePart.allCases)) }

  /// Reads what the spec declares anything of, all of it, or all of some parts.
  package func observe(
    _ spec: ExportSpec, _ parts: Set<ResourcePart> = Set(ResourcePart.allCases)
  ) async throws(ResourceError) -> ResourceState {
    let look = await look(spec, parts)
    if let part = ResourcePart.allCases.first(where: { look.unread[$0] != nil }), let error = look.unread[part] {
      throw error
    }
    return look.state
  }
}
