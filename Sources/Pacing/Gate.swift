internal import Synchronization

/// Lets a limited number of tasks through at once, first come, first served.
package final class Gate: Sendable {
  private struct State {
    var free: Int
    var nextID = 0
    var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Tasks that were cancelled before they began to wait.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  /// `limit` is at least 1.
  package init(limit: Int) {
    state = Mutex(State(free: max(1, limit)))
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
          if state.free > 0 {
            state.free -= 1
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
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}

/// A permit of a gate, given back when the last reference goes.
package final class GatePermit: Sendable {
  private let gate: Gate?

  fileprivate init(_ gate: Gate?) {
    self.gate = gate
  }

  deinit { gate?.release() }
}
