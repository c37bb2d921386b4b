import CExpat

/// Put Blob, Put Block, Put Block List, Get Block List and Append Block.
extension BlobService {
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
        try found.lease.permitWrite(request.header("x-ms-lease-id"), at: clock.milliseconds(), to: "Blob")
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
      try found.lease.permitWrite(request.header("x-ms-lease-id"), at: clock.milliseconds(), to: "Blob")
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

  /// Puts a new blob in place of what is there, atomically.
  private func commit(
    _ fresh: FreshBlob, _ request: BlobRequest, discarding written: [Chunk],
    _ content: (Blob?) throws -> ([Chunk], [Block])
  ) throws -> Version {
    do {
      return try withBlob(request) { blob in
        let before = blob
        var lease = before?.lease ?? Lease()
        try lease.permitWrite(request.header("x-ms-lease-id"), at: clock.milliseconds(), to: "Blob")
        let committed = before.flatMap { $0.isCommitted ? $0 : nil }
        try fresh.conditions.permitWrite(over: committed?.version)
        if let committed, committed.isArchived { throw StorageError.blobArchived }
        if let committed, committed.kind != fresh.kind, request.operation == .putBlockList {
          throw StorageError.invalidBlobType
        }
        let (chunks, blocks) = try content(before)
        var made = Blob(
          kind: fresh.kind, isCommitted: true, version: nextVersion(), created: committed?.created ?? clock.seconds)
        (made.content, made.blocks, made.lease) = (chunks, blocks, lease)
        made.length = chunks.reduce(0) { $0 + $1.count }
        (made.properties, made.metadata, made.tier) = (fresh.properties, fresh.metadata, fresh.tier)
        blob = made
        return made.version
      }
    } catch {
      contents.remove(written)
      throw error
    }
  }

  private func number(_ request: BlobRequest, _ name: String) throws(StorageError) -> Int? {
    guard let text = request.header(name) else { return nil }
    guard let value = Int(text), value >= 0 else { throw .invalidHeader(name) }
    return value
  }
}

/// What a request says of the blob it makes, its content aside.
private struct FreshBlob {
  let kind: BlobKind
  let properties: ContentProperties
  let metadata: [MetadataItem]
  let tier: String?
  let conditions: Conditions

  init(_ request: BlobRequest, kind: BlobKind, properties: ContentProperties) throws(StorageError) {
    self.kind = kind
    self.properties = properties
    metadata = try request.metadata()
    tier = try request.accessTier()
    conditions = try Conditions(request.http.headers)
  }
}
