import Synchronization

/// Blob storage: every container and blob of every account, behind one lock.
/// Data files are written before the lock is taken, except by appends.
final class BlobService: Sendable {
  /// Containers by `account/name`.
  struct State: Sendable {
    var containers: [String: Container] = [:]
  }

  let clock: EmulatorClock
  let contents: ContentStore
  let journal: Journal?
  /// Milliseconds by which leases are ahead of the clock.
  private let ahead = Atomic<Int64>(0)
  /// Seconds by which immutability is ahead of the clock.
  private let aheadOfPolicies = Atomic<Int64>(0)
  private let state: Mutex<State>

  /// Keeps everything in memory, or under `folder`, from which it also takes
  /// up what an earlier run left.
  init(folder: String?, clock: EmulatorClock) throws {
    self.clock = clock
    guard let folder else {
      contents = ContentStore(folder: nil)
      journal = nil
      state = Mutex(State())
      return
    }
    let journal = try Journal(folder: folder + "/blobs")
    contents = ContentStore(folder: journal.contentFolder)
    self.journal = journal
    state = Mutex(State(containers: try journal.load()))
  }

  /// Performs one operation; the request is already authorised.
  func perform(_ request: BlobRequest) throws -> HTTPResponse {
    switch request.operation {
    case .listContainers: try listContainers(request)
    case .serviceProperties: try serviceProperties(request)
    case .accountInformation: accountInformation()
    case .createContainer: try createContainer(request)
    case .deleteContainer: try deleteContainer(request)
    case .containerProperties: try containerProperties(request)
    case .setContainerMetadata: try setContainerMetadata(request)
    case .containerACL: try containerACL(request)
    case .listBlobs: try listBlobs(request)
    case .putBlob: try putBlob(request)
    case .putBlock: try putBlock(request)
    case .putBlockList: try putBlockList(request)
    case .getBlockList: try getBlockList(request)
    case .appendBlock: try appendBlock(request)
    case .getBlob, .headBlob: try readBlob(request)
    case .setMetadata: try setMetadata(request)
    case .setProperties: try setProperties(request)
    case .setTier: try setTier(request)
    case .deleteBlob: try deleteBlob(request)
    case .lease: try lease(request)
    default: throw StorageError.notEmulated("This operation")
    }
  }

  /// The time by which leases end, in milliseconds since 1970.
  func leaseTime() -> Int64 { clock.milliseconds() + ahead.load(ordering: .relaxed) }

  /// Lets time pass for leases, and for nothing else.
  func advanceLeases(seconds: Int) { ahead.add(Int64(seconds) * 1000, ordering: .relaxed) }

  /// The time by which immutability ends, in seconds since 1970.
  func policyTime() -> Int64 { clock.seconds + aheadOfPolicies.load(ordering: .relaxed) }

  /// Lets time pass for immutability policies, and for nothing else.
  func advancePolicies(days: Int) { aheadOfPolicies.add(Int64(days) * 86_400, ordering: .relaxed) }

  /// Takes the lease of the addressed blob or container from its holder.
  func loseLease(_ request: BlobRequest) throws {
    try withContainer(request) { container in
      guard let name = request.blob.map({ BlobName($0) }) else {
        container.header.lease.lose()
        return
      }
      container[name]?.lease.lose()
    }
  }
}

extension BlobService {
  /// Runs `body` on all containers.
  func withState<Result>(_ body: (inout sending State) throws -> sending Result) rethrows -> sending Result {
    try state.withLock(body)
  }

  /// Runs `body` on the addressed container, in place.
  func withContainer<Result: Sendable>(
    _ request: BlobRequest, _ body: (inout Container) throws -> Result
  ) throws -> Result {
    let key = Self.key(request)
    return try state.withLock { state in
      guard let index = state.containers.index(forKey: key) else { throw StorageError.containerNotFound }
      return try body(&state.containers.values[index])
    }
  }

  /// Runs `body` on the addressed blob and keeps what it becomes: nil deletes
  /// it. The content that the blob no longer holds is deleted too.
  func withBlob<Result: Sendable>(
    _ request: BlobRequest, _ body: (inout Blob?) throws -> Result
  ) throws -> Result {
    guard let text = request.blob else { throw StorageError.blobNotFound }
    let name = BlobName(text)
    let key = Self.key(request)
    return try withContainer(request) { container in
      let before = container[name]
      var blob = before
      let policy = container.header.immutability
      // Appends write their bytes in `body`. Of the others, conditions are
      // looked at first; which the service looks at first is not documented.
      if request.operation == .appendBlock { try policy?.permit(.appendBlock, on: before, at: policyTime()) }
      let result = try body(&blob)
      try policy?.permit(request.operation, on: before, at: policyTime())
      // On disk first: what is refused there has not happened.
      try journal?.save(blob, name: name, container: key)
      container[name] = blob
      if let before, contents.folder != nil { contents.remove(Self.unused(before.chunks, by: blob?.chunks ?? [])) }
      return result
    }
  }

  /// Reads the addressed blob if it is committed.
  func blob(_ request: BlobRequest) throws -> Blob {
    try withContainer(request) { container in
      guard let text = request.blob, let blob = container[BlobName(text)], blob.isCommitted else {
        throw StorageError.blobNotFound
      }
      return blob
    }
  }

  /// The key of the addressed container.
  static func key(_ request: BlobRequest) -> String { "\(request.account)/\(request.container ?? "")" }

  /// A new version, now. ETags look like the service's and never repeat.
  func nextVersion() -> Version {
    let now = clock.milliseconds()
    let stamp = Digest.random(2)
    let ticks = UInt64(bitPattern: now) &* 10_000
    let text = Hex.encode(withUnsafeBytes(of: ticks.bigEndian) { Array($0) }).dropFirst(4) + Hex.encode(stamp)
    return Version(etag: "\"0x8D\(text.uppercased())\"", modified: now / 1000)
  }

  private static func unused(_ before: [Chunk], by after: [Chunk]) -> [Chunk] {
    func name(_ chunk: Chunk) -> String? {
      if case .file(let name, _, _) = chunk { name } else { nil }
    }
    let kept = Set(after.compactMap(name))
    return before.filter { chunk in name(chunk).map { !kept.contains($0) } ?? false }
  }
}
