internal import HTTP
internal import Timeline

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
    case .tls, .authorities, .cancelled, .invalidRequest, .other: false
    }
  }

  /// Whether no request can have reached the service.
  static func isUnreachable(_ error: HTTPError) -> Bool {
    switch error.code {
    case .cannotResolve, .cannotConnect, .tls: true
    default: false
    }
  }

  /// `Retry-After`, in seconds or as a date; never less than nothing.
  static func retryAfter(_ head: HTTPResponseHead, now: Tick = .now()) -> Duration? {
    guard let text = head["Retry-After"] else { return nil }
    // A number of more digits than this is no wait that anyone means.
    if let seconds = Int32(text) { return .seconds(max(0, Int(seconds))) }
    return HTTPDate.tick(text).map { .seconds(max(0, $0.unixSeconds - now.unixSeconds)) }
  }
}
