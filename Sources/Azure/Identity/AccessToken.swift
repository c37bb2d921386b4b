/// A bearer token; its text never appears in a description.
package struct AccessToken: Sendable {
  package let secret: Secret<String>
  /// Seconds since the Unix epoch.
  package let expiresAt: Int64

  package init(text: String, expiresAt: Int64) {
    secret = Secret(text)
    self.expiresAt = expiresAt
  }

  package var text: String { secret.revealed }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible {
  package var description: String { "token until \(expiresAt)" }
  package var debugDescription: String { description }
}

/// A source of tokens.
package protocol TokenCredential: Sendable {
  /// A fresh token for a scope such as `https://storage.azure.com/.default`.
  func token(scope: String) async throws(AzureError) -> AccessToken
  /// The name that `AZURE_TOKEN_CREDENTIALS` picks it by, where it is known.
  var name: String? { get }
}

extension TokenCredential {
  package var name: String? { nil }
}

/// The resource that a scope names, as older endpoints want it.
func resource(of scope: String) -> String {
  scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
}
