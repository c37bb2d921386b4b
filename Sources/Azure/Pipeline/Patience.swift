internal import Pacing
internal import Synchronization

/// How long one request goes on at a host that cannot be connected to.
///
/// A host that never answered is probably a wrong name, which a person wants to hear of at
/// once. One that has answered will be back: an outage of the network or of its names costs
/// no attempts, until it has lasted for too long.
struct Patience {
  /// Attempts in a row that reached nothing.
  private var unanswered = 0
  /// When the first of them began.
  private var since: ContinuousClock.Instant?

  /// How long a known host may be out of reach.
  private static let outage = Duration.seconds(90)
  /// Attempts at a host that never answered.
  private static let strangerAttempts = 3
  /// How long they may take: connections to a wrong address fail by their own limit, not at once.
  private static let strangerTime = Duration.seconds(5)
  /// The longest pause at a known host, so that its return is soon seen.
  private static let longestPause = Duration.seconds(10)

  /// How long to wait at `now`, after one more attempt that began at `begun` and reached nothing; nil to give up.
  mutating func delay(
    _ backoff: Backoff, isKnown: Bool, begun: ContinuousClock.Instant, at now: ContinuousClock.Instant
  ) -> Duration? {
    unanswered += 1
    let start = since ?? begun
    since = start
    if isKnown {
      guard now - start < Self.outage else { return nil }
      let delay = backoff.delay(attempt: min(unanswered, backoff.attempts - 1), retryAfter: nil)
      return min(delay ?? backoff.base, Self.longestPause)
    }
    guard unanswered < Self.strangerAttempts, now - start < Self.strangerTime else { return nil }
    return backoff.delay(attempt: unanswered, retryAfter: nil)
  }

  /// The host was reached.
  mutating func end() { (unanswered, since) = (0, nil) }
}

/// The hosts, each with its port, that have answered any request of a run.
final class ReachedHosts: Sendable {
  private let hosts = Mutex<Set<String>>([])

  /// Whether the host has answered.
  func contains(_ host: String) -> Bool { hosts.withLock { $0.contains(host) } }
  /// Notes that the host has answered.
  func insert(_ host: String) { hosts.withLock { _ = $0.insert(host) } }
}
