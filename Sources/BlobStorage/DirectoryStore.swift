internal import FoundationEssentials
internal import Synchronization
internal import Timeline

/// A store in a local directory: a folder for each container, a file for each blob.
///
///     ROOT/logs-securityevent/y=2025/…/x.ndjson.gz                    the blob
///     ROOT/logs-securityevent/.logexport/receipts/y=2025/…/x.ndjson.gz.json   its properties
///     ROOT/logs-securityevent/.logexport/staging/TOKEN                 an upload before its commit
///     ROOT/logs-securityevent/.logexport/container.json               the container's metadata
///
/// A blob appears by `rename(2)` after its bytes and its sidecar are synced, so
/// that it is whole or absent whatever happens. Commits of several processes are
/// serialised with `flock(2)` on the container.
package final class DirectoryStore: BlobStore {
  /// The directory's absolute path without a trailing slash.
  private let root: String
  /// The ends of the staged blocks of each upload under way.
  private let uploads = Mutex<[BlobUpload: [Int]]>([:])

  package init(root: String) {
    self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  package var url: String { "file://\(root)" }
}

// MARK: - Places

extension DirectoryStore {
  private func folder(_ container: String) -> String { "\(root)/\(container)" }
  private func path(_ address: BlobAddress) -> String { "\(folder(address.container))/\(address.name)" }
  private func hidden(_ container: String) -> String { "\(folder(container))/.logexport" }
  private func sidecar(_ address: BlobAddress) -> String {
    "\(hidden(address.container))/receipts/\(address.name).json"
  }
  private func staging(_ upload: BlobUpload) -> String {
    "\(hidden(upload.address.container))/staging/\(upload.token)"
  }

  /// Holds the container's lock as long as the result lives.
  private func lock(_ container: String) throws(StoreError) -> OpenFile {
    guard try FileSystem.status(hidden(container)) != nil else {
      throw StoreError(.notFound, operation: "open \(folder(container))", message: "there is no such container")
    }
    let file = try OpenFile("\(hidden(container))/lock", .write)
    try file.lock()
    return file
  }

  private func etag(_ status: FileSystem.Status) -> String { "\"\(status.inode)-\(status.modified)-\(status.size)\"" }
}

// MARK: - Containers

extension DirectoryStore {
  package func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try FileSystem.makeDirectories(hidden(name))
    let held = try lock(name)
    defer { withExtendedLifetime(held) {} }
    guard try FileSystem.status("\(hidden(name))/container.json") == nil else {
      throw StoreError(.alreadyExists, operation: "create container \(name)", message: "it exists")
    }
    try replace("\(hidden(name))/container.json", try JSONText.encode(metadata))
  }

  package func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    let file = "\(hidden(name))/container.json"
    guard let status = try FileSystem.status(file) else {
      // A folder that somebody made by hand is a container without metadata.
      return try FileSystem.status(folder(name)).map { ContainerMetadata(values: [:], etag: etag($0)) }
    }
    let bytes = try OpenFile(file, .read).read(0..<status.size)
    return ContainerMetadata(values: try JSONText.decode(bytes, from: file), etag: etag(status))
  }

  package func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError) {
    try FileSystem.makeDirectories(hidden(name))
    let held = try lock(name)
    defer { withExtendedLifetime(held) {} }
    let file = "\(hidden(name))/container.json"
    if let status = try FileSystem.status(file), self.etag(status) != etag {
      throw StoreError(.conditionFailed, operation: "set metadata of \(name)", message: "it was changed meanwhile")
    }
    try replace(file, try JSONText.encode(metadata))
  }

  /// Writes a small file whole: temporary name, sync, rename.
  private func replace(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
    let temporary = "\(path).new"
    let file = try OpenFile(temporary, .replace)
    try file.write(bytes, at: 0)
    try file.synchronise()
    try FileSystem.rename(temporary, to: path)
  }
}

// MARK: - Block blobs

extension DirectoryStore {
  package func put(
    _ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    let upload = BlobUpload(address: address, token: "\(UUID().uuidString)")
    try await stage(bytes, block: 0, of: upload)
    return try await commit(upload, blocks: 1, properties)
  }

  package func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    guard try FileSystem.status(folder(upload.address.container)) != nil else {
      throw StoreError(.notFound, operation: "stage \(upload.address)", message: "there is no such container")
    }
    let ends = uploads.withLock { $0[upload] ?? [] }
    guard index <= ends.count else {
      throw StoreError(
        .invalid, operation: "stage \(upload.address)", message: "block \(index) came before block \(ends.count)")
    }
    try FileSystem.makeDirectories("\(hidden(upload.address.container))/staging")
    let start = index == 0 ? 0 : ends[index - 1]
    let file = try OpenFile(staging(upload), .write)
    try file.truncate(to: start)
    try file.write(bytes, at: start)
    uploads.withLock { $0[upload] = ends.prefix(index) + [start + bytes.count] }
  }

  package func commit(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    let address = upload.address
    let ends = uploads.withLock { $0[upload] ?? [] }
    guard count == ends.count else {
      throw StoreError(
        .invalid, operation: "commit \(address)", message: "\(ends.count) blocks are staged, not \(count)")
    }
    let file = try OpenFile(staging(upload), .write)
    try file.synchronise()
    let version = try publish(staging(upload), as: address, properties)
    _ = uploads.withLock { $0.removeValue(forKey: upload) }
    return version
  }

  package func abandon(_ upload: BlobUpload) async {
    _ = uploads.withLock { $0.removeValue(forKey: upload) }
    // Nothing depends on the file's going: a staging file is no blob.
    _ = try? FileSystem.remove(staging(upload))
  }

  /// Sidecar first, synced; then the file's name.
  private func publish(
    _ temporary: String, as address: BlobAddress, _ properties: BlobProperties, replacing: Bool = false
  ) throws(StoreError) -> BlobVersion {
    let held = try lock(address.container)
    defer { withExtendedLifetime(held) {} }
    let path = path(address)
    if !replacing, try FileSystem.status(path) != nil {
      throw StoreError(.alreadyExists, operation: "create \(address)", message: "there is a blob of that name")
    }
    try FileSystem.makeDirectories(parent(path))
    try FileSystem.makeDirectories(parent(sidecar(address)))
    try replace(sidecar(address), try JSONText.encode(Sidecar(properties)))
    try FileSystem.rename(temporary, to: path)
    guard let status = try FileSystem.status(path) else { throw FileSystem.failure("stat", path) }
    return BlobVersion(etag: etag(status))
  }

  private func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
}

// MARK: - Append blobs

extension DirectoryStore {
  package func createAppendBlob(
    _ address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await put([], to: address, properties)
  }

  /// Copies the file, appends to the copy and renames it: a file system has no
  /// atomic append, and half a row must never be seen.
  package func append(
    _ bytes: [UInt8], to address: BlobAddress, at position: Int
  ) async throws(StoreError) -> BlobVersion {
    let held = try lock(address.container)
    defer { withExtendedLifetime(held) {} }
    let path = path(address)
    guard let status = try FileSystem.status(path) else {
      throw StoreError(.notFound, operation: "append to \(address)", message: "there is no such blob")
    }
    guard status.size == position else {
      throw StoreError(
        .conditionFailed, operation: "append to \(address)", message: "its size is \(status.size), not \(position)")
    }
    try FileSystem.makeDirectories("\(hidden(address.container))/staging")
    let temporary = "\(hidden(address.container))/staging/append"
    let copy = try OpenFile(temporary, .replace)
    let source = try OpenFile(path, .read)
    var offset = 0
    while offset < position {
      let chunk = try source.read(offset..<min(position, offset + (1 << 20)))
      try copy.write(chunk, at: offset)
      offset += chunk.count
    }
    try copy.write(bytes, at: position)
    try copy.synchronise()
    try FileSystem.rename(temporary, to: path)
    guard let after = try FileSystem.status(path) else { throw FileSystem.failure("stat", path) }
    return BlobVersion(etag: etag(after))
  }
}

// MARK: - Reading, listing, deleting

extension DirectoryStore {
  package func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    guard let status = try FileSystem.status(path(address)), !status.isDirectory else { return nil }
    return try info(address, status, metadata: true)
  }

  package func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    guard let status = try FileSystem.status(path(address)), !status.isDirectory else {
      throw StoreError(.notFound, operation: "read \(address)", message: "there is no such blob")
    }
    let clipped = (range ?? 0..<status.size).clamped(to: 0..<status.size)
    return try OpenFile(path(address), .read).read(clipped)
  }

  package func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    guard try FileSystem.status(folder(container)) != nil else {
      throw StoreError(.notFound, operation: "list \(container)", message: "there is no such container")
    }
    var names: [String] = []
    try collect(container, in: "", prefix: prefix, into: &names)
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var infos: [BlobInfo] = []
    for name in names {
      let address = BlobAddress(container: container, name: name)
      guard let status = try FileSystem.status(path(address)) else { continue }
      infos.append(try info(address, status, metadata: metadata))
      if infos.count == 5000 {
        try page(infos)
        infos.removeAll(keepingCapacity: true)
      }
    }
    if !infos.isEmpty { try page(infos) }
  }

  private func collect(
    _ container: String, in directory: String, prefix: String, into names: inout [String]
  ) throws(StoreError) {
    for entry in try FileSystem.names(in: "\(folder(container))/\(directory)") where entry.name != ".logexport" {
      let name = directory + entry.name
      if entry.isDirectory {
        if (name + "/").hasPrefix(prefix) || prefix.hasPrefix(name + "/") {
          try collect(container, in: name + "/", prefix: prefix, into: &names)
        }
      } else if name.hasPrefix(prefix) {
        names.append(name)
      }
    }
  }

  private func info(_ address: BlobAddress, _ status: FileSystem.Status, metadata: Bool) throws(StoreError) -> BlobInfo
  {
    var info = BlobInfo(
      name: address.name, size: status.size, etag: etag(status), lastModified: Tick(rawValue: status.modified / 100))
    let file = sidecar(address)
    if metadata, let length = try FileSystem.status(file)?.size {
      let sidecar: Sidecar = try JSONText.decode(try OpenFile(file, .read).read(0..<length), from: file)
      info.metadata = sidecar.metadata
      info.contentMD5 = sidecar.contentMD5
    }
    return info
  }

  package func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    let held = try lock(address.container)
    defer { withExtendedLifetime(held) {} }
    guard let status = try FileSystem.status(path(address)) else {
      throw StoreError(.notFound, operation: "delete \(address)", message: "there is no such blob")
    }
    if let etag, etag != self.etag(status) {
      throw StoreError(.conditionFailed, operation: "delete \(address)", message: "its ETag is another")
    }
    try FileSystem.remove(path(address))
    try FileSystem.remove(sidecar(address))
  }
}

/// The properties of a blob, as they lie beside it.
private struct Sidecar: Codable {
  var contentType: String
  var contentEncoding: String?
  var contentMD5: [UInt8]?
  var metadata: [String: String]

  init(_ properties: BlobProperties) {
    contentType = properties.contentType
    contentEncoding = properties.contentEncoding
    contentMD5 = properties.contentMD5
    metadata = properties.metadata
  }
}

/// JSON of small sidecars.
private enum JSONText {
  static func encode(_ value: some Encodable) throws(StoreError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    do { return Array(try encoder.encode(value)) } catch {
      throw StoreError(.local, operation: "encode sidecar", message: "\(error)")
    }
  }

  static func decode<Value: Decodable>(_ bytes: [UInt8], from file: String) throws(StoreError) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch {
      throw StoreError(.local, operation: "read \(file)", message: "it is no sidecar of this store")
    }
  }
}
