/// Microsoft.Storage/storageAccounts/blobServices/containers: the containers
/// of Blob storage, from the other side.
extension ResourceManager {
  private static let containerType = "Microsoft.Storage/storageAccounts/blobServices/containers"

  /// GET, list, PUT, PATCH and DELETE, and what is under containers.
  func containers(_ request: ResourceRequest) throws -> HTTPResponse {
    let names = request.path.names
    guard let account = names.first, let owner = store[Self.accountID(account)] else {
      throw ResourceError.parentNotFound(request.path)
    }
    guard names.count > 1, names[1].lowercased() == "default" else { throw ResourceError.notFound(request.path) }
    let base = owner.id + "/blobServices/default/containers"
    guard names.count > 2 else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      return .list(
        blobs.headers(of: owner.name).map { Self.shown($0.header, $0.name, base, at: blobs.leaseTime()) })
    }
    let place = ContainerPlace(key: "\(owner.name)/\(names[2])", id: "\(base)/\(names[2])", name: names[2])
    if request.path.kind.contains("/immutabilitypolicies") { return try immutability(request, place) }
    guard !request.path.isCollection else { throw ResourceError.notEmulated("Leases and legal holds. This") }
    switch request.http.method {
    case "GET":
      guard let header = blobs.header(place.key) else { throw Self.containerNotFound }
      return .json(
        200, Self.shown(header, place.name, base, at: blobs.leaseTime()), headers: [("ETag", header.version.etag)])
    case "PUT", "PATCH":
      let before = blobs.header(place.key)
      guard before != nil || request.http.method == "PUT" else { throw Self.containerNotFound }
      guard BlobService.isContainerName(place.name) else { throw ResourceError.invalidValue("containerName") }
      let body = request.http.body.isEmpty ? .object([:]) : try request.body()
      let change = try ContainerChange(body["properties"], on: owner)
      let header = try blobs.changeHeader(place.key) { change.apply(to: &$0) }
      return .json(
        before == nil ? 201 : 200, Self.shown(header, place.name, base, at: blobs.leaseTime()),
        headers: [("ETag", header.version.etag)])
    case "DELETE":
      return HTTPResponse(status: try blobs.removeContainer(place.key) ? 200 : 204)
    default: throw ResourceError.methodNotAllowed
    }
  }

  static let containerNotFound = ResourceError(404, "ContainerNotFound", "The specified container does not exist.")

  private static func shown(_ header: Container.Header, _ name: String, _ base: String, at now: Int64) -> JSONValue {
    let lease = Dictionary(header.lease.headers(at: now)) { $1 }
    var properties: JSONValue = [
      "publicAccess": .string(header.publicAccess.map { $0 == .blob ? "Blob" : "Container" } ?? "None"),
      "metadata": .object(Dictionary(header.metadata.map { ($0.name, .string($0.value)) }) { $1 }),
      "lastModifiedTime": .string(HTTPDate.iso(header.version.modified)), "deleted": false,
      "remainingRetentionDays": 0, "hasLegalHold": false, "hasImmutabilityPolicy": .bool(header.immutability != nil),
      "defaultEncryptionScope": "$account-encryption-key", "denyEncryptionScopeOverride": false,
    ]
    for (name, field) in [
      ("leaseStatus", "x-ms-lease-status"), ("leaseState", "x-ms-lease-state"),
      ("leaseDuration", "x-ms-lease-duration"),
    ] {
      guard let value = lease[field], let first = value.first else { continue }
      properties[name] = .string(first.uppercased() + value.dropFirst())
    }
    if let policy = header.immutability {
      properties["immutabilityPolicy"] = [
        "etag": .string(policy.etag), "properties": policy.properties,
        // Of its changes those alone that count against a limit.
        "updateHistory": .array(Array(repeating: ["update": "extend"], count: policy.extensions)),
      ]
    }
    return [
      "id": .string("\(base)/\(name)"), "name": .string(name), "type": .string(containerType),
      "etag": .string(header.version.etag), "properties": properties,
    ]
  }
}

/// A container as Blob storage and Resource Manager name it.
struct ContainerPlace {
  /// `account/name`.
  let key: String
  let id: String
  let name: String
}

/// What a PUT or PATCH says of a container; what it does not say stays.
private struct ContainerChange {
  private var publicAccess: PublicAccess??
  private var metadata: [MetadataItem]?

  /// Reads the properties; throws 409 where the account forbids public access.
  init(_ properties: JSONValue?, on account: ResourceDocument) throws(ResourceError) {
    if let text = properties?["publicAccess"] {
      switch text.string {
      case "None": publicAccess = .some(nil)
      case "Blob": publicAccess = .blob
      case "Container": publicAccess = .container
      default: throw .invalidValue("publicAccess")
      }
      if publicAccess != .some(nil), account.properties["allowBlobPublicAccess"]?.bool == false {
        throw ResourceError(
          409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
      }
    }
    if let pairs = properties?["metadata"] {
      guard let members = pairs.object, members.values.allSatisfy({ $0.string != nil }) else {
        throw .invalidValue("metadata")
      }
      metadata = members.sorted { $0.key < $1.key }.map { MetadataItem(name: $0.key, value: $0.value.string ?? "") }
    }
  }

  func apply(to header: inout Container.Header) {
    if let publicAccess { header.publicAccess = publicAccess }
    if let metadata { header.metadata = metadata }
  }
}
