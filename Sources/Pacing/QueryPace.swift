internal import Synchronization

/// The pace at which one identity may query: shared by all its requests, whatever they are for.
package final class QueryPace: Sendable {
  private let budget: RequestBudget
  private let queries: Lane
  private let searches: Lane

  /// Which of the service's limits on concurrency a request falls under.
  package enum Endpoint: Sendable {
    /// `/query`, of Analytics tables.
    case query
    /// `/search`, of Basic and Auxiliary tables; such a request counts as a query as well.
    case search
  }

  /// The limits page of Log Analytics: 200 requests in 30 seconds, 5 queries at once, 2 of them
  /// searches. Limits are at least 1.
  package init(budget: RequestBudget = RequestBudget(), queries: Int = 5, searches: Int = 2) {
    self.budget = budget
    self.queries = Lane(ceiling: queries)
    self.searches = Lane(ceiling: searches)
  }
}

extension QueryPace {
  /// Waits for permits of the limits that a request falls under; empty ones where the task is cancelled.
  package func permits(_ endpoint: Endpoint) async -> [GatePermit] {
    switch endpoint {
    case .query: [await queries.gate.permit()]
    case .search: [await searches.gate.permit(), await queries.gate.permit()]
    }
  }

  /// Waits until a request may be sent; whoever calls holds the permits.
  package func admit() async throws(CancellationError) { try await budget.admit() }

  /// A request that was sent at `sent` was answered by what it asked for.
  package func succeeded(_ endpoint: Endpoint, sent: ContinuousClock.Instant) {
    // A search that was taken on says that there was room for a query too.
    queries.update { $0.succeeded(sent: sent) }
    if endpoint == .search { searches.update { $0.succeeded(sent: sent) } }
  }

  /// A request that was sent at `sent` was answered 429 at `now`, with a `Retry-After` where that is not nil.
  ///
  /// Nobody of the identity sends anything until it is over, unless it is longer than any run
  /// waits: then each request has to hear for itself that it is in vain.
  package func throttled(
    _ endpoint: Endpoint, sent: ContinuousClock.Instant, retryAfter: Duration?, at now: ContinuousClock.Instant
  ) {
    let lane = endpoint == .search ? searches : queries
    lane.update { $0.throttled(sent: sent, at: now) }
    guard let retryAfter, retryAfter <= Backoff.longestRetryAfter else { return }
    budget.holdBack(until: now.advanced(by: retryAfter))
  }

  /// Where the pace stands at `now`.
  package func state(at now: ContinuousClock.Instant) -> PaceState {
    PaceState(
      requests: (budget.used(at: now), budget.limit), queries: queries.state, searches: searches.state,
      heldBack: budget.heldBack(at: now))
  }

  /// A gate whose limit adapts.
  private final class Lane: Sendable {
    let gate: Gate
    private let limit: Mutex<ConcurrencyLimit>

    init(ceiling: Int) {
      gate = Gate(limit: ceiling)
      limit = Mutex(ConcurrencyLimit(ceiling: ceiling))
    }

    func update(_ change: (inout ConcurrencyLimit) -> Void) {
      limit.withLock { limit in
        change(&limit)
        // Within the lock, so that of two changes the later one stays.
        gate.limit = limit.limit
      }
    }

    var state: (now: Int, ceiling: Int) { limit.withLock { ($0.limit, $0.ceiling) } }
  }
}

/// Where the pace of an identity stands at one instant.
package struct PaceState: Sendable {
  /// Requests that count against the budget, and how many may.
  package var requests: (used: Int, limit: Int)
  /// How many queries may be under way at once now, and at most.
  package var queries: (now: Int, ceiling: Int)
  /// How many of them may be searches.
  package var searches: (now: Int, ceiling: Int)
  /// How long the service wants to hear nothing; zero where it does not say so.
  package var heldBack: Duration

  package init(
    requests: (used: Int, limit: Int), queries: (now: Int, ceiling: Int), searches: (now: Int, ceiling: Int),
    heldBack: Duration
  ) {
    self.requests = requests
    self.queries = queries
    self.searches = searches
    self.heldBack = heldBack
  }
}
