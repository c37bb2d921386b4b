package import BlobStorage
internal import Synchronization

/// The lock of an archive: a lease on one blob, in a container of its own that no policy
/// touches, renewed in the background for as long as its holder works.
///
/// It keeps runs from doing the same work twice. That nothing is damaged does not depend on
/// it: nothing is overwritten, and every append names its position.
package final class ArchiveLock: Sendable {
  /// The lease's id, by which `unlock` ends it.
  package let id: String
  private let store: any LeasingStore
  private let place: BlobAddress
  private let state: Mutex<State>

  private struct State {
    var term: LeaseTerm
    var onLoss: (@Sendable () -> Void)?
  }

  /// The longest that the service grants with an end.
  private static let seconds = 60
  /// How long giving back may take; what is not given back ends by itself.
  private static let patience = Duration.seconds(5)

  private init(_ store: any LeasingStore, _ place: BlobAddress, id: String, term: LeaseTerm) {
    self.store = store
    self.place = place
    self.id = id
    state = Mutex(State(term: term))
  }

  /// The blob whose lease the lock is.
  package static func place(in container: String) -> BlobAddress { BlobAddress(container: container, name: "lock") }
}

// MARK: - Taking and giving back

extension ArchiveLock {
  /// Takes the lock, does `body` and gives the lock back, whatever `body` came to and
  /// whether or not the task is cancelled. Where the lock is lost, `body` is cancelled.
  ///
  /// One that is held is waited for up to `timeout`; `waiting` is told of each holder.
  /// Throws `LockError`, what the store says, or what `body` throws.
  package static func holding<Result: Sendable>(
    _ container: String, of store: any LeasingStore, as holder: LockHolder, timeout: Duration,
    waiting: @Sendable (LockHolder) -> Void, _ body: @escaping @Sendable (ArchiveLock) async throws -> Result
  ) async throws -> Result {
    let place = place(in: container)
    let lock: ArchiveLock
    do {
      lock = try await take(place, of: store, as: holder, timeout: timeout, waiting)
    } catch {
      // The request may have been carried out, though its reply never came.
      if let error = error as? StoreError, error.code == .cancelled || error.code == .unavailable {
        await giveBack(holder.lease, place, store)
      }
      throw named(error, place)
    }
    return try await lock.hold(body)
  }

  private static func take(
    _ place: BlobAddress, of store: any LeasingStore, as holder: LockHolder, timeout: Duration,
    _ waiting: (LockHolder) -> Void
  ) async throws -> ArchiveLock {
    let deadline = ContinuousClock.now + timeout
    var announced: String?
    while true {
      switch try await attempt(place, store, holder.lease) {
      case .taken(let term):
        do { try await store.setMetadata(of: place, holder.metadata, lease: holder.lease) } catch {
          await giveBack(holder.lease, place, store)
          // Frozen for so long that it ended.
          if error.code == .refused { throw LockError.lost(.refused(error.message)) }
          throw error
        }
        return ArchiveLock(store, place, id: holder.lease, term: term)
      case .held(let other):
        let left = deadline - .now
        if left <= .zero { throw LockError.held(other) }
        if announced != other.lease { waiting(other) }
        announced = other.lease
        try await Task.sleep(for: min(left, .milliseconds(Int.random(in: 1500...3500))))
      }
    }
  }

  private enum Attempt {
    case taken(LeaseTerm)
    case held(LockHolder)
  }

  /// Asks for the lease once, or a few times where what it is refused for has gone when looked at.
  private static func attempt(_ place: BlobAddress, _ store: any LeasingStore, _ id: String) async throws -> Attempt {
    var round = 1
    var seen: LockHolder?
    while true {
      let asked = ContinuousClock.now
      do throws(StoreError) {
        let lasts = try await store.acquireLease(of: place, id: id, seconds: seconds)
        return .taken(LeaseTerm(seconds: lasts, asked: asked))
      } catch {
        switch error.code {
        case .notFound where round < rounds: try await create(place, store)
        case .refused:
          if let lease = try await store.lease(of: place), lease.isHeld {
            let holder = LockHolder(metadata: lease.metadata)
            // Who has just taken it says who it is with its next request; until then the last holder is named, if any.
            if holder.isNamed && holder == seen || round == rounds { return .held(holder) }
            seen = holder
          }
          guard round < rounds else { throw error }
          try await Task.sleep(for: .milliseconds(50 * round))
        default: throw error
        }
        round += 1
      }
    }
  }

  /// Times that the lease is asked for in one attempt.
  private static let rounds = 5

  /// Makes the container and the blob where they are absent.
  private static func create(_ place: BlobAddress, _ store: any LeasingStore) async throws(StoreError) {
    do throws(StoreError) { try await store.createContainer(place.container, metadata: [:]) } catch {
      if error.code != .alreadyExists { throw error }
    }
    let text = "Whoever holds the lease of this blob is the archive's only writer; its metadata says who.\n"
    do throws(StoreError) {
      _ = try await store.put(Array(text.utf8), to: place, BlobProperties(contentType: "text/plain"))
    } catch {
      // Refused: another run made it and has leased it already.
      if error.code != .alreadyExists && error.code != .refused { throw error }
    }
  }

  /// Ends the lease, also in a task that is cancelled.
  private static func giveBack(_ id: String, _ place: BlobAddress, _ store: any LeasingStore) async {
    await Task.detached {
      await withTaskGroup { group in
        // What cannot be given back ends by itself; and whoever cancels wants no more to wait for.
        group.addTask { try? await store.releaseLease(of: place, id: id) }
        group.addTask { try? await Task.sleep(for: patience) }
        await group.next()
        group.cancelAll()
      }
    }.value
  }

  /// A right that is missing, with what it is missing for.
  private static func named(_ error: any Error, _ place: BlobAddress) -> any Error {
    guard var error = error as? StoreError, error.code == .denied else { return error }
    error.message += """

        This was for the archive's lock, the lease of \(place), without which nothing is written:
        it takes the right to write blobs in that container, and once to create the container.
      """
    return error
  }
}

// MARK: - Holding

extension ArchiveLock {
  /// Whether the lock is surely held at `now`; asks nobody.
  package func isHeld(at now: ContinuousClock.Instant = .now) -> Bool { state.withLock { $0.term.isHeld(at: now) } }

  /// Throws `cancelled`, and has the work stopped, where the lock is not surely held.
  ///
  /// Asks nobody, unless another writer was met: then the store says whose it is.
  package func check(isContested: Bool) async throws(StoreError) {
    if isContested { await recheck() }
    if isHeld() { return }
    stopIfLost()
    throw StoreError(.cancelled, operation: "append to the manifest", message: "the archive's lock is lost")
  }

  /// Asks the store at once whether the lock is still held, such as after the process was stopped.
  package func recheck() async { await renew(before: .now + Self.patience) }

  private func hold<Result: Sendable>(
    _ body: @escaping @Sendable (ArchiveLock) async throws -> Result
  ) async throws -> Result {
    let work = Task { try await body(self) }
    state.withLock { $0.onLoss = { work.cancel() } }
    // Ahead of the work, which may keep every thread busy.
    let renewals = Task(priority: .high) { await keep() }
    let result = await withTaskCancellationHandler {
      await work.result
    } onCancel: {
      work.cancel()
    }
    renewals.cancel()
    await renewals.value
    if let loss = state.withLock({ $0.term.loss }) { throw LockError.lost(loss) }
    await Self.giveBack(id, place, store)
    return try result.get()
  }

  /// Renews until cancelled, or until the lock is lost.
  private func keep() async {
    while !Task.isCancelled {
      switch state.withLock({ $0.term.next(at: .now) }) {
      case .wait(until: nil): return
      case .wait(let instant?):
        // Cancelled means that the work is done.
        do { try await Task.sleep(until: instant, clock: .continuous) } catch { return }
      case .renew(let end): await renew(before: end)
      case .stop: return stopIfLost()
      }
    }
  }

  /// Renews once; a reply that does not come before `end` is not waited for.
  private func renew(before end: ContinuousClock.Instant) async {
    let asked = ContinuousClock.now
    let answer = await withTaskGroup(of: Result<Void, StoreError>?.self) { group in
      group.addTask { [store, place, id] in
        do throws(StoreError) {
          try await store.renewLease(of: place, id: id)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        // Cancelled means that the answer is there.
        try? await Task.sleep(until: end, clock: .continuous)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    state.withLock { state in
      switch answer {
      case .success(())?: state.term.renewed(asked: asked)
      case .failure(let error)? where error.code == .refused || error.code == .notFound:
        state.term.refused(error.message)
      case .failure?, nil: state.term.failed(at: .now)
      }
    }
    stopIfLost()
  }

  /// Cancels the work where the lock is lost by now.
  private func stopIfLost() {
    let onLoss = state.withLock { state -> (@Sendable () -> Void)? in
      guard case .stop = state.term.next(at: .now) else { return nil }
      return state.onLoss
    }
    onLoss?()
  }
}
