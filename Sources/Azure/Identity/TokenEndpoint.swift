internal import BlobStorage
internal import HTTP

/// `POST /{tenant}/oauth2/v2.0/token` of Microsoft Entra ID: the client credentials grant.
struct TokenEndpoint: Sendable {
  let pipeline: Pipeline
  /// Scheme and host.
  let authority: String
  let tenant: String

  /// Of the tenant.
  private var place: String { "\(authority)/\(PercentEncoding.query(tenant))" }
  /// The endpoint itself, which assertions name as their audience.
  var url: String { "\(place)/oauth2/v2.0/token" }

  /// Asks for a token with a signed assertion of who the client is (RFC 7523).
  func request(client: String, scope: String, assertion: Secret<String>) async throws(AzureError) -> AccessToken {
    try await request(
      client: client, scope: scope,
      [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.revealed),
      ])
  }

  /// Asks for a token with the client's secret.
  func request(client: String, scope: String, secret: Secret<String>) async throws(AzureError) -> AccessToken {
    try await request(client: client, scope: scope, [("client_secret", secret.revealed)])
  }

  private func request(
    client: String, scope: String, _ proof: [(String, String)]
  ) async throws(AzureError) -> AccessToken {
    let form = [("grant_type", "client_credentials"), ("client_id", client), ("scope", scope)] + proof
    let body = form.map { "\($0)=\(PercentEncoding.query($1))" }.joined(separator: "&")
    let response = try await pipeline.send(
      HTTPRequest(
        method: "POST", url: url,
        headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
        body: Array(body.utf8)), to: .authority, nil)
    return try TokenAnswer.token(response, from: place)
  }
}
