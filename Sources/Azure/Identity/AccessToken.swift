/// A bearer token; its text never appears in a description.
package struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  package let text: String
  /// Seconds since the Unix epoch.
  package let expiresAt: Int64

  package init(text: String, expiresAt: Int64) {
    self.text = text
    self.expiresAt = expiresAt
  }

  package var description: String { "token until \(expiresAt)" }
  package var debugDescription: String { description }
}

/// A source of tokens.
package protocol TokenCredential: Sendable {
  /// A fresh token for a scope such as `https://storage.azure.com/.default`.
  func token(scope: String) async throws(AzureError) -> AccessToken
}
