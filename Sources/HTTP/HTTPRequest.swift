/// One HTTP request.
package struct HTTPRequest: Sendable {
  /// `GET`, `HEAD`, `PUT`, `POST`, `DELETE`.
  package var method: String
  /// Absolute, percent-encoded.
  package var url: String
  /// In order; names as they are to be sent.
  package var headers: [(name: String, value: String)]
  /// Sent with a Content-Length; nil for none at all.
  package var body: [UInt8]?
  /// Asks for gzip and decodes it while the body streams.
  ///
  /// curl takes a gzip stream that ends early for whole where the body around it is: whoever asks
  /// for gzip has to know by the document itself that it ended.
  package var acceptsGzip: Bool
  /// Whether proxies of the environment are used; never for loopback and the metadata service.
  package var usesProxy: Bool
  /// How long the head may take. A query is answered only when it has run.
  package var headTimeout: Duration
  /// How long a connection may take to be made; nil for as long as the client allows any.
  package var connectTimeout: Duration?

  package init(
    method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    acceptsGzip: Bool = false, usesProxy: Bool = true, headTimeout: Duration = .seconds(60),
    connectTimeout: Duration? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.acceptsGzip = acceptsGzip
    self.usesProxy = usesProxy
    self.headTimeout = headTimeout
    self.connectTimeout = connectTimeout
  }
}

extension HTTPRequest {
  /// Whether it can be sent as it is: nothing in it ends a line or cuts a C string short.
  var isWellFormed: Bool {
    let scheme = url.prefix { $0 != "/" }.lowercased()
    return (scheme == "http:" || scheme == "https:") && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
      && !method.isEmpty && method.utf8.allSatisfy { 0x41...0x5A ~= $0 }
      && headers.allSatisfy { name, value in
        !name.isEmpty && name.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }
          && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
      }
  }

  /// Whether the host is this machine or the metadata service, which no proxy can reach.
  package var mustGoDirectly: Bool {
    guard let parts = URLParts(url) else { return false }
    return parts.isLoopback || parts.host.hasSuffix(".localhost") || parts.host == "169.254.169.254"
  }
}
