internal import Synchronization

/// Tries credentials in order and stays with the first that gives a token.
///
/// As Microsoft's libraries do, it goes on where there is none to try, and ends where one that somebody configured
/// fails: a run must not go on as another identity because a secret has ended.
package final class CredentialChain: TokenCredential {
  /// Each with the name that `AZURE_TOKEN_CREDENTIALS` picks it by.
  private let credentials: [(name: String, credential: any TokenCredential)]
  /// Ways that could not be tried, with what they lack.
  private let skipped: [String]
  /// Names of those that variables configure, and that are not merely looked for.
  private let configured: Set<String>
  /// The index of the one that gave a token, and why the others did not.
  private let chosen = Mutex<(index: Int, passedOver: [String])?>(nil)

  package init(
    _ credentials: [(name: String, credential: any TokenCredential)], skipped: [String], configured: Set<String> = []
  ) {
    self.credentials = credentials
    self.skipped = skipped
    self.configured = configured
  }

  /// That of the one that gave a token.
  package var name: String? { chosen.withLock { $0 }.map { credentials[$0.index].name } }

  /// Ways before it, each with why it gave none: a line, perhaps more. Empty before there is a token.
  package var passedOver: [String] { chosen.withLock { $0 }?.passedOver ?? [] }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    if let index = chosen.withLock({ $0?.index }) { return try await credentials[index].credential.token(scope: scope) }
    var reasons = skipped
    // Who could not ask was not refused.
    var kind = AzureError.Kind.unauthenticated
    for (index, way) in credentials.enumerated() {
      do throws(AzureError) {
        let token = try await way.credential.token(scope: scope)
        let passedOver = reasons
        chosen.withLock { $0 = $0 ?? (index, passedOver) }
        return token
      } catch {
        // Only a missing login makes the next way worth trying.
        guard error.kind == .unauthenticated || error.kind == .unreachable else { throw error }
        if error.kind == .unreachable { kind = .unreachable }
        reasons.append("\(way.name): \(error.message)")
        if configured.contains(way.name) { break }
      }
    }
    throw AzureError(kind, "no credential gave a token\n  " + reasons.joined(separator: "\n  "))
  }
}
