package import HTTP
internal import Timeline

/// Puts the token of one scope on requests.
package struct BearerAuthorizer: Authorizer {
  private let tokens: TokenCache
  private let scope: String

  /// Shares the tokens with whoever else uses the cache.
  package init(_ tokens: TokenCache, scope: String) {
    self.tokens = tokens
    self.scope = scope
  }

  /// Keeps tokens of its own; `clock` gives seconds since the Unix epoch.
  package init(
    _ credential: any TokenCredential, scope: String,
    clock: @escaping @Sendable () -> Int64 = { Tick.now().unixSeconds }
  ) {
    self.init(TokenCache(credential, clock: clock), scope: scope)
  }

  package var canRefresh: Bool { true }
  package var origin: String { "the token" + (tokens.credential.name.map { " of \($0)" } ?? "") }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    let old = refused?.headers.first { $0.name == "Authorization" }?.value.dropFirst(Self.scheme.count)
    let token = try await tokens.token(scope: scope, unlike: old.map { Secret(String($0)) })
    request.headers.append(("Authorization", Self.scheme + token.text))
  }

  private static let scheme = "Bearer "
}
