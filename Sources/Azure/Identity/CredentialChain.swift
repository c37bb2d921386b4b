internal import Synchronization

/// Tries credentials in order and stays with the first that gives a token.
///
/// As Microsoft's libraries do, it goes on where there is none to try, and ends where one that somebody configured
/// fails: a run must not go on as another identity because a secret has ended.
package final class CredentialChain: TokenCredential {
  /// Each with the name that `AZURE_TOKEN_CREDENTIALS` picks it by.
  private let ways: [(name: String, way: Way)]
  /// Names of those that variables configure, and that are not merely looked for.
  private let configured: Set<String>
  /// The index of the one that gave a token, and why the others did not.
  private let chosen = Mutex<(name: String, credential: any TokenCredential, passedOver: [String])?>(nil)

  package init(_ ways: [(name: String, way: Way)], configured: Set<String> = []) {
    self.ways = ways
    self.configured = configured
  }

  /// One way to a token.
  package enum Way: Sendable {
    /// What it takes is there.
    case open(any TokenCredential)
    /// What it lacks, in words.
    case lacking(String)
  }

  /// That of the one that gave a token.
  package var name: String? { chosen.withLock { $0?.name } }

  /// Ways before it, each with why it gave none, and those after it that lack something: a line each, perhaps more.
  /// Empty before there is a token.
  package var passedOver: [String] { chosen.withLock { $0 }?.passedOver ?? [] }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    if let credential = chosen.withLock({ $0?.credential }) { return try await credential.token(scope: scope) }
    var reasons: [String] = []
    // Who could not ask was not refused.
    var kind = AzureError.Kind.unauthenticated
    for (index, (name, way)) in ways.enumerated() {
      let credential: any TokenCredential
      switch way {
      case .open(let found): credential = found
      case .lacking:
        reasons += lacking([ways[index]])
        continue
      }
      do throws(AzureError) {
        let token = try await credential.token(scope: scope)
        let passedOver = reasons + lacking(ways[(index + 1)...])
        chosen.withLock { $0 = $0 ?? (name, credential, passedOver) }
        return token
      } catch {
        // Only a missing login makes the next way worth trying.
        guard error.kind == .unauthenticated || error.kind == .unreachable else { throw error }
        if error.kind == .unreachable { kind = .unreachable }
        reasons.append("\(name): \(error.message)")
        if configured.contains(name) { break }
      }
    }
    throw AzureError(kind, "no credential gave a token\n  " + reasons.joined(separator: "\n  "))
  }

  private func lacking(_ ways: ArraySlice<(name: String, way: Way)>) -> [String] {
    ways.compactMap { name, way in
      if case .lacking(let what) = way { "\(name): \(what)" } else { nil }
    }
  }
}
