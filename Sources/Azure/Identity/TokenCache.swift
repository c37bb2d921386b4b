internal import Synchronization
internal import Timeline

/// The tokens of one credential, one for each scope, for all that need them.
///
/// A token is asked for again some time before it expires. However many wait for it, one
/// request is under way; where it fails, the old token serves for as long as it is good.
package final class TokenCache: Sendable {
  /// Where the tokens come from.
  package let credential: any TokenCredential
  private let clock: @Sendable () -> Int64
  private let entries = Mutex<[String: Entry]>([:])

  private typealias Renewal = Task<Result<AccessToken, AzureError>, Never>

  /// What is known of one scope.
  private struct Entry {
    var token: AccessToken?
    /// When to ask for the next one; seconds since the Unix epoch.
    var renewAt: Int64 = 0
    /// The request that all wait for.
    var renewal: Renewal?
  }

  /// Seconds before its end at which a token is renewed, or half its life where that is shorter.
  private static let margin: Int64 = 300
  /// Seconds after a failure before the next try, while the old token is still good.
  private static let pause: Int64 = 30

  /// `clock` gives seconds since the Unix epoch.
  package init(_ credential: any TokenCredential, clock: @escaping @Sendable () -> Int64 = { Tick.now().unixSeconds }) {
    self.credential = credential
    self.clock = clock
  }

  /// A token that is good, and not the one that was refused.
  package func token(scope: String, unlike refused: Secret<String>? = nil) async throws(AzureError) -> AccessToken {
    while true {
      switch look(scope, refused) {
      case .use(let token): return token
      case .wait(let renewal, let old):
        switch await Self.value(renewal) {
        case .success(let token): return token
        case .failure(let error):
          // Whoever waited along with a task that was stopped asks again.
          if error.kind == .cancelled, !Task.isCancelled { continue }
          guard error.kind != .cancelled, let old, clock() < old.expiresAt else { throw error }
          return old
        }
      }
    }
  }
}

extension TokenCache {
  private enum Step {
    case use(AccessToken)
    /// With the token that serves if it fails.
    case wait(Renewal, AccessToken?)
  }

  /// What to do for a token that was not refused.
  private func look(_ scope: String, _ refused: Secret<String>?) -> Step {
    entries.withLock { entries in
      var entry = entries[scope] ?? Entry()
      if let refused, let token = entry.token, token.secret.matches(refused) { entry.token = nil }
      if let token = entry.token, clock() < entry.renewAt { return .use(token) }
      let renewal = entry.renewal ?? renew(scope)
      entry.renewal = renewal
      entries[scope] = entry
      return .wait(renewal, entry.token)
    }
  }

  /// Starts the request for the next token of a scope.
  private func renew(_ scope: String) -> Renewal {
    Renewal { [self] in
      let result: Result<AccessToken, AzureError>
      do throws(AzureError) { result = .success(try await credential.token(scope: scope)) } catch {
        result = .failure(error)
      }
      let now = clock()
      entries.withLock { entries in
        entries[scope]?.renewal = nil
        switch result {
        case .success(let token):
          entries[scope]?.token = token
          entries[scope]?.renewAt = token.expiresAt - min(Self.margin, max(0, token.expiresAt - now) / 2)
        case .failure(let error):
          // What has ended is not handed out, however soon the next try is due.
          if error.kind != .cancelled, let old = entries[scope]?.token {
            entries[scope]?.renewAt = min(now + Self.pause, old.expiresAt)
          }
        }
      }
      return result
    }
  }

  /// Waits for a renewal; being stopped stops it too.
  private static func value(_ renewal: Renewal) async -> Result<AccessToken, AzureError> {
    await withTaskCancellationHandler {
      await renewal.value
    } onCancel: {
      renewal.cancel()
    }
  }
}
