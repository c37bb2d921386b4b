internal import Synchronization

/// Lets a limited number of tasks through at once, first come, first served.
///
/// The limit may change meanwhile. Where it falls below the permits that are out, these
/// are honoured, and nobody else comes in until enough of them are back.
package final class Gate: Sendable {
  private struct State {
    var limit: Int
    /// Permits that are out.
    var held = 0
    var nextID = 0
    var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Tasks that were cancelled before they began to wait.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  /// `limit` is at least 1.
  package init(limit: Int) {
    state = Mutex(State(limit: max(1, limit)))
  }

  /// Runs `body` with a permit, waiting for one where none is free.
  ///
  /// A task that is cancelled while it waits runs `body` at once, without a
  /// permit: whatever it awaits first tells it that it is cancelled.
  package func withPermit<T, E: Error>(_ body: () async throws(E) -> T) async throws(E) -> T {
    let permitted = await acquire()
    defer { if permitted { release() } }
    return try await body()
  }

  /// Waits for a permit and holds it until the result goes, for work that
  /// outlives a call, such as a body that is still being read.
  ///
  /// A task that is cancelled while it waits gets an empty one.
  package func permit() async -> GatePermit {
    GatePermit(await acquire() ? self : nil)
  }

  /// How many tasks wait at this moment.
  package var waiting: Int { state.withLock { $0.waiting.count } }

  /// How many permits are out at this moment.
  package var held: Int { state.withLock { $0.held } }

  /// How many may be inside at once; at least 1.
  package var limit: Int {
    get { state.withLock { $0.limit } }
    set { admit { $0.limit = max(1, newValue) } }
  }

  private func acquire() async -> Bool {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    // A cancellation that came too late for the wait leaves nothing behind.
    defer { state.withLock { _ = $0.cancelled.remove(id) } }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let result = state.withLock { state -> Bool? in
          if state.cancelled.remove(id) != nil { return false }
          // Nobody waits while there is room.
          if state.held < state.limit {
            state.held += 1
            return true
          }
          state.waiting.append((id, continuation))
          return nil
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiting.remove(at: index).continuation
      }
      waiter?.resume(returning: false)
    }
  }

  fileprivate func release() {
    admit { $0.held -= 1 }
  }

  /// Makes a change, and lets those in for whom it made room.
  private func admit(after change: (inout State) -> Void) {
    let next = state.withLock { state in
      change(&state)
      let next = state.waiting.prefix(max(0, state.limit - state.held))
      state.waiting.removeFirst(next.count)
      state.held += next.count
      return next
    }
    for waiter in next { waiter.continuation.resume(returning: true) }
  }
}

/// A permit of a gate, given back when the last reference goes.
package final class GatePermit: Sendable {
  private let gate: Gate?

  fileprivate init(_ gate: Gate?) {
    self.gate = gate
  }

  /// Whether the task was cancelled while it waited, so that there is no permit.
  package var isEmpty: Bool { gate == nil }

  deinit { gate?.release() }
}
