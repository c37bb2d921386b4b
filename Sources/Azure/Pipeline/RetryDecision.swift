internal import HTTP
internal import Pacing

/// Which failures are worth another attempt.
enum RetryDecision {
  /// 408, 429 and 5xx; never 400, 401, 403, 404.
  static func isTransient(status: Int) -> Bool {
    status == 408 || status == 429 || (500...599).contains(status)
  }

  /// What the network did; a certificate or a name does not mend itself.
  static func isTransient(_ error: HTTPError) -> Bool {
    switch error.code {
    case .cannotConnect, .timeout, .stalled, .reset, .truncated, .cannotResolve: true
    case .tls, .cancelled, .invalidRequest, .other: false
    }
  }

  /// Whether no request can have reached the service.
  static func isUnreachable(_ error: HTTPError) -> Bool {
    switch error.code {
    case .cannotResolve, .cannotConnect, .tls: true
    default: false
    }
  }

  /// `Retry-After` in seconds; its other form, a date, is not used by these services.
  static func retryAfter(_ head: HTTPResponseHead) -> Duration? {
    head["Retry-After"].flatMap { Int($0) }.map { .seconds($0) }
  }
}
