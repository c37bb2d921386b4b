/// Which service a request is for, by its path.
enum Route {
  case query(workspace: String, LogQueryRequest.Endpoint)
  case ingest(stream: String)
  case token(tenant: String)
  case configuration(tenant: String)
  case instances
  case metadataIdentity
  case appServiceIdentity
  case vault(VaultPath, method: String)
  case blob(BlobRequest)
  case resource(Operation)
  /// The emulator's own endpoint under `/_emulator/`.
  case admin(String)
  /// Paths of services that are not emulated.
  case reserved(String)
  case unknown

  /// `accounts` are the names of the storage accounts.
  init(_ request: HTTPRequest, accounts: Set<String>) {
    let segments = request.target.segments
    let first = segments.first ?? ""
    switch first {
    case "_emulator": self = .admin(request.target.path(from: 1))
    case "v1" where segments.count == 4 && segments[1] == "workspaces":
      self = LogQueryRequest.Endpoint(rawValue: segments[3]).map { .query(workspace: segments[2], $0) } ?? .unknown
    case "dataCollectionRules" where segments.count == 4 && segments[2] == "streams":
      self = .ingest(stream: segments[3])
    case "common" where Array(segments.dropFirst()) == ["discovery", "instance"]: self = .instances
    case _ where accounts.contains(first): self = .blob(BlobRequest(request))
    case _ where Array(segments.dropFirst()) == ["oauth2", "v2.0", "token"]: self = .token(tenant: first)
    case _ where Array(segments.dropFirst()) == ["v2.0", ".well-known", "openid-configuration"]:
      self = .configuration(tenant: first)
    case _ where ["subscriptions", "providers"].contains(first.lowercased()):
      self = .resource(ResourceEndpoint.operation(of: request))
    case "metadata" where Array(segments.dropFirst()) == ["identity", "oauth2", "token"]: self = .metadataIdentity
    case "metadata": self = .reserved("The instance metadata service beyond identity")
    case "msi" where Array(segments.dropFirst()) == ["token"]: self = .appServiceIdentity
    case "keyvault": self = VaultPath(segments).map { .vault($0, method: request.method) } ?? .unknown
    default: self = .unknown
    }
  }

  /// The operation's name for faults and counters; nil for the admin endpoint.
  var operation: Operation? {
    switch self {
    case .query(_, .query): .query
    case .query(_, .search): .search
    case .ingest: .ingest
    case .token: .token
    case .configuration, .instances: .discovery
    case .metadataIdentity, .appServiceIdentity: .managedIdentity
    case .vault(let path, let method): path.operation(method)
    case .blob(let request): request.operation
    case .resource(let operation): operation
    case .admin: nil
    case .reserved, .unknown: .unknown
    }
  }
}
