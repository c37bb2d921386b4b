/// Append Block.
extension BlobService {
  /// Adds the body at the end, if position and size conditions hold.
  func appendBlock(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    let body = request.http.body
    guard !body.isEmpty else { throw StorageError.invalidHeader("content-length") }
    // Version 2022-11-02 raised the limit from 4 MiB to 100 MiB.
    let limit = request.version < "2022-11-02" ? 4 << 20 : 100 << 20
    guard body.count <= limit else { throw StorageError.tooLarge }
    let confirmed = try request.verifiedChecksum()
    let conditions = try Conditions(request.http.headers)
    let position = try number(request, "x-ms-blob-condition-appendpos")
    let maximum = try number(request, "x-ms-blob-condition-maxsize")
    let (offset, blob) = try withBlob(request) { blob in
      guard var found = blob, found.isCommitted else { throw StorageError.blobNotFound }
      guard found.kind == .append else { throw StorageError.invalidBlobType }
      try found.lease.permitWrite(request.header("x-ms-lease-id"), at: leaseTime(), to: "Blob")
      try conditions.permitWrite(over: found.version)
      let offset = found.length
      if let position, position != offset { throw StorageError.appendPositionNotMet }
      if let maximum, offset + body.count > maximum { throw StorageError.maxSizeNotMet }
      guard found.appends < 50_000 else { throw StorageError.blockCountExceeded }
      try contents.append(body, to: &found.content)
      found.length += body.count
      found.appends += 1
      found.version = nextVersion()
      blob = found
      return (offset, found)
    }
    return HTTPResponse(
      status: 201,
      headers: blob.version.headers + [
        confirmed, ("x-ms-blob-append-offset", "\(offset)"),
        ("x-ms-blob-committed-block-count", "\(blob.appends)"), ("x-ms-request-server-encrypted", "true"),
      ])
  }

  private func number(_ request: BlobRequest, _ name: String) throws(StorageError) -> Int? {
    guard let text = request.header(name) else { return nil }
    guard let value = Int(text), value >= 0 else { throw .invalidHeader(name) }
    return value
  }
}
