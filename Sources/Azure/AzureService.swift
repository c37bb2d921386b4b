/// The services that requests go to; each has tokens or keys of its own, which no other may see.
package enum AzureService: Sendable, CaseIterable {
  case query, storage, resourceManager, keyVault, authority
}

extension AzureService: CustomStringConvertible {
  /// As its documentation calls it.
  package var description: String {
    switch self {
    case .query: "Log Analytics"
    case .storage: "Blob storage"
    case .resourceManager: "Azure Resource Manager"
    case .keyVault: "Key Vault"
    case .authority: "Microsoft Entra ID"
    }
  }
}
