/// Resource Manager: the resources of one subscription with one group. Each
/// provider's operations are an extension of their own.
struct ResourceManager: Sendable {
  let store: ResourceStore
  let blobs: BlobService
  let logs: any LogService
  let accounts: [String: StorageAccount]
  let clock: EmulatorClock

  /// Performs one operation; the request is already authorised.
  func answer(_ request: ResourceRequest) throws -> HTTPResponse {
    try checkScope(request.path)
    let kind = request.path.kind
    if kind.hasPrefix("microsoft.authorization/") { return try authorization(request) }
    if kind == "microsoft.storage/storageaccounts" || kind == "microsoft.storage/storageaccounts/listkeys" {
      return try storageAccounts(request)
    }
    if kind.hasPrefix("microsoft.storage/storageaccounts/managementpolicies") { return try managementPolicies(request) }
    if kind.hasPrefix("microsoft.storage/storageaccounts/blobservices/containers") { return try containers(request) }
    if kind.hasPrefix("microsoft.storage/storageaccounts/blobservices") { return try blobServices(request) }
    if kind.hasPrefix("microsoft.network/virtualnetworks") { return try virtualNetworks(request) }
    if kind.hasPrefix("microsoft.network/networksecuritygroups") { return try securityGroups(request) }
    if kind.hasPrefix("microsoft.operationalinsights/workspaces") { return try workspaces(request) }
    throw ResourceError.notEmulated(kind.isEmpty ? "This path" : "The type \(kind)")
  }

  private func checkScope(_ path: ResourcePath) throws(ResourceError) {
    if let subscription = path.subscription, subscription.lowercased() != ResourceID.subscription {
      throw ResourceError(
        404, "SubscriptionNotFound", "The subscription '\(subscription)' could not be found.")
    }
    if let group = path.group, group.lowercased() != ResourceID.group {
      throw ResourceError(404, "ResourceGroupNotFound", "Resource group '\(group)' could not be found.")
    }
  }
}

extension ResourceManager {
  /// Makes the resources of accounts and workspaces that no earlier run left.
  func seed(_ configuration: EmulatorConfiguration) throws {
    let now = HTTPDate.iso(clock.seconds)
    try store.change { documents in
      for account in configuration.accounts {
        let id = Self.accountID(account.name)
        if documents[id: id] != nil { continue }
        documents[id: id] = ResourceDocument(
          id: id, type: Self.accountType, content: Self.freshAccount(created: now))
      }
      for (index, customer) in configuration.workspaces.enumerated() {
        let id = Self.workspaceID(index)
        let kept = documents[id: id]?.properties["customerId"]?.string?.lowercased()
        if kept == customer.lowercased() { continue }
        documents[id: id] = ResourceDocument(
          id: id, type: Self.workspaceType, content: Self.freshWorkspace(customer: customer, created: now))
      }
      for (table, settings) in configuration.tables {
        try Self.set(settings, of: table, under: Self.workspaceID(0), &documents)
      }
    }
  }

  /// A resource of the addressed kind, or 404.
  func found(_ path: ResourcePath, _ id: String) throws(ResourceError) -> ResourceDocument {
    guard let document = store[id] else { throw .notFound(path) }
    return document
  }
}
