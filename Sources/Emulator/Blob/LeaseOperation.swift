/// Lease Blob and Lease Container: acquire, renew, change, release, break.
extension BlobService {
  /// The operation that `x-ms-lease-action` names.
  func lease(_ request: BlobRequest) throws -> HTTPResponse {
    let conditions = try Conditions(request.http.headers)
    let action = try LeaseAction(request)
    let now = leaseTime()
    if request.blob == nil {
      let key = Self.key(request)
      return try withContainer(request) { container in
        var header = container.header
        try conditions.permitWrite(over: header.version)
        let response = try action.apply(to: &header.lease, version: header.version, at: now)
        try journal?.save(header, container: key)
        container.header = header
        return response
      }
    }
    return try withBlob(request) { blob in
      guard var found = blob, found.isCommitted else { throw StorageError.blobNotFound }
      try conditions.permitWrite(over: found.version)
      let response = try action.apply(to: &found.lease, version: found.version, at: now)
      blob = found
      return response
    }
  }
}

/// One lease operation with its arguments.
private enum LeaseAction {
  case acquire(id: String, seconds: Int)
  case renew(id: String)
  case change(id: String, proposed: String)
  case release(id: String)
  case breakOff(period: Int?)

  /// Reads action and arguments; throws 400 for what is missing or out of range.
  init(_ request: BlobRequest) throws(StorageError) {
    switch request.header("x-ms-lease-action")?.lowercased() {
    case "acquire":
      let seconds = request.header("x-ms-lease-duration").flatMap { Int($0) } ?? 0
      guard seconds == -1 || (15...60).contains(seconds) else { throw .invalidHeader("x-ms-lease-duration") }
      let id = request.header("x-ms-proposed-lease-id") ?? Digest.guid()
      self = .acquire(id: try Self.guid(id, "x-ms-proposed-lease-id"), seconds: seconds)
    case "renew": self = .renew(id: try Self.id(request))
    case "release": self = .release(id: try Self.id(request))
    case "change":
      guard let proposed = request.header("x-ms-proposed-lease-id") else {
        throw .missingHeader("x-ms-proposed-lease-id")
      }
      self = .change(id: try Self.id(request), proposed: try Self.guid(proposed, "x-ms-proposed-lease-id"))
    case "break":
      let period = request.header("x-ms-lease-break-period")
      let seconds = period.flatMap { Int($0) }
      if period != nil, !(0...60).contains(seconds ?? -1) { throw .invalidHeader("x-ms-lease-break-period") }
      self = .breakOff(period: seconds)
    case nil: throw .missingHeader("x-ms-lease-action")
    default: throw .invalidHeader("x-ms-lease-action")
    }
  }

  /// Changes the lease and returns the reply.
  func apply(to lease: inout Lease, version: Version, at now: Int64) throws(StorageError) -> HTTPResponse {
    switch self {
    case .acquire(let id, let seconds):
      try lease.acquire(id, seconds: seconds, at: now)
      return HTTPResponse(status: 201, headers: version.headers + [("x-ms-lease-id", id)])
    case .renew(let id):
      try lease.renew(id, at: now)
      return HTTPResponse(status: 200, headers: version.headers + [("x-ms-lease-id", id)])
    case .change(let id, let proposed):
      try lease.change(id, to: proposed, at: now)
      return HTTPResponse(status: 200, headers: version.headers + [("x-ms-lease-id", proposed)])
    case .release(let id):
      try lease.release(id)
      return HTTPResponse(status: 200, headers: version.headers)
    case .breakOff(let period):
      let seconds = try lease.breakOff(period: period, at: now)
      return HTTPResponse(status: 202, headers: version.headers + [("x-ms-lease-time", "\(seconds)")])
    }
  }

  private static func id(_ request: BlobRequest) throws(StorageError) -> String {
    guard let id = request.header("x-ms-lease-id") else { throw .missingHeader("x-ms-lease-id") }
    return try guid(id, "x-ms-lease-id")
  }

  private static func guid(_ text: String, _ header: String) throws(StorageError) -> String {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map({ $0.utf8.count }) == [8, 4, 4, 4, 12],
      groups.allSatisfy({ $0.utf8.allSatisfy { Hex.digit($0) != nil } })
    else { throw .invalidHeader(header) }
    return text.lowercased()
  }
}
