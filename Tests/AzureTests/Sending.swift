import Azure
import HTTP

extension Pipeline {
  /// To whichever service this machine is.
  func send(_ request: HTTPRequest, _ authorizer: (any Authorizer)?) async throws(AzureError) -> HTTPResponse {
    try await send(request, to: .query, authorizer)
  }
}
