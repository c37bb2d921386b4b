import BlobStorage
import Synchronization

/// A store in memory whose appends go wrong as a test says.
final class UnreliableStore: BlobStore {
  enum Mishap: Sendable {
    /// The append takes effect, its reply is lost.
    case lostReply
    /// Nothing happens, and the service says that it is busy.
    case busy
    /// Another writer appends these bytes first.
    case overtaken(by: [UInt8])
  }

  struct State: Sendable {
    /// What happens to the next appends, in order; nothing to those beyond.
    var mishaps: [Mishap?] = []
    var appends = 0
    /// Appends that every blob is said to have had before.
    var earlierAppends = 0
  }

  private let store = MemoryStore()
  let state = Mutex(State())

  var url: String { store.url }

  func append(_ bytes: [UInt8], to address: BlobAddress, at position: Int) async throws(StoreError) -> BlobVersion {
    let mishap = state.withLock { state -> Mishap? in
      state.appends += 1
      return state.mishaps.isEmpty ? nil : state.mishaps.removeFirst()
    }
    switch mishap {
    case .busy: throw StoreError(.unavailable, operation: "append", message: "busy")
    case .overtaken(let others): _ = try await store.append(others, to: address, at: position)
    case .lostReply, nil: break
    }
    let version = try await store.append(bytes, to: address, at: position)
    if case .lostReply = mishap { throw StoreError(.unavailable, operation: "append", message: "no reply") }
    return version
  }

  func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    guard var info = try await store.properties(of: address) else { return nil }
    info.committedBlocks = (info.committedBlocks ?? 0) + state.withLock { $0.earlierAppends }
    return info
  }

  func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try await store.createContainer(name, metadata: metadata)
  }
  func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    try await store.containerMetadata(name)
  }
  func setContainerMetadata(_ name: String, _ metadata: [String: String], ifMatch etag: String) async throws(StoreError)
  {
    try await store.setContainerMetadata(name, metadata, ifMatch: etag)
  }
  func put(_ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  {
    try await store.put(bytes, to: address, properties)
  }
  func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    try await store.stage(bytes, block: index, of: upload)
  }
  func commit(_ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  {
    try await store.commit(upload, blocks: count, properties)
  }
  func abandon(_ upload: BlobUpload) async { await store.abandon(upload) }
  func createAppendBlob(_ address: BlobAddress, _ properties: BlobProperties) async throws(StoreError) -> BlobVersion {
    try await store.createAppendBlob(address, properties)
  }
  func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    try await store.read(address, range: range)
  }
  func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try await store.list(container, prefix: prefix, metadata: metadata, page: page)
  }
  func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    try await store.delete(address, ifMatch: etag)
  }
}
