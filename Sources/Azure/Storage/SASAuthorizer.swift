package import HTTP
internal import Timeline

/// Appends a shared access signature to the query of each request.
package struct SASAuthorizer: Authorizer {
  private let token: Secret<String>

  /// With or without the leading question mark.
  package init(token: Secret<String>) {
    self.token = token.revealed.hasPrefix("?") ? Secret(String(token.revealed.dropFirst())) : token
    // The rest of it is no secret, and may be repeated without its signature's neighbours.
    for pair in self.token.revealed.split(separator: "&") where pair.hasPrefix("sig=") {
      KnownSecrets.note(String(pair.dropFirst(4)))
    }
  }

  package var canRefresh: Bool { false }

  /// Says so where the signature has expired, which the service calls no more than a wrong time frame.
  package var origin: String {
    let expiry = token.revealed.split(separator: "&").first { $0.hasPrefix("se=") }
      .flatMap { Tick(iso8601: $0.dropFirst(3).replacing("%3A", with: ":").replacing("%3a", with: ":")) }
    guard let expiry, expiry <= Tick.now() else { return "the SAS" }
    return "the SAS, which expired at \(expiry.iso8601)"
  }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    request.url += (request.url.contains("?") ? "&" : "?") + token.revealed
  }
}
