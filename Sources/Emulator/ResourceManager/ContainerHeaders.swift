/// Containers, as Resource Manager reaches them.
extension BlobService {
  /// The containers of an account by name.
  func headers(of account: String) -> [(name: String, header: Container.Header)] {
    let prefix = account + "/"
    return withState { state in
      state.containers.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), $0.value.header) }
    }.sorted { $0.0 < $1.0 }
  }

  /// One container; nil where there is none.
  func header(_ key: String) -> Container.Header? { withState { $0.containers[key]?.header } }

  /// Changes a container, or makes it; a policy's change leaves its version.
  func changeHeader(_ key: String, isVersioned: Bool = true, _ change: (inout Container.Header) throws -> Void) throws
    -> Container.Header
  {
    try withState { state in
      var header = state.containers[key]?.header ?? Container.Header(version: nextVersion(), metadata: [])
      try change(&header)
      if isVersioned { header.version = nextVersion() }
      try journal?.save(header, container: key)
      if state.containers[key] == nil { state.containers[key] = Container(header: header) }
      state.containers[key]?.header = header
      return header
    }
  }

  /// Deletes a container with its blobs; false where there is none. A lease
  /// stands against it, and so does a policy.
  func removeContainer(_ key: String) throws -> Bool {
    try withState { state in
      guard var container = state.containers[key] else { return false }
      try container.header.lease.permitWrite(nil, at: leaseTime(), to: "Container")
      guard container.header.immutability == nil || container.names.isEmpty else {
        throw StorageError.containerImmutable
      }
      try journal?.save(nil, container: key)
      state.containers[key] = nil
      for blob in container.blobs.values { contents.remove(blob.chunks) }
      return true
    }
  }
}
