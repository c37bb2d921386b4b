internal import Synchronization

/// Admits a limited number of requests in any window of time, in order.
///
/// The query service answers 200 requests in 30 seconds for one identity and
/// refuses the rest.
package final class RequestBudget: Sendable {
  /// Requests in one window, at most.
  package let limit: Int
  package let window: Duration
  /// When each of the last `limit` requests is to be, oldest first.
  private let admitted = Mutex<[ContinuousClock.Instant]>([])

  /// The limits page of Log Analytics: 200 requests in 30 seconds. `limit` is at least 1.
  package init(limit: Int = 200, window: Duration = .seconds(30)) {
    self.limit = max(1, limit)
    self.window = window
  }

  /// Takes a place in the budget and waits until it has come.
  package func admit() async throws(CancellationError) {
    let due = reserve(at: .now)
    guard due > .now else { return }
    do { try await Task.sleep(until: due, clock: .continuous) } catch { throw CancellationError() }
  }

  /// The instant at which a request made at `now` may be sent.
  package func reserve(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
    admitted.withLock { admitted in
      // Tasks read the clock before they come here, so that it may seem to run back.
      var due = max(now, admitted.last ?? now)
      if admitted.count == limit { due = max(due, admitted[0].advanced(by: window)) }
      admitted.append(due)
      if admitted.count > limit { admitted.removeFirst(admitted.count - limit) }
      return due
    }
  }

  /// How many of the requests let through so far count at `now`.
  package func used(at now: ContinuousClock.Instant) -> Int {
    let oldest = now.advanced(by: .zero - window)
    return admitted.withLock { admitted in admitted.count { $0 > oldest && $0 <= now } }
  }
}
