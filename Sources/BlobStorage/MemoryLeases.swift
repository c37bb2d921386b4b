internal import Synchronization
internal import Timeline

extension MemoryStore: BlobLeases {
  package func acquireLease(of address: BlobAddress, id: String, seconds: Int) async throws(StoreError) -> Int? {
    try change(address, "lease") { (blob, now) throws(StoreError) in
      if let lease = blob.lease, lease.id != id, now < lease.end { throw Self.refused("lease", address) }
      let length = Timespan.second * Int64(seconds)
      blob.lease = (id, length, now + length)
    }
    return seconds
  }

  package func renewLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try change(address, "renew the lease of") { (blob, now) throws(StoreError) in
      guard let lease = blob.lease, lease.id == id else { throw Self.refused("renew the lease of", address) }
      blob.lease?.end = now + lease.length
    }
  }

  package func releaseLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try change(address, "release the lease of") { (blob, _) throws(StoreError) in
      guard blob.lease?.id == id else { throw Self.refused("release the lease of", address) }
      blob.lease = nil
    }
  }

  package func setMetadata(
    of address: BlobAddress, _ metadata: [String: String], lease id: String
  ) async throws(StoreError) {
    let etag = state.withLock { $0.nextETag() }
    try change(address, "set metadata of") { (blob, now) throws(StoreError) in
      guard let lease = blob.lease, lease.id == id, now < lease.end else {
        throw Self.refused("set metadata of", address)
      }
      blob.properties.metadata = metadata
      (blob.etag, blob.modified) = (etag, now)
    }
  }

  package func lease(of address: BlobAddress) async throws(StoreError) -> BlobLease? {
    try address.check("look at")
    let now = clock()
    return state.withLock { $0.blobs[address.container]?[address] }.map { blob in
      BlobLease(isHeld: blob.lease.map { now < $0.end } ?? false, metadata: blob.properties.metadata)
    }
  }

  private func change(
    _ address: BlobAddress, _ operation: String, _ body: (inout Blob, Tick) throws(StoreError) -> Void
  ) throws(StoreError) {
    try address.check(operation)
    let now = clock()
    try within(address.container, "\(operation) \(address)") { state throws(StoreError) in
      guard var blob = state.blobs[address.container]?[address] else {
        throw StoreError(.notFound, operation: "\(operation) \(address)", message: "there is no such blob")
      }
      try body(&blob, now)
      state.blobs[address.container]?[address] = blob
    }
  }

  private static func refused(_ operation: String, _ address: BlobAddress) -> StoreError {
    StoreError(.refused, operation: "\(operation) \(address)", message: "the lease is not of this id")
  }
}
