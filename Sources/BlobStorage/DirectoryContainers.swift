extension DirectoryStore {
  /// The ETag of a folder that has no metadata yet, such as one made by hand.
  private static let unmarked = "\"0\""

  package func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try await BlockingThreads.run { () async throws(StoreError) in
      try BlobAddress.checkContainer(name, "create container")
      try FileSystem.makeDirectories(root)
      guard try FileSystem.makeDirectory(folder(name)) else {
        throw StoreError(
          .alreadyExists, operation: "create container \(name)", message: "there is a folder \(folder(name))")
      }
      let held = try await lock(name, "create container")
      defer { withExtendedLifetime(held) {} }
      try replace("\(hidden(name))/container.json", try JSONText.encode(metadata))
    }
  }

  package func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    try await BlockingThreads.run { () async throws(StoreError) in
      try BlobAddress.checkContainer(name, "read metadata of container")
      return try marks(name)
    }
  }

  private func marks(_ name: String) throws(StoreError) -> ContainerMetadata? {
    let file = "\(hidden(name))/container.json"
    guard let status = try FileSystem.status(file), let values: [String: String] = try load(file) else {
      return try FileSystem.target(folder(name))?.kind == .directory
        ? ContainerMetadata(values: [:], etag: Self.unmarked) : nil
    }
    return ContainerMetadata(values: values, etag: etag(status))
  }

  package func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError) {
    try await BlockingThreads.run { () async throws(StoreError) in
      try BlobAddress.checkContainer(name, "set metadata of container")
      let held = try await lock(name, "set metadata of")
      defer { withExtendedLifetime(held) {} }
      guard try marks(name)?.etag == etag else {
        throw StoreError(.conditionFailed, operation: "set metadata of \(name)", message: "it was changed meanwhile")
      }
      try replace("\(hidden(name))/container.json", try JSONText.encode(metadata))
    }
  }
}
