/// Put Blob, Put Block, Put Block List and Get Block List.
extension BlobService {
  /// Put Blob, of a block blob with its content or of an empty append blob.
  func putBlob(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    guard let type = request.header("x-ms-blob-type") else { throw StorageError.missingHeader("x-ms-blob-type") }
    guard let kind = BlobKind(rawValue: type) else { throw StorageError.notEmulated(type) }
    if kind == .append, !request.http.body.isEmpty { throw StorageError.invalidHeader("content-length") }
    let confirmed = try request.verifiedChecksum()
    var properties = try request.contentProperties(fallback: true)
    let md5 = Base64.encode(Digest.md5(request.http.body))
    if kind == .block { properties.md5 = properties.md5 ?? md5 }
    let fresh = try FreshBlob(request, kind: kind, properties: properties)
    let content = request.http.body.isEmpty ? [] : [try contents.write(request.http.body)]
    let version = try commit(fresh, request, discarding: content) { _ in (content, []) }
    return HTTPResponse(
      status: 201,
      headers: version.headers + [confirmed, ("x-ms-request-server-encrypted", "true")])
  }

  /// Put Block stages one block; the blob that is read stays as it was.
  func putBlock(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    guard let id = request.http.target["blockid"], let raw = Base64.decode(id), (1...64).contains(raw.count) else {
      throw StorageError.invalidQuery("blockid")
    }
    guard !request.http.body.isEmpty else { throw StorageError.invalidHeader("content-length") }
    let confirmed = try request.verifiedChecksum()
    let block = Block(id: id, content: try contents.write(request.http.body))
    do {
      try withBlob(request) { blob in
        var found =
          blob
          ?? Blob(
            kind: .block, isCommitted: false, version: nextVersion(), created: clock.seconds)
        guard found.kind == .block else { throw StorageError.invalidBlobType }
        try found.lease.permitWrite(request.header("x-ms-lease-id"), at: leaseTime(), to: "Blob")
        guard found.staged.allSatisfy({ $0.id.utf8.count == id.utf8.count }) else {
          throw StorageError.invalidBlockId
        }
        guard found.staged.count < 100_000 else {
          throw StorageError(
            409, "RequestEntityTooLargeBlockCountExceedsLimit",
            "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks.")
        }
        found.staged.removeAll { $0.id == id }
        found.staged.append(block)
        blob = found
      }
    } catch {
      contents.remove([block.content])
      throw error
    }
    return HTTPResponse(status: 201, headers: [confirmed, ("x-ms-request-server-encrypted", "true")])
  }

  /// Put Block List makes the named blocks the blob, in one step.
  func putBlockList(_ request: BlobRequest) throws -> HTTPResponse {
    try request.refuseUnsupported()
    let confirmed = try request.verifiedChecksum()
    let list = try BlockListParser.parse(request.http.body)
    guard list.count <= 50_000 else {
      throw StorageError(400, "BlockListTooLong", "The block list may not contain more than 50,000 blocks.")
    }
    let properties = try request.contentProperties(fallback: false)
    let fresh = try FreshBlob(request, kind: .block, properties: properties)
    let version = try commit(fresh, request, discarding: []) { before in
      let staged = Dictionary((before?.staged ?? []).map { ($0.id, $0) }) { $1 }
      let committed = Dictionary((before?.blocks ?? []).map { ($0.id, $0) }) { $1 }
      let blocks = try list.map { entry in
        let found =
          switch entry.source {
          case .committed: committed[entry.id]
          case .uncommitted: staged[entry.id]
          case .latest: staged[entry.id] ?? committed[entry.id]
          }
        guard let found else { throw StorageError.invalidBlockList }
        return found
      }
      return (blocks.map { $0.content }, blocks)
    }
    return HTTPResponse(
      status: 201, headers: version.headers + [confirmed, ("x-ms-request-server-encrypted", "true")])
  }

  /// Get Block List, committed, uncommitted or all.
  func getBlockList(_ request: BlobRequest) throws -> HTTPResponse {
    let type = request.http.target["blocklisttype"]?.lowercased() ?? "committed"
    let blob = try withContainer(request) { container in
      guard let text = request.blob, let blob = container[BlobName(text)] else { throw StorageError.blobNotFound }
      return blob
    }
    guard blob.kind == .block else { throw StorageError.invalidBlobType }
    func xml(_ name: String, _ blocks: [Block]) -> String {
      "<\(name)>"
        + blocks.map { "<Block><Name>\($0.id)</Name><Size>\($0.content.count)</Size></Block>" }.joined()
        + "</\(name)>"
    }
    var body = "<BlockList>"
    if type != "uncommitted" { body += xml("CommittedBlocks", blob.blocks) }
    if type != "committed" { body += xml("UncommittedBlocks", blob.staged) }
    return .xml(
      200, body + "</BlockList>",
      headers: (blob.isCommitted ? blob.version.headers : []) + [("x-ms-blob-content-length", "\(blob.length)")])
  }
}
