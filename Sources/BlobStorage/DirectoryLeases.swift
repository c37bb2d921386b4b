internal import Synchronization

/// A lease in a directory is a locked file: `flock(2)` ends with the process that
/// holds it, however that ends, so that nothing needs to be renewed, and nobody
/// else can end it.
extension DirectoryStore: BlobLeases {
  package func acquireLease(of address: BlobAddress, id: String, seconds: Int) async throws(StoreError) -> Int? {
    try await BlockingThreads.run { () async throws(StoreError) in
      try checkBlob(address, "lease")
      if let held = state.withLock({ $0.leases[address]?.id }) {
        if held != id { throw refused("lease", address) }
        return
      }
      try FileSystem.makeDirectories(FileSystem.parent(leaseFile(address)))
      let file = try OpenFile(leaseFile(address), .write)
      guard try file.tryLock() else { throw refused("lease", address) }
      state.withLock { $0.leases[address] = (id, file) }
    }
    return nil
  }

  package func renewLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try checkHeld(address, id, "renew the lease of")
  }

  package func releaseLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try checkHeld(address, id, "release the lease of")
    _ = state.withLock { $0.leases.removeValue(forKey: address) }
  }

  package func setMetadata(
    of address: BlobAddress, _ metadata: [String: String], lease id: String
  ) async throws(StoreError) {
    try checkHeld(address, id, "set metadata of")
    try await BlockingThreads.run { () async throws(StoreError) in
      let held = try await lock(address.container, "set metadata in")
      defer { withExtendedLifetime(held) {} }
      guard var properties: Sidecar = try load(sidecar(address)) else {
        throw StoreError(.notFound, operation: "set metadata of \(address)", message: "there is no such blob")
      }
      properties.metadata = metadata
      try replace(sidecar(address), try JSONText.encode(properties))
    }
  }

  package func lease(of address: BlobAddress) async throws(StoreError) -> BlobLease? {
    try await BlockingThreads.run { () async throws(StoreError) in
      let path = try path(address, "look at")
      guard try status(address, path) != nil else { return nil }
      let properties: Sidecar? = try load(sidecar(address))
      return BlobLease(isHeld: try isHeld(address), metadata: properties?.metadata ?? [:])
    }
  }

  /// Tries the lock, which is given back at once: whoever tries at that moment must try again.
  private func isHeld(_ address: BlobAddress) throws(StoreError) -> Bool {
    if state.withLock({ $0.leases[address] != nil }) { return true }
    guard try FileSystem.status(leaseFile(address)) != nil else { return false }
    return try !OpenFile(leaseFile(address), .read).tryLock()
  }

  private func checkBlob(_ address: BlobAddress, _ operation: String) throws(StoreError) {
    guard try status(address, try path(address, operation)) != nil else {
      throw StoreError(.notFound, operation: "\(operation) \(address)", message: "there is no such blob")
    }
  }

  private func checkHeld(_ address: BlobAddress, _ id: String, _ operation: String) throws(StoreError) {
    try checkBlob(address, operation)
    guard state.withLock({ $0.leases[address]?.id }) == id else { throw refused(operation, address) }
  }

  private func refused(_ operation: String, _ address: BlobAddress) -> StoreError {
    StoreError(
      .refused, operation: "\(operation) \(address)",
      message: "this process does not hold \(leaseFile(address)); another may, until it ends")
  }
}
