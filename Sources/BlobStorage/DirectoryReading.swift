internal import Timeline

/// Blobs of a page of a listing, as many as the service's.
private let pageSize = 5000

extension DirectoryStore {
  package func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    try await BlockingThreads.run { () async throws(StoreError) in
      let path = try path(address, "look at")
      return try status(address, path).map { (status) throws(StoreError) in try info(address, status, metadata: true) }
    }
  }

  package func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    try await BlockingThreads.run { () async throws(StoreError) in
      let path = try path(address, "read")
      guard let status = try status(address, path) else {
        throw StoreError(.notFound, operation: "read \(address)", message: "there is no such blob")
      }
      return try OpenFile(path, .read).read((range ?? 0..<status.size).clamped(to: 0..<status.size))
    }
  }

  package func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try await BlockingThreads.run { () async throws(StoreError) in
      try BlobAddress.checkContainer(container, "list")
      try checkPresence(of: container, "list")
      var names: [String] = []
      try collect(container, in: "", prefix: prefix, into: &names)
      names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      var infos: [BlobInfo] = []
      for name in names {
        let address = BlobAddress(container: container, name: name)
        guard let status = try status(address, "\(folder(container))/\(name)") else { continue }
        infos.append(try info(address, status, metadata: metadata))
        if infos.count == pageSize {
          try page(infos)
          infos.removeAll(keepingCapacity: true)
        }
      }
      if !infos.isEmpty { try page(infos) }
    }
  }

  /// Walks the folders that names with `prefix` can lie in.
  private func collect(
    _ container: String, in directory: String, prefix: String, into names: inout [String]
  ) throws(StoreError) {
    for entry in try FileSystem.entries(of: "\(folder(container))/\(directory)") {
      let name = directory + entry.name
      if name == ".logexport" { continue }
      switch entry.kind {
      case .directory:
        let within = "\(name)/"
        if within.utf8.starts(with: prefix.utf8) || prefix.utf8.starts(with: within.utf8) {
          try collect(container, in: within, prefix: prefix, into: &names)
        }
      case .file: if name.utf8.starts(with: prefix.utf8) { names.append(name) }
      case .link, .other: break
      }
    }
  }

  private func info(
    _ address: BlobAddress, _ status: FileSystem.Status, metadata: Bool
  ) throws(StoreError) -> BlobInfo {
    var info = BlobInfo(
      name: address.name, size: status.size, etag: etag(status), lastModified: Tick(rawValue: status.modified / 100))
    if metadata, let sidecar: Sidecar = try load(sidecar(address)) {
      info.metadata = BlobMetadata(sidecar.metadata)
      info.contentMD5 = sidecar.contentMD5
    }
    if metadata, let record: AppendRecord = try load(record(address)) { info.committedBlocks = record.appends }
    return info
  }

  package func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    try await BlockingThreads.run { () async throws(StoreError) in
      let path = try path(address, "delete")
      let held = try await lock(address.container, "delete in")
      defer { withExtendedLifetime(held) {} }
      guard let status = try status(address, path) else {
        throw StoreError(.notFound, operation: "delete \(address)", message: "there is no such blob")
      }
      if let etag, etag != self.etag(status) {
        throw StoreError(.conditionFailed, operation: "delete \(address)", message: "its ETag is another")
      }
      try FileSystem.remove(path)
      try FileSystem.synchroniseDirectory(of: path)
      try FileSystem.remove(sidecar(address))
      try FileSystem.remove(record(address))
    }
  }
}
