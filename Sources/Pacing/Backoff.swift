/// Exponential back-off with full jitter: the delay before an attempt is drawn
/// evenly from zero to a bound that doubles each time.
package struct Backoff: Sendable {
  /// The bound before the second attempt.
  package var base: Duration
  /// The bound never grows beyond it.
  package var cap: Duration
  /// Attempts in all, the first included.
  package var attempts: Int
  /// Answers of 429 that are waited out beside these attempts: a service that throttles is well, and
  /// serves others of the identity first. With 7 attempts that is some six minutes, with 8 twelve.
  package var throttled: Int

  package init(
    base: Duration = .milliseconds(800), cap: Duration = .seconds(60), attempts: Int = 8, throttled: Int = 32
  ) {
    self.base = base
    self.cap = cap
    self.attempts = attempts
    self.throttled = throttled
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

  /// How long to wait after the answer of 429 number `count` (from 1); nil to give up, as is done
  /// at once where there is but one attempt.
  package func delay(throttled count: Int, retryAfter: Duration?) -> Duration? {
    guard count <= throttled else { return nil }
    // The bound stays where it is before the last attempt: a longer pause is time lost.
    return delay(attempt: max(1, min(count, attempts - 1)), retryAfter: retryAfter)
  }

  /// The same as the first with a generator of one's own.
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
