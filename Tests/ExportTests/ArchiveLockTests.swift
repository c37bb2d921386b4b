import BlobStorage
import Export
import Synchronization
import Testing
import Timeline

@Suite struct `The lock of an archive` {
  /// Its clock stands still, so that no lease lapses however long a busy machine leaves a test lying.
  private let store = MemoryStore { Tick(unixSeconds: 1_700_000_000) }

  private func holder(_ number: Int) -> LockHolder {
    LockHolder(
      lease: "00000000-0000-4000-8000-00000000000\(number)", runID: "run-\(number)", user: "anna", host: "häuschen",
      process: 4711, command: "apply", since: Tick(unixSeconds: 1_700_000_000))
  }

  @discardableResult
  private func holding<T: Sendable>(
    as number: Int = 1, timeout: Duration = .zero, waiting: @escaping @Sendable (LockHolder) -> Void = { _ in },
    _ body: @escaping @Sendable (ArchiveLock) async throws -> T
  ) async throws -> T {
    try await ArchiveLock.holding(
      "manifest-lock", of: store, as: holder(number), timeout: timeout, waiting: waiting, body)
  }

  private func lease() async throws -> BlobLease? {
    try await store.lease(of: ArchiveLock.place(in: "manifest-lock"))
  }

  @Test func `is taken where nothing exists yet, says who holds it, and is given back`() async throws {
    let seen = try await holding { [store] lock in
      try await lock.check(isContested: false)
      return try await store.lease(of: ArchiveLock.place(in: "manifest-lock"))
    }
    #expect(seen?.isHeld == true)
    let named = LockHolder(metadata: try #require(seen).metadata)
    #expect(named.lease == holder(1).lease)
    #expect(
      named.description
        == "run run-1 (apply) of anna on h??uschen, process 4711, since 2023-11-14T22:13:20Z")
    #expect(try await lease()?.isHeld == false)
  }

  @Test func `is given back after an error too, which is passed on`() async throws {
    struct Failed: Error {}
    await #expect(throws: Failed.self) { try await holding { _ in throw Failed() } }
    #expect(try await lease()?.isHeld == false)
  }

  @Test func `is given back by a task that is cancelled`() async throws {
    let (started, start) = AsyncStream<Void>.makeStream()
    let task = Task {
      try await holding { _ in
        start.yield()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    for await _ in started { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await lease()?.isHeld == false)
  }

  @Test func `that is held is refused at once, naming its holder`() async throws {
    let error = try await holding { _ in
      await #expect(throws: LockError.self) { try await holding(as: 2) { _ in } }
    }
    guard case .held(let other)? = error else { return #expect(error != nil) }
    #expect(other.lease == holder(1).lease && other.runID == "run-1")
    #expect("\(LockError.held(other))".contains("logexport unlock \(other.lease)"))
  }

  @Test func `whose holder has not said yet who it is names no command that cannot work`() async throws {
    let place = ArchiveLock.place(in: "manifest-lock")
    try await store.createContainer(place.container, metadata: [:])
    _ = try await store.put([], to: place, BlobProperties(contentType: "text/plain"))
    // Longer than any machine is busy; the memory takes any length.
    _ = try await store.acquireLease(of: place, id: holder(1).lease, seconds: 86_400)
    let error = await #expect(throws: LockError.self) { try await holding(as: 2) { _ in } }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("locked by a run that has not said yet who it is"))
    #expect(text.contains("--lock-timeout") && text.contains("logexport doctor"))
    #expect(!text.contains("unlock") && !text.contains("unknown"))

    // It says so while another asks.
    let second = Task { await #expect(throws: LockError.self) { try await holding(as: 2) { _ in } } }
    try await store.setMetadata(of: place, holder(1).metadata, lease: holder(1).lease)
    guard case .held(let named)? = await second.value else { return #expect(Bool(false)) }
    #expect(named.runID == "run-1")
  }

  @Test func `that was taken over just now is not said to be the last holder's`() async throws {
    let place = ArchiveLock.place(in: "manifest-lock")
    try await holding { _ in }
    _ = try await store.acquireLease(of: place, id: holder(2).lease, seconds: 60)
    let looks = Mutex(0)
    // It says who it is once somebody has looked.
    @Sendable func look() async {
      let number = looks.withLock { looks in
        looks += 1
        return looks
      }
      guard number == 2 else { return }
      do { try await store.setMetadata(of: place, holder(2).metadata, lease: holder(2).lease) } catch {
        Issue.record(error)
      }
    }
    let late = CrashingStore(store, look: look) { _, _ in nil }
    let error = await #expect(throws: LockError.self) {
      try await ArchiveLock.holding(
        "manifest-lock", of: late, as: holder(3), timeout: .zero, waiting: { _ in }, { _ in })
    }
    guard case .held(let named)? = error else { return #expect(error != nil) }
    #expect(named.runID == "run-2")
  }

  @Test func `that is held is waited for`() async throws {
    let (waits, wait) = AsyncStream<LockHolder>.makeStream()
    let second = try await holding { _ in
      let second = Task {
        try await holding(as: 2, timeout: .seconds(600), waiting: { wait.yield($0) }) { lock in lock.id }
      }
      for await other in waits {
        #expect(other.runID == "run-1")
        break
      }
      return second
    }
    #expect(try await second.value == holder(2).lease)
    #expect(try await lease().map { LockHolder(metadata: $0.metadata).runID } == "run-2")
  }

  @Test func `that was taken away stops the work`() async throws {
    let place = ArchiveLock.place(in: "manifest-lock")
    let error = await #expect(throws: LockError.self) {
      try await holding { [store] lock in
        try await store.releaseLease(of: place, id: lock.id)
        _ = try await store.acquireLease(of: place, id: holder(2).lease, seconds: 60)
        await lock.recheck()
        #expect(!lock.isHeld())
        // A macro within a macro's closure would expand without end.
        do {
          try await lock.check(isContested: false)
          Issue.record("a lock that is lost lets rows be appended")
        } catch is StoreError {}
        // Ends by being cancelled, and only so.
        try await Task.sleep(for: .seconds(3600))
      }
    }
    guard case .lost(.refused)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // The other's lease stays.
    #expect(try await lease()?.isHeld == true)
  }

  @Test func `is not held once its time is over, whatever was heard of it`() async throws {
    let before = ContinuousClock.now
    try await holding { lock in
      #expect(lock.isHeld(at: before + .seconds(54)))
      #expect(!lock.isHeld(at: .now + .seconds(56)))
    }
  }
}
