/// What a storage account lets happen at its endpoint.
struct Posture {
  private let allowsAnonymousReads: Bool
  private let allowsSharedKey: Bool
  fileprivate let needsHTTPS: Bool
  /// The lowest version of TLS; plain HTTP has none.
  fileprivate let lowestTLS: TLSVersion
  /// Nil where no public network reaches it at all.
  fileprivate let network: NetworkRules?

  /// Reads the account's properties; what is not said is as open as at the
  /// service.
  fileprivate init(_ properties: JSONValue?, _ rules: JSONValue?) {
    allowsAnonymousReads = properties?["allowBlobPublicAccess"]?.bool ?? true
    allowsSharedKey = properties?["allowSharedKeyAccess"]?.bool ?? true
    needsHTTPS = properties?["supportsHttpsTrafficOnly"]?.bool ?? false
    lowestTLS =
      switch properties?["minimumTlsVersion"]?.string {
      case "TLS1_1": .v11
      case "TLS1_2": .v12
      case "TLS1_3": .v13
      default: .v10
      }
    let isReached = (properties?["publicNetworkAccess"]?.string ?? "Enabled") == "Enabled"
    network = isReached ? NetworkRules(rules) : nil
  }

  /// Signatures with the account's key, of requests and of shared access.
  func permitSharedKey() throws(StorageError) {
    guard allowsSharedKey else {
      throw StorageError(
        403, "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account.")
    }
  }

  /// Reading without credentials, of a container that is `access`.
  func permitAnyone(_ request: BlobRequest, _ access: PublicAccess?) throws(StorageError) {
    let reads: [Operation] = [.getBlob, .headBlob, .listBlobs, .containerProperties]
    guard reads.contains(request.operation) else { throw .noAuthentication }
    guard allowsAnonymousReads else { throw .publicAccessNotPermitted }
    guard access == .container || access == .blob && request.blob != nil else { throw .noAuthentication }
  }

  /// Opening a container to all.
  fileprivate func permitOpening(_ request: BlobRequest) throws(StorageError) {
    guard request.header("x-ms-blob-public-access") == nil || allowsAnonymousReads else {
      throw .publicAccessNotPermitted
    }
  }
}

/// Holds requests to Blob storage against what Resource Manager declares.
struct PostureGate: Sendable {
  let store: ResourceStore
  let caller: CallerSetting
  let roles: RoleGate
  let delay: RulesDelay

  /// Lets a request in by its scheme, its version of TLS and where it comes
  /// from, and returns what else counts.
  func admit(_ request: BlobRequest, scheme: String) throws(StorageError) -> Posture {
    let documents = store.all
    let properties = documents[id: ResourceManager.accountID(request.account)]?.properties
    let posture = Posture(properties, delay.acting(properties?["networkAcls"], of: request.account))
    if posture.needsHTTPS, scheme != "https" {
      throw StorageError(
        400, "AccountRequiresHttps", "The account being accessed does not support http.")
    }
    if let version = request.http.tls, version < posture.lowestTLS {
      throw StorageError(
        400, "TlsVersionNotPermitted", "The TLS version of the connection is not permitted on this storage account.")
    }
    guard posture.network?.admit(caller.value, documents) == true else {
      throw .authorizationFailure("AuthorizationFailure")
    }
    try posture.permitOpening(request)
    return posture
  }

  /// Holds the bearer of a valid token against the role assignments.
  func permitRole(of token: String, _ request: BlobRequest) throws(StorageError) {
    var id = ResourceManager.accountID(request.account)
    if let container = request.container { id += "/blobServices/default/containers/\(container)" }
    guard roles.admits(token, request.isReading ? .readBlobs : .writeBlobs, at: id) else {
      throw .authorizationPermissionMismatch
    }
  }
}

extension BlobRequest {
  /// Whether a reader's role suffices.
  fileprivate var isReading: Bool {
    switch operation {
    case .listContainers, .serviceProperties, .accountInformation, .containerProperties, .listBlobs, .getBlockList,
      .getBlob, .headBlob:
      true
    case .containerACL: http.method != "PUT"
    default: false
    }
  }
}

extension BlobService {
  /// Who may read the addressed container without credentials.
  func publicAccess(_ request: BlobRequest) -> PublicAccess? { header(Self.key(request))?.publicAccess }
}

extension StorageError {
  /// 409: the account is closed to everyone without credentials.
  fileprivate static let publicAccessNotPermitted = StorageError(
    409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")

  /// 403: no role of the principal lets it do this.
  fileprivate static let authorizationPermissionMismatch = StorageError(
    403, "AuthorizationPermissionMismatch",
    "This request is not authorized to perform this operation using this permission.")
}
