/// A version of TLS, by its number in gnutls' `gnutls_protocol_t`.
package enum TLSVersion: Int32, Sendable, Comparable {
  case v10 = 2
  case v11 = 3
  case v12 = 4
  case v13 = 5

  /// Older versions first.
  package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// One request with its whole body.
package struct HTTPRequest: Sendable {
  package var method: String
  package var target: RequestTarget
  package var headers: HTTPHeaders
  package var body: [UInt8]
  /// What its connection speaks; nil over plain HTTP.
  package var tls: TLSVersion?

  /// A request with no headers and no body unless given, over plain HTTP.
  package init(
    method: String, target: RequestTarget, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }
}

/// What to send back, and how the connection ends.
package struct HTTPResponse: Sendable {
  /// Where the bytes come from.
  package enum Body: Sendable {
    /// Bytes at hand; the length is sent ahead of them.
    case bytes([UInt8])
    /// Bytes pulled, in chunks where the length is nil.
    case stream(any ResponseBody, length: Int?)
  }

  /// Broken-off replies, for faults.
  package enum Ending: Sendable {
    case whole
    /// No reply at all: the connection is reset.
    case reset
  }

  package var status: Int
  package var headers: [(String, String)]
  package var body: Body
  package var ending: Ending

  /// An empty, whole reply unless said.
  package init(
    status: Int, headers: [(String, String)] = [], body: Body = .bytes([]), ending: Ending = .whole
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.ending = ending
  }

  /// A reply of JSON text.
  package static func json(_ status: Int, _ text: String, headers: [(String, String)] = [])
    -> HTTPResponse
  {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/json; charset=utf-8")] + headers,
      body: .bytes(Array(text.utf8)))
  }
}
