import BlobStorage
import Emulator
import Synchronization
import Testing
import Timeline

@Suite(.serialized) struct LeaseContract {
  @Test(arguments: StoreKind.allCases)
  func `a lease is held by one at a time`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      #expect(try await store.lease(of: lock) == BlobLease(isHeld: false, metadata: [:]))
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      #expect(try await store.lease(of: lock)?.isHeld == true)
      await expect(.refused) { _ = try await store.acquireLease(of: lock, id: second, seconds: 60) }
      try await store.releaseLease(of: lock, id: first)
      #expect(try await store.lease(of: lock)?.isHeld == false)
      _ = try await store.acquireLease(of: lock, id: second, seconds: 60)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `asking again under the same id is no error`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      try await store.renewLease(of: lock, id: first)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `another id neither renews nor releases nor says who it is`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      await expect(.refused) { try await store.renewLease(of: lock, id: second) }
      await expect(.refused) { try await store.releaseLease(of: lock, id: second) }
      await expect(.refused) { try await store.setMetadata(of: lock, ["k": "v"], lease: second) }
      try await store.setMetadata(of: lock, ["who": "first"], lease: first)
      #expect(try await store.lease(of: lock) == BlobLease(isHeld: true, metadata: ["who": "first"]))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `what was released is over`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      try await store.setMetadata(of: lock, ["who": "first"], lease: first)
      try await store.releaseLease(of: lock, id: first)
      await expect(.refused) { try await store.renewLease(of: lock, id: first) }
      await expect(.refused) { try await store.releaseLease(of: lock, id: first) }
      await expect(.refused) { try await store.setMetadata(of: lock, [:], lease: first) }
      #expect(try await store.lease(of: lock)?.metadata == ["who": "first"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `there is no lease of what is not there`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      for absent in [blob("absent"), blob("lock", in: "logs-b")] {
        let lease = try await store.lease(of: absent)
        #expect(lease == nil)
        await expect(.notFound) { _ = try await store.acquireLease(of: absent, id: first, seconds: 60) }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `of many that ask at once one is given it`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      let taken: Int = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<8 {
          group.addTask { () async throws -> Bool in
            do throws(StoreError) {
              _ = try await store.acquireLease(of: lock, id: guid(number), seconds: 60)
              return true
            } catch {
              if error.code != .refused { throw error }
              return false
            }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(taken == 1)
    }
  }

  @Test(arguments: [StoreKind.memory, .azure])
  func `a lease ends by itself, and a renewal puts that off`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, pass in
      #expect(try await store.acquireLease(of: lock, id: first, seconds: 60) == 60)
      pass(50)
      try await store.renewLease(of: lock, id: first)
      pass(50)
      await expect(.refused) { _ = try await store.acquireLease(of: lock, id: second, seconds: 60) }
      pass(11)
      #expect(try await store.lease(of: lock)?.isHeld == false)
      _ = try await store.acquireLease(of: lock, id: second, seconds: 60)
      await expect(.refused) { try await store.renewLease(of: lock, id: first) }
      await expect(.refused) { try await store.setMetadata(of: lock, [:], lease: first) }
    }
  }

  @Test(arguments: [StoreKind.memory, .azure])
  func `a lease that ended is renewed where nobody took it`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, pass in
      _ = try await store.acquireLease(of: lock, id: first, seconds: 15)
      pass(16)
      try await store.renewLease(of: lock, id: first)
      await expect(.refused) { _ = try await store.acquireLease(of: lock, id: second, seconds: 15) }
    }
  }

  @Test(arguments: [StoreKind.memory, .azure])
  func `what is leased is not deleted`(_ kind: StoreKind) async throws {
    try await withLock(kind) { store, _ in
      _ = try await store.acquireLease(of: lock, id: first, seconds: 60)
      await expect(.refused) { try await store.delete(lock, ifMatch: nil) }
      try await store.releaseLease(of: lock, id: first)
      try await store.delete(lock, ifMatch: nil)
    }
  }

  @Test func `in a directory another process holds it until it ends`() async throws {
    try await withDirectory { root in
      let (one, other) = (DirectoryStore(root: root), DirectoryStore(root: root))
      try await one.createContainer("logs-a", metadata: [:])
      _ = try await one.put(bytes("x"), to: lock, plain)
      #expect(try await one.acquireLease(of: lock, id: first, seconds: 60) == nil)
      await expect(.refused) { _ = try await other.acquireLease(of: lock, id: second, seconds: 60) }
      // Not even by its id: nothing but its end frees the file.
      await expect(.refused) { try await other.releaseLease(of: lock, id: first) }
      #expect(try await other.lease(of: lock)?.isHeld == true)
      try await one.releaseLease(of: lock, id: first)
      _ = try await other.acquireLease(of: lock, id: second, seconds: 60)
    }
  }
}

private let lock = blob("lock")
private let (first, second) = (guid(1), guid(2))

private func guid(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

/// Runs `body` on a store of a kind that holds the blob, with a function that lets seconds pass for leases.
private func withLock(
  _ kind: StoreKind, _ body: (any LeasingStore, _ pass: @escaping (Int) -> Void) async throws -> Void
) async throws {
  func begin(_ store: any LeasingStore, _ pass: @escaping (Int) -> Void) async throws {
    try await store.createContainer("logs-a", metadata: [:])
    _ = try await store.put(bytes("x"), to: lock, plain)
    try await body(store, pass)
  }
  switch kind {
  case .memory:
    let now = Mutex(Tick.now())
    try await begin(MemoryStore { now.withLock { $0 } }) { seconds in
      now.withLock { $0 = $0 + .second * Int64(seconds) }
    }
  case .directory: try await withDirectory { root in try await begin(DirectoryStore(root: root)) { _ in } }
  case .azure: try await withEmulator { emulator, store in try await begin(store, emulator.advanceLeases) }
  }
}
