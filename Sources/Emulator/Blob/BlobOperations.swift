/// Get Blob, Get Blob Properties, Delete Blob, and the Set operations.
extension BlobService {
  /// Get Blob, Get Blob Properties and Get Blob Metadata.
  func readBlob(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    let now = leaseTime()
    let blob = try blob(request)
    if let id = request.header("x-ms-lease-id") {
      var lease = blob.lease
      try lease.permitWrite(id, at: now, to: "Blob")
    }
    try Conditions(request.http.headers).permitRead(of: blob.version)
    var headers = blob.headers(at: now)
    let isHead = request.operation == .headBlob
    if !isHead, blob.isArchived { throw StorageError.blobArchived }
    let range = isHead ? nil : try ByteRange(request, length: blob.length)
    let span = range?.span ?? 0..<blob.length
    let body = ContentBody(blob.content, store: contents, start: span.lowerBound, count: span.count)
    if let range {
      headers.append(("Content-Range", range.header))
      if let md5 = blob.properties.md5 { headers.append(("x-ms-blob-content-md5", md5)) }
      if request.header("x-ms-range-get-content-md5")?.lowercased() == "true" {
        guard span.count <= 4 << 20 else { throw StorageError.invalidHeader("x-ms-range-get-content-md5") }
        let bytes = try ContentBody(blob.content, store: contents, start: span.lowerBound, count: span.count).bytes()
        headers.append(("Content-MD5", Base64.encode(Digest.md5(bytes))))
      }
    } else if let md5 = blob.properties.md5 {
      headers.append(("Content-MD5", md5))
    }
    return HTTPResponse(
      status: range == nil ? 200 : 206, headers: headers, body: .stream(body, length: span.count))
  }

  /// Delete Blob; at once, there is no soft delete.
  func deleteBlob(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    let conditions = try Conditions(request.http.headers)
    try withBlob(request) { blob in
      guard var found = blob, found.isCommitted else { throw StorageError.blobNotFound }
      try found.lease.permitWrite(request.header("x-ms-lease-id"), at: leaseTime(), to: "Blob")
      try conditions.permitWrite(over: found.version)
      blob = nil
    }
    return HTTPResponse(status: 202, headers: [("x-ms-delete-type-permanent", "true")])
  }

  /// Set Blob Metadata replaces all of it.
  func setMetadata(_ request: BlobRequest) throws -> HTTPResponse {
    let metadata = try request.metadata()
    let blob = try change(request) { $0.metadata = metadata }
    return HTTPResponse(
      status: 200, headers: blob.version.headers + [("x-ms-request-server-encrypted", "true")])
  }

  /// Set Blob Properties replaces all of them.
  func setProperties(_ request: BlobRequest) throws -> HTTPResponse {
    let properties = try request.contentProperties(fallback: false)
    let blob = try change(request) { $0.properties = properties }
    return HTTPResponse(status: 200, headers: blob.version.headers)
  }

  /// Rehydration from Archive, hours in the service, is immediate here.
  func setTier(_ request: BlobRequest) throws -> HTTPResponse {
    guard let tier = try request.accessTier() else { throw StorageError.missingHeader("x-ms-access-tier") }
    let wasArchived = try withBlob(request) { blob in
      guard var found = blob, found.isCommitted else { throw StorageError.blobNotFound }
      guard found.kind == .block else { throw StorageError.invalidBlobType }
      let wasArchived = found.isArchived
      found.tier = tier
      blob = found
      return wasArchived
    }
    return HTTPResponse(status: wasArchived && tier != "Archive" ? 202 : 200)
  }

  /// Changes a committed blob under its lease and conditions.
  private func change(_ request: BlobRequest, _ change: (inout Blob) throws -> Void) throws -> Blob {
    try request.refuseUnsupported()
    let conditions = try Conditions(request.http.headers)
    return try withBlob(request) { blob in
      guard var found = blob, found.isCommitted else { throw StorageError.blobNotFound }
      try found.lease.permitWrite(request.header("x-ms-lease-id"), at: leaseTime(), to: "Blob")
      try conditions.permitWrite(over: found.version)
      guard !found.isArchived else { throw StorageError.blobArchived }
      try change(&found)
      found.version = nextVersion()
      blob = found
      return found
    }
  }
}

extension ResponseBody {
  /// Reads the body to its end.
  func bytes() throws -> [UInt8] {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = try piece.withUnsafeMutableBytes { try next(into: $0) }
      if count == 0 { return all }
      all += piece[..<count]
    }
  }
}
