internal import Compression
internal import Synchronization

/// A store in a local directory: a folder for each container, a file for each blob.
///
///     ROOT/logs-securityevent/y=2025/…/x.ndjson.gz                            the blob
///     ROOT/logs-securityevent/.logexport/receipts/y=2025/…/x.ndjson.gz.json   its properties
///     ROOT/logs-securityevent/.logexport/appends/2025.csv.json                how far its appends go
///     ROOT/logs-securityevent/.logexport/staging/TOKEN-…                      an upload before its commit
///     ROOT/logs-securityevent/.logexport/container.json                       the container's metadata
///     ROOT/export-manifest-lock/.logexport/leases/lock                        a lease, held by flock(2)
///
/// A blob appears by `rename(2)` after its bytes and its sidecar are synced, so
/// that it is whole or absent whatever happens. Writers, in this process and in
/// others, take turns with `flock(2)` on the container; readers take no lock.
package final class DirectoryStore: BlobStore {
  /// The directory's absolute path without a trailing slash.
  let root: String
  let state = Mutex(State())

  struct State {
    /// The ends of the staged blocks of each upload under way.
    var uploads: [BlobUpload: [Int]] = [:]
    /// Containers whose leftovers of earlier runs were looked for.
    var swept: Set<String> = []
    /// The leases that this process holds, each with its locked file.
    var leases: [BlobAddress: (id: String, file: OpenFile)] = [:]
  }

  package init(root: String) {
    self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  package var url: String { "file://\(PercentEncoding.path(root))" }
}

// MARK: - Places

extension DirectoryStore {
  func folder(_ container: String) -> String { "\(root)/\(container)" }
  func hidden(_ container: String) -> String { "\(folder(container))/.logexport" }
  func sidecar(_ address: BlobAddress) -> String { "\(hidden(address.container))/receipts/\(address.name).json" }
  func record(_ address: BlobAddress) -> String { "\(hidden(address.container))/appends/\(address.name).json" }
  func leaseFile(_ address: BlobAddress) -> String { "\(hidden(address.container))/leases/\(address.name)" }
  func staging(_ upload: BlobUpload) -> String {
    "\(hidden(upload.address.container))/staging/\(upload.token)-\(Digest.sha256(upload.address.name).prefix(16))"
  }

  /// The file of a blob; throws where its name could lead out of the container.
  func path(_ address: BlobAddress, _ operation: String) throws(StoreError) -> String {
    try address.check(operation)
    var path = folder(address.container)
    for (index, segment) in address.name.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init).enumerated() {
      if index == 0, segment == ".logexport" {
        throw StoreError(.invalid, operation: "\(operation) \(address)", message: "this store keeps its records there")
      }
      path += "/\(segment)"
      if try FileSystem.status(path)?.kind == .link {
        throw StoreError(
          .refused, operation: "\(operation) \(path)",
          message: "it is a symbolic link, which may lead out of the container; remove it")
      }
    }
    return path
  }

  /// Throws `notFound` where there is no folder of that name.
  func checkPresence(of container: String, _ operation: String) throws(StoreError) {
    guard try FileSystem.target(folder(container))?.kind == .directory else {
      throw StoreError(
        .notFound, operation: "\(operation) \(container)", message: "there is no folder \(folder(container))")
    }
  }

  /// Holds the container's lock as long as the result lives.
  func lock(_ container: String, _ operation: String) async throws(StoreError) -> OpenFile {
    try checkPresence(of: container, operation)
    try FileSystem.makeDirectories(hidden(container))
    let file = try OpenFile("\(hidden(container))/lock", .write)
    // Asked for again and again, so that a cancelled task does not wait for another process.
    while try !file.tryLock() {
      do { try await Task.sleep(for: .milliseconds(2)) } catch {
        throw StoreError(
          .cancelled, operation: "\(operation) \(container)", message: "stopped while another writer was at work")
      }
    }
    return file
  }

  /// Writes a small file whole: temporary name, sync, rename.
  func replace(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
    try FileSystem.makeDirectories(FileSystem.parent(path))
    let temporary = "\(path).new"
    let file = try OpenFile(temporary, .replace)
    try file.write(bytes, at: 0)
    try file.synchronise()
    try FileSystem.rename(temporary, to: path)
  }

  /// A small file's content; nil where there is none.
  func load<Value: Decodable>(_ path: String) throws(StoreError) -> Value? {
    guard let size = try FileSystem.status(path)?.size else { return nil }
    return try JSONText.decode(try OpenFile(path, .read).read(0..<size), from: path)
  }

  func etag(_ status: FileSystem.Status) -> String { "\"\(status.inode)-\(status.modified)-\(status.size)\"" }
}

// MARK: - Block blobs

extension DirectoryStore {
  package func put(
    _ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await BlockingThreads.run { () async throws(StoreError) in
      try await create(bytes, at: address, properties, appends: false)
    }
  }

  /// Stages and commits one block, and leaves nothing behind where that fails.
  func create(
    _ bytes: [UInt8], at address: BlobAddress, _ properties: BlobProperties, appends: Bool
  ) async throws(StoreError) -> BlobVersion {
    let upload = BlobUpload(address: address)
    do throws(StoreError) {
      try write(bytes, block: 0, of: upload)
      return try await publish(upload, blocks: 1, properties, appends: appends)
    } catch {
      await abandon(upload)
      throw error
    }
  }

  package func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    try await BlockingThreads.run { () async throws(StoreError) in try write(bytes, block: index, of: upload) }
  }

  private func write(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) throws(StoreError) {
    let address = upload.address
    _ = try path(address, "stage")
    try checkPresence(of: address.container, "stage in")
    let ends = state.withLock { $0.uploads[upload] ?? [] }
    guard index == ends.count || index == ends.count - 1 else {
      throw StoreError(
        .invalid, operation: "stage \(address)", message: "block \(index) came behind \(ends.count) blocks")
    }
    let file = staging(upload)
    try FileSystem.makeDirectories(FileSystem.parent(file))
    try sweep(address.container)
    let start = index == 0 ? 0 : ends[index - 1]
    let open = try OpenFile(file, .write)
    try open.truncate(to: start)
    try open.write(bytes, at: start)
    state.withLock { $0.uploads[upload] = ends.prefix(index) + [start + bytes.count] }
  }

  package func commit(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await BlockingThreads.run { () async throws(StoreError) in
      _ = try path(upload.address, "commit")
      // No block at all is an empty blob.
      if count == 0 { try write([], block: 0, of: upload) }
      return try await publish(upload, blocks: max(1, count), properties, appends: false)
    }
  }

  package func abandon(_ upload: BlobUpload) async {
    _ = state.withLock { $0.uploads.removeValue(forKey: upload) }
    // Nothing depends on the file's going: a staging file is no blob, and is swept away later.
    await BlockingThreads.run { _ = try? FileSystem.remove(staging(upload)) }
  }

  /// The bytes, synced; the sidecar, synced; then the file's name.
  private func publish(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties, appends: Bool
  ) async throws(StoreError) -> BlobVersion {
    let address = upload.address
    let staged = state.withLock { $0.uploads[upload]?.count ?? 0 }
    guard count == staged else {
      throw StoreError(.invalid, operation: "commit \(address)", message: "\(staged) blocks are staged, not \(count)")
    }
    let temporary = staging(upload)
    try OpenFile(temporary, .write).synchronise()
    let held = try await lock(address.container, "create a blob in")
    defer { withExtendedLifetime(held) {} }
    let path = try path(address, "create")
    guard try FileSystem.status(path) == nil else {
      throw StoreError(.alreadyExists, operation: "create \(address)", message: "there is a blob of that name")
    }
    try FileSystem.makeDirectories(FileSystem.parent(path))
    try replace(sidecar(address), try JSONText.encode(Sidecar(properties)))
    if appends {
      try replace(record(address), try JSONText.encode(AppendRecord(size: 0, appends: 0)))
    } else {
      try FileSystem.remove(record(address))
    }
    try FileSystem.rename(temporary, to: path)
    _ = state.withLock { $0.uploads.removeValue(forKey: upload) }
    guard let status = try status(address, path) else { throw FileSystem.failure("stat", path) }
    return BlobVersion(etag: etag(status))
  }

  /// Removes what killed runs staged a week ago or earlier, once a container.
  private func sweep(_ container: String) throws(StoreError) {
    guard state.withLock({ $0.swept.insert(container).inserted }) else { return }
    let folder = "\(hidden(container))/staging"
    let limit = FileSystem.now() - 7 * 86_400 * 1_000_000_000
    for entry in try FileSystem.entries(of: folder) {
      let file = "\(folder)/\(entry.name)"
      if let status = try FileSystem.status(file), status.kind == .file, status.modified < limit {
        try FileSystem.remove(file)
      }
    }
  }
}
