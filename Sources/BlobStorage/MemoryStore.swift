internal import Synchronization
package import Timeline

/// A store in memory, for tests and for looking at what a run would write.
package final class MemoryStore: BlobStore {
  struct Blob {
    var bytes: [UInt8]
    var properties: BlobProperties
    var etag: String
    var modified: Tick
    /// Nil for a block blob.
    var appends: Int?
    /// The latest lease, which may have ended.
    var lease: (id: String, length: Timespan, end: Tick)?
  }

  struct State {
    var containers: [String: ContainerMetadata] = [:]
    var blobs: [String: [BlobAddress: Blob]] = [:]
    var staged: [BlobUpload: [[UInt8]]] = [:]
    var versions = 0

    mutating func nextETag() -> String {
      versions += 1
      return "\"\(versions)\""
    }
  }

  let state = Mutex(State())
  let clock: @Sendable () -> Tick

  /// `clock` gives the time of every change.
  package init(clock: @escaping @Sendable () -> Tick = Tick.now) {
    self.clock = clock
  }

  package var url: String { "memory:" }
}

extension MemoryStore {
  /// Runs `body` on the locked state; a missing container is `notFound`.
  func within<T>(
    _ container: String, _ operation: String, _ body: (inout State) throws(StoreError) -> T
  ) throws(StoreError) -> T {
    let result = state.withLock { state -> Result<T, StoreError> in
      guard state.containers[container] != nil else {
        return .failure(StoreError(.notFound, operation: operation, message: "there is no container \(container)"))
      }
      do throws(StoreError) { return .success(try body(&state)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  package func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try BlobAddress.checkContainer(name, "create container")
    let created = state.withLock { state in
      if state.containers[name] != nil { return false }
      state.containers[name] = ContainerMetadata(values: metadata, etag: state.nextETag())
      return true
    }
    if !created { throw StoreError(.alreadyExists, operation: "create container \(name)", message: "it exists") }
  }

  package func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    try BlobAddress.checkContainer(name, "read metadata of container")
    return state.withLock { $0.containers[name] }
  }

  package func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError) {
    try BlobAddress.checkContainer(name, "set metadata of container")
    try within(name, "set metadata of \(name)") { state throws(StoreError) in
      guard state.containers[name]?.etag == etag else {
        throw StoreError(.conditionFailed, operation: "set metadata of \(name)", message: "it was changed meanwhile")
      }
      state.containers[name] = ContainerMetadata(values: metadata, etag: state.nextETag())
    }
  }
}

extension MemoryStore {
  package func put(
    _ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try create(address, bytes, properties, appends: nil)
  }

  private func create(
    _ address: BlobAddress, _ bytes: [UInt8], _ properties: BlobProperties, appends: Int?
  ) throws(StoreError) -> BlobVersion {
    try address.check("create")
    return try within(address.container, "create \(address)") { state throws(StoreError) in
      guard state.blobs[address.container]?[address] == nil else {
        throw StoreError(.alreadyExists, operation: "create \(address)", message: "there is a blob of that name")
      }
      let etag = state.nextETag()
      state.blobs[address.container, default: [:]][address] = Blob(
        bytes: bytes, properties: properties, etag: etag, modified: clock(), appends: appends)
      return BlobVersion(etag: etag)
    }
  }

  package func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    try upload.address.check("stage")
    try within(upload.address.container, "stage \(upload.address)") { state throws(StoreError) in
      let blocks = state.staged[upload] ?? []
      guard index == blocks.count || index == blocks.count - 1 else {
        throw StoreError(
          .invalid, operation: "stage \(upload.address)", message: "block \(index) came behind \(blocks.count) blocks")
      }
      state.staged[upload] = blocks.prefix(index) + [bytes]
    }
  }

  package func commit(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try upload.address.check("commit")
    let blocks = state.withLock { $0.staged[upload] ?? [] }
    guard blocks.count == count else {
      throw StoreError(
        .invalid, operation: "commit \(upload.address)", message: "\(blocks.count) blocks are staged, not \(count)")
    }
    let version = try create(upload.address, Array(blocks.joined()), properties, appends: nil)
    await abandon(upload)
    return version
  }

  package func abandon(_ upload: BlobUpload) async {
    _ = state.withLock { $0.staged.removeValue(forKey: upload) }
  }

  package func createAppendBlob(
    _ address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try create(address, [], properties, appends: 0)
  }

  package func append(
    _ bytes: [UInt8], to address: BlobAddress, at position: Int
  ) async throws(StoreError) -> BlobVersion {
    try address.check("append to")
    guard bytes.count <= appendLimit else {
      throw StoreError(
        .invalid, operation: "append to \(address)", message: "\(bytes.count) bytes are too many at once")
    }
    return try within(address.container, "append to \(address)") { state throws(StoreError) in
      guard var blob = state.blobs[address.container]?[address] else {
        throw StoreError(.notFound, operation: "append to \(address)", message: "there is no such blob")
      }
      guard let appends = blob.appends else {
        throw StoreError(.invalid, operation: "append to \(address)", message: "it is no append blob")
      }
      guard blob.bytes.count == position else {
        throw StoreError(
          .conditionFailed, operation: "append to \(address)",
          message: "its size is \(blob.bytes.count), not \(position)")
      }
      blob.bytes += bytes
      blob.appends = appends + 1
      blob.etag = state.nextETag()
      blob.modified = clock()
      state.blobs[address.container]?[address] = blob
      return BlobVersion(etag: blob.etag)
    }
  }
}

extension MemoryStore {
  private func info(_ name: String, _ blob: Blob, metadata: Bool) -> BlobInfo {
    BlobInfo(
      name: name, size: blob.bytes.count, etag: blob.etag, lastModified: blob.modified,
      contentMD5: blob.properties.contentMD5, metadata: metadata ? blob.properties.metadata : [:],
      committedBlocks: blob.appends)
  }

  package func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    try address.check("look at")
    return state.withLock { $0.blobs[address.container]?[address] }.map { info(address.name, $0, metadata: true) }
  }

  package func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    try address.check("read")
    guard let blob = state.withLock({ $0.blobs[address.container]?[address] }) else {
      throw StoreError(.notFound, operation: "read \(address)", message: "there is no such blob")
    }
    return Array(blob.bytes[(range ?? 0..<blob.bytes.count).clamped(to: 0..<blob.bytes.count)])
  }

  package func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try BlobAddress.checkContainer(container, "list")
    let blobs = try within(container, "list \(container)") { state in state.blobs[container] ?? [:] }
    let found = blobs.filter { $0.key.name.utf8.starts(with: prefix.utf8) }
      .sorted { $0.key.name.utf8.lexicographicallyPrecedes($1.key.name.utf8) }
    let infos = found.map { info($0.key.name, $0.value, metadata: metadata) }
    if !infos.isEmpty { try page(infos) }
  }

  package func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    try address.check("delete")
    try within(address.container, "delete \(address)") { state throws(StoreError) in
      guard let blob = state.blobs[address.container]?[address] else {
        throw StoreError(.notFound, operation: "delete \(address)", message: "there is no such blob")
      }
      if let etag, etag != blob.etag {
        throw StoreError(.conditionFailed, operation: "delete \(address)", message: "its ETag is another")
      }
      if let lease = blob.lease, clock() < lease.end {
        throw StoreError(.refused, operation: "delete \(address)", message: "there is a lease on it")
      }
      state.blobs[address.container]?.removeValue(forKey: address)
    }
  }
}
