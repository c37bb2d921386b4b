internal import FoundationEssentials
internal import HTTP
internal import Timeline

/// `POST /{tenant}/oauth2/v2.0/token` of Microsoft Entra ID: the client credentials grant.
struct TokenEndpoint: Sendable {
  let pipeline: Pipeline
  /// Scheme and host.
  let authority: String
  let tenant: String

  private struct Answer: Decodable {
    var access_token: String?
    var expires_in: Int64?
    var error: String?
    var error_description: String?
  }

  /// Posts a form and reads the token.
  func request(_ form: [(String, String)]) async throws(AzureError) -> AccessToken {
    let body = form.map { "\($0)=\(PercentEncoding.form($1))" }.joined(separator: "&")
    let response = try await pipeline.send(
      HTTPRequest(
        method: "POST", url: "\(authority)/\(tenant)/oauth2/v2.0/token",
        headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
        body: Array(body.utf8)), nil)
    return try Self.token(response, from: "\(authority)/\(tenant)")
  }

  /// Reads the answer of this and of the metadata service's endpoint.
  static func token(_ response: HTTPResponse, from place: String) throws(AzureError) -> AccessToken {
    // An answer that is no JSON is reported below with its status.
    let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body))
    guard response.head.status == 200, let text = answer?.access_token else {
      // The description's first line says which value is wrong; the rest are trace ids.
      let reason = answer?.error_description?.split(whereSeparator: \.isNewline).first.map(String.init) ?? answer?.error ?? "no token"
      throw AzureError(
        .unauthenticated, "no token from \(place): \(reason)", status: response.head.status,
        serviceCode: answer?.error, requestID: response.head["x-ms-request-id"])
    }
    return AccessToken(text: text, expiresAt: Tick.now().unixSeconds + (answer?.expires_in ?? 300))
  }
}
