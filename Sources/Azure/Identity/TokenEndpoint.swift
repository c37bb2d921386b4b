internal import BlobStorage
internal import HTTP

/// `POST /{tenant}/oauth2/v2.0/token` of Microsoft Entra ID: the client credentials grant.
struct TokenEndpoint: Sendable {
  let pipeline: Pipeline
  /// Scheme and host.
  let authority: String
  let tenant: String

  /// Posts a form and reads the token.
  func request(_ form: [(String, String)]) async throws(AzureError) -> AccessToken {
    let body = form.map { "\($0)=\(PercentEncoding.query($1))" }.joined(separator: "&")
    let place = "\(authority)/\(PercentEncoding.query(tenant))"
    let response = try await pipeline.send(
      HTTPRequest(
        method: "POST", url: "\(place)/oauth2/v2.0/token",
        headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
        body: Array(body.utf8)), nil)
    return try TokenAnswer.token(response, from: place)
  }
}
