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
  package var acceptsGzip: Bool
  /// Whether proxies of the environment are used; never for loopback and the metadata service.
  package var usesProxy: Bool
  /// How long the head may take. A query is answered only when it has run.
  package var headTimeout: Duration

  package init(
    method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    acceptsGzip: Bool = false, usesProxy: Bool = true, headTimeout: Duration = .seconds(60)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.acceptsGzip = acceptsGzip
    self.usesProxy = usesProxy
    self.headTimeout = headTimeout
  }
}
