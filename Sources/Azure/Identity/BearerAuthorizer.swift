package import HTTP
internal import Synchronization
internal import Timeline

/// Puts a token on requests, asking for a new one five minutes before it expires.
package final class BearerAuthorizer: Authorizer {
  private let credential: any TokenCredential
  private let scope: String
  /// The token at hand, or the request for one that all wait for.
  private let current = Mutex<Task<Result<AccessToken, AzureError>, Never>?>(nil)

  /// Seconds before its end at which a token is renewed.
  private static let margin: Int64 = 300

  package init(_ credential: any TokenCredential, scope: String) {
    self.credential = credential
    self.scope = scope
  }

  package var canRefresh: Bool { true }

  package func authorize(_ request: inout HTTPRequest, refresh: Bool) async throws(AzureError) {
    let token = try await token(refresh: refresh)
    request.headers.append(("Authorization", "Bearer \(token.text)"))
  }

  private func token(refresh: Bool) async throws(AzureError) -> AccessToken {
    if !refresh, let task = current.withLock({ $0 }), case .success(let token) = await task.value,
      token.expiresAt - Self.margin > Tick.now().unixSeconds
    {
      return token
    }
    let stale = current.withLock { $0 }
    let task = current.withLock { current in
      // Whoever comes first renews; the others wait for the same answer.
      if let current, current != stale { return current }
      let task = Task { [credential, scope] in
        do throws(AzureError) { return Result<AccessToken, AzureError>.success(try await credential.token(scope: scope)) } catch {
          return .failure(error)
        }
      }
      current = task
      return task
    }
    return try await task.value.get()
  }
}
