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

extension ResourceStore {
  /// Reads what the spec declares anything of, all of it.
  package func observe(_ spec: ExportSpec) async throws(ResourceError) -> ResourceState {
    let look = await look(spec)
    if let part = ResourcePart.allCases.first(where: { look.unread[$0] != nil }), let error = look.unread[part] {
      throw error
    }
    return look.state
  }
}
