import Synchronization

/// The service's limits on how often and how many at once one identity may
/// query.
final class QueryGate: Sendable {
  private struct Identity {
    /// Milliseconds of the requests within the window, oldest first.
    var recent: [Int64] = []
    var running = 0
    var peak = 0
  }

  /// Why a query must wait.
  struct Refusal: Error {
    let message: String
    /// Seconds.
    let retryAfter: Int
  }

  /// 30 seconds, the documented window of the rate limit.
  private static let window: Int64 = 30_000

  /// Requests in 30 seconds.
  let rate: Int
  /// Queries at once.
  let concurrency: Int
  private let clock: EmulatorClock
  private let identities = Mutex<[String: Identity]>([:])

  /// Everyone starts with an empty window.
  init(rate: Int, concurrency: Int, clock: EmulatorClock) {
    self.rate = rate
    self.concurrency = concurrency
    self.clock = clock
  }

  /// Takes a place for one query; `leave` must follow. Queries through search,
  /// on Basic and Auxiliary tables, run two at once at most.
  func enter(_ identity: String, _ endpoint: LogQueryRequest.Endpoint) throws(Refusal) {
    let now = clock.milliseconds()
    let places = endpoint == .search ? min(2, concurrency) : concurrency
    let refusal: Refusal? = identities.withLock { identities in
      var entry = identities[Self.key(identity, endpoint)] ?? Identity()
      defer { identities[Self.key(identity, endpoint)] = entry }
      entry.recent.removeAll { $0 <= now - Self.window }
      guard entry.recent.count < rate else {
        let wait = (entry.recent.first ?? now) + Self.window - now
        return Refusal(message: "Rate limit is exceeded.", retryAfter: Int((wait + 999) / 1000))
      }
      entry.recent.append(now)
      guard entry.running < places else {
        return Refusal(message: "Too many concurrent queries.", retryAfter: 1)
      }
      entry.running += 1
      entry.peak = max(entry.peak, entry.running)
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Gives a place back.
  func leave(_ identity: String, _ endpoint: LogQueryRequest.Endpoint) {
    identities.withLock { $0[Self.key(identity, endpoint)]?.running -= 1 }
  }

  /// The most queries that ran at once for any identity.
  var peak: Int { identities.withLock { $0.values.map { $0.peak }.max() ?? 0 } }

  private static func key(_ identity: String, _ endpoint: LogQueryRequest.Endpoint) -> String {
    "\(endpoint.rawValue) \(identity)"
  }
}
