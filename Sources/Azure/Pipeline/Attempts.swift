internal import HTTP
internal import Pacing

/// What to do after each attempt of one request; the pipeline does it.
struct Attempts {
  private let backoff: Backoff
  /// Statuses that are handed over at once.
  private let keeps: @Sendable (Int) -> Bool
  /// Of the attempt that is under way, from 1; those that reached nothing or were throttled do not count.
  private var number = 1
  /// Answers of 429 so far.
  private var throttled = 0
  private var patience = Patience()
  /// Tokens that were refused: a new one may have ended as well, where many share it.
  private var refusals = 0
  private static let mostRefusals = 3

  /// The step that follows an attempt.
  enum Step {
    /// The same at once, with another token.
    case renew
    case wait(Duration)
    case fail(AzureError)
  }

  init(_ backoff: Backoff, keeps: @escaping @Sendable (Int) -> Bool) {
    self.backoff = backoff
    self.keeps = keeps
  }
}

extension Attempts {
  /// An answer has come; nil where it is the one to hand over.
  mutating func next(_ head: HTTPResponseHead, canRenew: Bool) -> Step? {
    patience.end()
    if head.status == 401, canRenew, refusals < Self.mostRefusals {
      refusals += 1
      return .renew
    }
    guard RetryDecision.isTransient(status: head.status), !keeps(head.status) else { return nil }
    let retryAfter = RetryDecision.retryAfter(head)
    if head.status == 429 {
      throttled += 1
      return backoff.delay(throttled: throttled, retryAfter: retryAfter).map(Step.wait)
    }
    guard let delay = backoff.delay(attempt: number, retryAfter: retryAfter) else { return nil }
    number += 1
    return .wait(delay)
  }

  /// An attempt that was sent at `sent` to a host, which is known to have answered or is not, failed at `now`.
  mutating func next(
    _ failure: HTTPError, isKnown: Bool, sent: ContinuousClock.Instant, at now: ContinuousClock.Instant
  ) -> Step {
    if failure.code == .cancelled { return .fail(AzureError(.cancelled, "stopped")) }
    let isTransient = RetryDecision.isTransient(failure)
    if RetryDecision.isUnreachable(failure) {
      guard isTransient, let delay = patience.delay(backoff, isKnown: isKnown, begun: sent, at: now) else {
        return .fail(Self.unreachable(failure))
      }
      return .wait(delay)
    }
    patience.end()
    guard isTransient, let delay = backoff.delay(attempt: number, retryAfter: nil) else {
      return .fail(AzureError(failure.code == .authorities ? .badRequest : .unavailable, failure.description))
    }
    number += 1
    return .wait(delay)
  }

  private static func unreachable(_ failure: HTTPError) -> AzureError {
    var error = AzureError(.unreachable, failure.description)
    if failure.code == .tls {
      error.message += "\n  If an authority of your own signs the host's certificate, trust it with --ca-file FILE."
    } else {
      error.remedy = "\n  Check the host's name, and the firewall and the proxy on the way to it."
    }
    return error
  }
}
