extension DirectoryStore {
  package func createAppendBlob(
    _ address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await BlockingThreads.run { () async throws(StoreError) in
      try await create([], at: address, properties, appends: true)
    }
  }

  /// Writes behind what counts, then says in the record that it counts: a file
  /// system has no atomic append, and half a row must never be seen.
  package func append(
    _ bytes: [UInt8], to address: BlobAddress, at position: Int
  ) async throws(StoreError) -> BlobVersion {
    try await BlockingThreads.run { () async throws(StoreError) in
      let path = try path(address, "append to")
      guard bytes.count <= appendLimit else {
        throw StoreError(
          .invalid, operation: "append to \(address)", message: "\(bytes.count) bytes are too many at once")
      }
      let held = try await lock(address.container, "append in")
      defer { withExtendedLifetime(held) {} }
      guard let status = try status(address, path) else {
        throw StoreError(.notFound, operation: "append to \(address)", message: "there is no such blob")
      }
      guard status.size == position else {
        throw StoreError(
          .conditionFailed, operation: "append to \(address)", message: "its size is \(status.size), not \(position)")
      }
      let file = try OpenFile(path, .write)
      let before: AppendRecord? = try load(record(address))
      if before == nil {
        // A file from elsewhere: from now on only what is recorded counts.
        try replace(record(address), try JSONText.encode(AppendRecord(size: position, appends: 0)))
      }
      try file.truncate(to: position)
      try file.write(bytes, at: position)
      try file.synchronise()
      try replace(
        record(address),
        try JSONText.encode(AppendRecord(size: position + bytes.count, appends: (before?.appends ?? 0) + 1)))
      guard let after = try self.status(address, path) else { throw FileSystem.failure("stat", path) }
      return BlobVersion(etag: etag(after))
    }
  }

  /// A blob's status, its size cut to what counts; nil where there is no regular file.
  func status(_ address: BlobAddress, _ path: String) throws(StoreError) -> FileSystem.Status? {
    // The record first: the file holds at least what it says.
    let record: AppendRecord? = try load(record(address))
    guard var status = try FileSystem.status(path), status.kind == .file else { return nil }
    if let record { status.size = min(status.size, record.size) }
    return status
  }
}
