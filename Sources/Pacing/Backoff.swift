/// Exponential back-off with full jitter: the delay before an attempt is drawn
/// evenly from zero to a bound that doubles each time.
package struct Backoff: Sendable {
  /// The bound before the second attempt.
  package var base: Duration
  /// The bound never grows beyond it.
  package var cap: Duration
  /// Attempts in all, the first included.
  package var attempts: Int

  package init(base: Duration = .milliseconds(800), cap: Duration = .seconds(60), attempts: Int = 8) {
    self.base = base
    self.cap = cap
    self.attempts = attempts
  }

  /// A `Retry-After` longer than this is not waited for: the run ends and says so.
  package static let longestRetryAfter = Duration.seconds(300)

  /// How long to wait after attempt number `attempt` (from 1) has failed; nil to give up.
  ///
  /// What the service asked for in `Retry-After` is the least.
  package func delay(attempt: Int, retryAfter: Duration?) -> Duration? {
    var generator = SystemRandomNumberGenerator()
    return delay(attempt: attempt, retryAfter: retryAfter, using: &generator)
  }

  /// The same with a generator of one's own.
  package func delay(
    attempt: Int, retryAfter: Duration?, using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    guard attempt < attempts else { return nil }
    if let retryAfter, retryAfter > Self.longestRetryAfter { return nil }
    var bound = base
    for _ in 1..<max(1, attempt) where bound < cap { bound = bound * 2 }
    let jittered = min(bound, cap) * Double.random(in: 0...1, using: &generator)
    return max(jittered, retryAfter ?? .zero)
  }
}
