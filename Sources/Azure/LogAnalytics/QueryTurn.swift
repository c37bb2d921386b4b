internal import HTTP
internal import Pacing
internal import Synchronization

/// One query's turn at the service: its permits, from the first attempt until its answer is read.
///
/// After a 429 the permits go back before the pause, and the next attempt queues for others: the
/// service is at no work for the query, and the lower limit has to bind above all those that have met
/// it. Through any other pause the query keeps them: after a reset the service may still
/// be running it, and one in trouble should not be sent other queries instead.
final class QueryTurn: RequestPace {
  private let pace: QueryPace
  private let endpoint: QueryPace.Endpoint
  private let permits = Mutex<[GatePermit]>([])

  init(_ pace: QueryPace, _ endpoint: QueryPace.Endpoint) {
    self.pace = pace
    self.endpoint = endpoint
  }
}

extension QueryTurn {
  func admit() async throws(CancellationError) {
    if permits.withLock({ $0.isEmpty }) {
      let permits = await pace.permits(endpoint)
      self.permits.withLock { $0 = permits }
    }
    // Behind the gate, so that nobody takes a place who cannot use it yet.
    try await pace.admit()
  }

  func answered(_ head: HTTPResponseHead, sent: ContinuousClock.Instant) {
    switch head.status {
    case 200..<300: pace.succeeded(endpoint, sent: sent)
    case 429:
      pace.throttled(endpoint, sent: sent, retryAfter: RetryDecision.retryAfter(head), at: .now)
      end()
    default: break
    }
  }

  /// Gives the permits back.
  func end() { permits.withLock { $0 = [] } }
}
