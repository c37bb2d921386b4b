import BlobStorage
import Synchronization

/// A store whose process dies at a chosen operation: that operation takes effect
/// or not, and nothing does after it.
final class CrashingStore: BlobStore {
  enum Moment: Sendable {
    case before, after
    /// The operation is refused, and life goes on.
    case refused
  }

  private let store: any BlobStore
  private let plan: @Sendable (_ operation: String, _ number: Int) -> Moment?
  private let state = Mutex((count: 0, dead: false))
  /// What happens first where a blob is looked at.
  private let look: @Sendable () async -> Void

  /// `plan` says of each writing operation, counted from 0, whether the process dies there.
  init(
    _ store: any BlobStore, look: @escaping @Sendable () async -> Void = {},
    _ plan: @escaping @Sendable (String, Int) -> Moment?
  ) {
    self.store = store
    self.look = look
    self.plan = plan
  }

  var url: String { store.url }
  var operations: Int { state.withLock { $0.count } }

  private static let death = StoreError(.local, operation: "die", message: "the process was killed")

  private func write<T>(
    _ operation: String, _ body: () async throws(StoreError) -> T
  ) async throws(StoreError) -> T {
    let (dead, moment) = state.withLock { state -> (Bool, Moment?) in
      if state.dead { return (true, nil) }
      let moment = plan(operation, state.count)
      state.count += 1
      if moment == .before || moment == .after { state.dead = true }
      return (false, moment)
    }
    if dead || moment == .before { throw Self.death }
    if moment == .refused { throw StoreError(.refused, operation: operation, message: "not now") }
    let result = try await body()
    if moment == .after { throw Self.death }
    return result
  }

  private func alive() throws(StoreError) {
    if state.withLock({ $0.dead }) { throw Self.death }
  }

  func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try await write("createContainer") { () throws(StoreError) in
      try await store.createContainer(name, metadata: metadata)
    }
  }

  func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    try alive()
    return try await store.containerMetadata(name)
  }

  func setContainerMetadata(_ name: String, _ metadata: [String: String], ifMatch etag: String) async throws(StoreError)
  {
    try await write("setContainerMetadata") { () throws(StoreError) in
      try await store.setContainerMetadata(name, metadata, ifMatch: etag)
    }
  }

  func put(_ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  {
    try await write("put") { () throws(StoreError) in try await store.put(bytes, to: address, properties) }
  }

  func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    try await write("stage") { () throws(StoreError) in try await store.stage(bytes, block: index, of: upload) }
  }

  func commit(_ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  {
    try await write("commit") { () throws(StoreError) in try await store.commit(upload, blocks: count, properties) }
  }

  func abandon(_ upload: BlobUpload) async {}

  func createAppendBlob(_ address: BlobAddress, _ properties: BlobProperties) async throws(StoreError) -> BlobVersion {
    try await write("createAppendBlob") { () throws(StoreError) in try await store.createAppendBlob(address, properties)
    }
  }

  func append(_ bytes: [UInt8], to address: BlobAddress, at position: Int) async throws(StoreError) -> BlobVersion {
    try await write("append") { () throws(StoreError) in try await store.append(bytes, to: address, at: position) }
  }

  func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    await look()
    try alive()
    return try await store.properties(of: address)
  }

  func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    try alive()
    return try await store.read(address, range: range)
  }

  func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try alive()
    try await store.list(container, prefix: prefix, metadata: metadata, page: page)
  }

  func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    try await write("delete") { () throws(StoreError) in try await store.delete(address, ifMatch: etag) }
  }
}

extension CrashingStore: BlobLeases {
  private var leases: any BlobLeases {
    get throws(StoreError) {
      try alive()
      guard let leases = store as? any BlobLeases else {
        throw StoreError(.local, operation: "lease", message: "this store has no leases")
      }
      return leases
    }
  }

  func acquireLease(of address: BlobAddress, id: String, seconds: Int) async throws(StoreError) -> Int? {
    try await leases.acquireLease(of: address, id: id, seconds: seconds)
  }

  func renewLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try await leases.renewLease(of: address, id: id)
  }

  func releaseLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try await leases.releaseLease(of: address, id: id)
  }

  func setMetadata(
    of address: BlobAddress, _ metadata: [String: String], lease id: String
  ) async throws(StoreError) {
    try await leases.setMetadata(of: address, metadata, lease: id)
  }

  func lease(of address: BlobAddress) async throws(StoreError) -> BlobLease? {
    await look()
    return try await leases.lease(of: address)
  }
}
