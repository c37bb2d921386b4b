package import HTTP
internal import Synchronization

/// An authorizer whose secret is fetched with the first request.
package final class DeferredAuthorizer: Authorizer {
  package let origin: String
  private let make: @Sendable () async throws(AzureError) -> any Authorizer
  private let made = Mutex<(any Authorizer)?>(nil)

  /// `origin` names the credential before and after it is there.
  package init(origin: String, _ make: @escaping @Sendable () async throws(AzureError) -> any Authorizer) {
    self.origin = origin
    self.make = make
  }

  package var canRefresh: Bool { false }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    if let known = made.withLock({ $0 }) { return try await known.authorize(&request, refused: refused) }
    // The first requests may each fetch it: few, and all of them the same.
    let fresh = try await make()
    made.withLock { $0 = fresh }
    try await fresh.authorize(&request, refused: refused)
  }
}
