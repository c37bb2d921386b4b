package import HTTP

/// Appends a shared access signature to the query of each request.
package struct SASAuthorizer: Authorizer {
  private let token: Secret<String>

  /// With or without the leading question mark.
  package init(token: String) {
    self.token = Secret(token.hasPrefix("?") ? String(token.dropFirst()) : token)
  }

  package var canRefresh: Bool { false }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    request.url += (request.url.contains("?") ? "&" : "?") + token.value
  }
}
