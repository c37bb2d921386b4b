package import HTTP
internal import Synchronization
internal import Timeline

/// Puts a token on requests, asking for a new one some time before it expires.
package final class BearerAuthorizer: Authorizer {
  private let credential: any TokenCredential
  private let scope: String
  /// The token at hand, or the request for one that all wait for.
  private let current = Mutex<Renewal?>(nil)
  private let clock: @Sendable () -> Int64

  private typealias Renewal = Task<Result<Grant, AzureError>, Never>

  /// A token, and when to ask for the next.
  private struct Grant: Sendable {
    let token: AccessToken
    let renewAt: Int64
  }

  /// Seconds before its end at which a token is renewed, or half its life where that is shorter.
  private static let margin: Int64 = 300

  /// `clock` gives seconds since the Unix epoch.
  package init(
    _ credential: any TokenCredential, scope: String,
    clock: @escaping @Sendable () -> Int64 = { Tick.now().unixSeconds }
  ) {
    self.credential = credential
    self.scope = scope
    self.clock = clock
  }

  package var canRefresh: Bool { true }
  package var origin: String { "the token" + (credential.name.map { " of \($0)" } ?? "") }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    let old = refused?.headers.first { $0.name == "Authorization" }?.value
    request.headers.append(("Authorization", Self.header(try await token(unlike: old))))
  }

  private static func header(_ token: AccessToken) -> String { "Bearer \(token.text)" }
}

extension BearerAuthorizer {
  /// A token that is still good and was not refused; however many ask, one request is made.
  private func token(unlike refused: String?) async throws(AzureError) -> AccessToken {
    while true {
      let known = current.withLock { $0 }
      if let known, case .success(let grant) = await Self.value(known), grant.renewAt > clock(),
        Self.header(grant.token) != refused
      {
        return grant.token
      }
      switch await Self.value(renew(known)) {
      case .success(let grant): return grant.token
      case .failure(let error):
        // Whoever waited along with a task that was stopped asks again.
        if error.kind != .cancelled || Task.isCancelled { throw error }
      }
    }
  }

  /// Starts the request for a successor of `known`, or finds the one under way.
  private func renew(_ known: Renewal?) -> Renewal {
    current.withLock { current in
      if let current, current != known { return current }
      let renewal = Renewal { [credential, scope, clock] in
        do throws(AzureError) {
          let token = try await credential.token(scope: scope)
          let now = clock()
          return .success(
            Grant(token: token, renewAt: token.expiresAt - min(Self.margin, max(0, token.expiresAt - now) / 2)))
        } catch {
          return .failure(error)
        }
      }
      current = renewal
      return renewal
    }
  }

  /// Waits for a renewal; being stopped stops it too.
  private static func value(_ renewal: Renewal) async -> Result<Grant, AzureError> {
    await withTaskCancellationHandler {
      await renewal.value
    } onCancel: {
      renewal.cancel()
    }
  }
}
