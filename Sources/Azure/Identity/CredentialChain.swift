/// Tries credentials in order and stays with the first that gives a token.
package struct CredentialChain: TokenCredential {
  /// Each with the name that `AZURE_TOKEN_CREDENTIALS` picks it by.
  private let credentials: [(name: String, credential: any TokenCredential)]
  /// Ways that could not be tried, with what they lack.
  private let skipped: [String]

  package init(_ credentials: [(name: String, credential: any TokenCredential)], skipped: [String]) {
    self.credentials = credentials
    self.skipped = skipped
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    var reasons = skipped
    for (name, credential) in credentials {
      do throws(AzureError) {
        return try await credential.token(scope: scope)
      } catch {
        // Only a missing login makes the next way worth trying.
        guard error.kind == .unauthenticated || error.kind == .unreachable else { throw error }
        reasons.append("\(name): \(error.message)")
      }
    }
    throw AzureError(.unauthenticated, "no credential gave a token\n  " + reasons.joined(separator: "\n  "))
  }
}
