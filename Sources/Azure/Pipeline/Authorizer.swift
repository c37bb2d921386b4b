package import HTTP

/// Adds a credential to a request.
package protocol Authorizer: Sendable {
  /// Signs or marks the request; `refused` is what was sent before and answered 401, so
  /// that its token is not sent again.
  func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError)
  /// Whether a 401 may be mended by a new token.
  var canRefresh: Bool { get }
  /// Where the credential came from, as messages name it; never the credential.
  var origin: String { get }
}

extension Authorizer {
  package var origin: String { "the credential" }
}
