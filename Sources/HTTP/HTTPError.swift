/// A request that got no whole response.
package struct HTTPError: Error, Sendable {
  package var code: Code
  /// What curl said; never holds the URL's query or a header.
  package var message: String
  /// Scheme, host, port and path, without the query.
  package var url: String

  package init(_ code: Code, message: String, url: String) {
    self.code = code
    self.message = message
    self.url = url
  }

  /// The kinds of failure; callers decide by this alone.
  package enum Code: Sendable, Equatable {
    case cannotResolve, cannotConnect, tls, timeout, stalled, reset
    /// The file of authorities to trust cannot be used.
    case authorities
    /// The body ended before its end.
    case truncated
    case cancelled, invalidRequest, other
  }
}

extension HTTPError: CustomStringConvertible {
  package var description: String { "\(url): \(message)" }
}
