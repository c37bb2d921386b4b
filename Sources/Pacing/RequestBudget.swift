internal import Synchronization

/// Admits a limited number of requests in any window of time, in order.
///
/// The query service answers 200 requests in 30 seconds for one identity and refuses the rest.
/// Each place comes back 30 seconds after it was taken. That is stricter than a bucket that refills
/// steadily, which lets nearly twice its size through in the 30 seconds after it was full, and it
/// is right for a service that counts a window.
package final class RequestBudget: Sendable {
  /// Requests in one window, at most.
  package let limit: Int
  package let window: Duration
  private let state = Mutex(State())

  private struct State {
    /// When each of the last `limit` requests is to be, oldest first.
    var admitted: [ContinuousClock.Instant] = []
    /// Until when the service wants to hear nothing.
    var heldUntil: ContinuousClock.Instant?
  }

  /// The limits page of Log Analytics: 200 requests in 30 seconds. `limit` is at least 1.
  package init(limit: Int = 200, window: Duration = .seconds(30)) {
    self.limit = max(1, limit)
    self.window = window
  }
}

extension RequestBudget {
  /// Takes a place in the budget and waits until it has come.
  package func admit() async throws(CancellationError) {
    repeat {
      let due = reserve(at: .now)
      guard due > .now else { return }
      do { try await Task.sleep(until: due, clock: .continuous) } catch { throw CancellationError() }
      // A place that comes while requests are held back is lost: another is taken.
    } while heldBack(at: .now) > .zero
  }

  /// The instant at which a request made at `now` may be sent.
  package func reserve(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
    state.withLock { state in
      // Tasks read the clock before they come here, so that it may seem to run back.
      var due = max(now, state.admitted.last ?? now, state.heldUntil ?? now)
      if state.admitted.count == limit { due = max(due, state.admitted[0].advanced(by: window)) }
      state.admitted.append(due)
      if state.admitted.count > limit { state.admitted.removeFirst(state.admitted.count - limit) }
      return due
    }
  }

  /// Holds all requests back until `instant`, or until a later one that was given before.
  package func holdBack(until instant: ContinuousClock.Instant) {
    state.withLock { $0.heldUntil = max(instant, $0.heldUntil ?? instant) }
  }

  /// How long all requests are held back from `now` on; zero where they are not.
  package func heldBack(at now: ContinuousClock.Instant) -> Duration {
    state.withLock { state in max(.zero, state.heldUntil.map { now.duration(to: $0) } ?? .zero) }
  }

  /// How many of the requests let through so far count at `now`.
  package func used(at now: ContinuousClock.Instant) -> Int {
    let oldest = now.advanced(by: .zero - window)
    return state.withLock { state in state.admitted.count { $0 > oldest && $0 <= now } }
  }
}
