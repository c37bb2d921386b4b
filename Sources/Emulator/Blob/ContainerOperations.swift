/// Create, Delete, Get Properties, Set Metadata and the access policy of
/// containers.
extension BlobService {
  /// Create Container.
  func createContainer(_ request: BlobRequest) throws -> HTTPResponse {
    guard let name = request.container, Self.isContainerName(name) else { throw StorageError.invalidContainerName }
    var header = Container.Header(version: nextVersion(), metadata: try request.metadata())
    header.publicAccess = try Self.publicAccess(request)
    let key = Self.key(request)
    try withState { state in
      guard state.containers[key] == nil else { throw StorageError.containerExists }
      try journal?.save(header, container: key)
      state.containers[key] = Container(header: header)
    }
    return HTTPResponse(status: 201, headers: header.version.headers)
  }

  /// Delete Container, at once with all its blobs.
  func deleteContainer(_ request: BlobRequest) throws -> HTTPResponse {
    let conditions = try Conditions(request.http.headers)
    let key = Self.key(request)
    try withState { state in
      guard var container = state.containers[key] else { throw StorageError.containerNotFound }
      try container.header.lease.permitWrite(
        request.header("x-ms-lease-id"), at: leaseTime(), to: "Container")
      try conditions.permitWrite(over: container.header.version)
      if container.header.immutability != nil, !container.names.isEmpty { throw StorageError.containerImmutable }
      try journal?.save(nil, container: key)
      state.containers[key] = nil
      for blob in container.blobs.values { contents.remove(blob.chunks) }
    }
    return HTTPResponse(status: 202)
  }

  /// Get Container Properties and Get Container Metadata.
  func containerProperties(_ request: BlobRequest) throws -> HTTPResponse {
    let now = leaseTime()
    let header = try withContainer(request) { $0.header }
    if let id = request.header("x-ms-lease-id") {
      var lease = header.lease
      try lease.permitWrite(id, at: now, to: "Container")
    }
    return HTTPResponse(
      status: 200,
      headers: header.version.headers + header.lease.headers(at: now) + [
        ("x-ms-has-immutability-policy", "\(header.immutability != nil)"), ("x-ms-has-legal-hold", "false"),
        ("x-ms-default-encryption-scope", "$account-encryption-key"), ("x-ms-deny-encryption-scope-override", "false"),
      ] + header.publicAccessHeader + header.metadata.map { ("x-ms-meta-\($0.name)", $0.value) })
  }

  /// Set Container Metadata replaces all of it.
  func setContainerMetadata(_ request: BlobRequest) throws -> HTTPResponse {
    let metadata = try request.metadata()
    let conditions = try Conditions(request.http.headers)
    let version = try changeContainer(request) { header in
      try conditions.permitWrite(over: header.version)
      header.metadata = metadata
    }
    return HTTPResponse(status: 200, headers: version.headers)
  }

  /// Get and Set Container ACL: who reads without credentials; stored access
  /// policies there are none.
  func containerACL(_ request: BlobRequest) throws -> HTTPResponse {
    guard request.http.method == "PUT" else {
      let header = try withContainer(request) { $0.header }
      return .xml(200, "<SignedIdentifiers />", headers: header.version.headers + header.publicAccessHeader)
    }
    let publicAccess = try Self.publicAccess(request)
    guard !String(decoding: request.http.body, as: UTF8.self).contains("<SignedIdentifier>") else {
      throw StorageError.notEmulated("A stored access policy")
    }
    let version = try changeContainer(request) { $0.publicAccess = publicAccess }
    return HTTPResponse(status: 200, headers: version.headers)
  }

  /// Changes a container's header under its lease, and returns its new version.
  private func changeContainer(
    _ request: BlobRequest, _ change: (inout Container.Header) throws -> Void
  ) throws -> Version {
    let key = Self.key(request)
    return try withContainer(request) { container in
      var header = container.header
      // Unlike deleting, changing a leased container needs no lease id.
      if let id = request.header("x-ms-lease-id") {
        try header.lease.permitWrite(id, at: leaseTime(), to: "Container")
      }
      try change(&header)
      header.version = nextVersion()
      try journal?.save(header, container: key)
      container.header = header
      return header.version
    }
  }

  /// 3 to 63 of a-z, 0-9 and single hyphens between them.
  static func isContainerName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard (3...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
      !name.contains("--")
    else { return false }
    return bytes.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
      default: false
      }
    }
  }

  private static func publicAccess(_ request: BlobRequest) throws(StorageError) -> PublicAccess? {
    guard let text = request.header("x-ms-blob-public-access") else { return nil }
    guard let access = PublicAccess(rawValue: text) else { throw .invalidHeader("x-ms-blob-public-access") }
    return access
  }
}

extension Container.Header {
  /// The header that tells who reads without credentials.
  var publicAccessHeader: [(String, String)] { publicAccess.map { [("x-ms-blob-public-access", $0.rawValue)] } ?? [] }
}

extension HTTPResponse {
  /// A reply of XML; the byte order mark that the service sends is left out.
  static func xml(_ status: Int, _ body: String, headers: [(String, String)] = []) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/xml")] + headers,
      body: .bytes(Array("<?xml version=\"1.0\" encoding=\"utf-8\"?>\(body)".utf8)))
  }
}
