extension BlobService {
  /// Puts a new blob in place of what is there, atomically.
  func commit(
    _ fresh: FreshBlob, _ request: BlobRequest, discarding written: [Chunk],
    _ content: (Blob?) throws -> ([Chunk], [Block])
  ) throws -> Version {
    do {
      return try withBlob(request) { blob in
        let before = blob
        var lease = before?.lease ?? Lease()
        try lease.permitWrite(request.header("x-ms-lease-id"), at: leaseTime(), to: "Blob")
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
}

/// What a request says of the blob it makes, its content aside.
struct FreshBlob {
  let kind: BlobKind
  let properties: ContentProperties
  let metadata: [MetadataItem]
  let tier: String?
  let conditions: Conditions

  /// Reads metadata, tier and conditions.
  init(_ request: BlobRequest, kind: BlobKind, properties: ContentProperties) throws(StorageError) {
    self.kind = kind
    self.properties = properties
    metadata = try request.metadata()
    tier = try request.accessTier()
    conditions = try Conditions(request.http.headers)
  }
}
