package import HTTP

/// What holds the attempts of one request to a service's limits.
package protocol RequestPace: Sendable {
  /// Awaited before each attempt: the service counts them all.
  func admit() async throws(CancellationError)
  /// Told the head of each answer, with the instant at which its attempt was sent; a pause may follow.
  func answered(_ head: HTTPResponseHead, sent: ContinuousClock.Instant)
}
