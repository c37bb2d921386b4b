/// How many requests to have under way at once: additive increase, multiplicative decrease.
///
/// A refusal halves the limit, and as many successes as the limit then is raise it by one,
/// up to the ceiling. A request tells of the limit that it was sent under: what was sent before the
/// last decrease counts neither way, so that a burst of refusals is one decrease, and those of the
/// burst that succeed do not undo it.
package struct ConcurrencyLimit: Sendable {
  /// What the service allows where nobody else uses the identity; at least 1.
  package let ceiling: Int
  /// 1 to the ceiling.
  package private(set) var limit: Int
  /// Successes since the limit last changed.
  private var successes = 0
  private var decreasedAt: ContinuousClock.Instant?

  /// Begins at the ceiling, which most identities have for themselves.
  package init(ceiling: Int) {
    self.ceiling = max(1, ceiling)
    limit = self.ceiling
  }
}

extension ConcurrencyLimit {
  /// A request that was sent at `sent` was taken on by the service.
  package mutating func succeeded(sent: ContinuousClock.Instant) {
    guard limit < ceiling, isOfNow(sent) else { return }
    successes += 1
    if successes == limit { (limit, successes) = (limit + 1, 0) }
  }

  /// A request that was sent at `sent` was refused with 429; this was learnt at `now`.
  package mutating func throttled(sent: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
    guard isOfNow(sent) else { return }
    (limit, successes, decreasedAt) = (max(1, limit / 2), 0, now)
  }

  private func isOfNow(_ sent: ContinuousClock.Instant) -> Bool {
    decreasedAt.map { sent >= $0 } ?? true
  }
}
