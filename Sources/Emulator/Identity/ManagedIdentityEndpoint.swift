/// The instance metadata service's identity endpoint, and that of App Service.
struct ManagedIdentityEndpoint: Sendable {
  let credentials: ClientCredentials
  let issuer: TokenIssuer
  let clock: EmulatorClock

  /// What App Service hands a process in `IDENTITY_HEADER`; public, like the other secrets here.
  static let header = "emulator-identity-header"

  /// `GET /metadata/identity/oauth2/token`. Numbers are texts.
  func metadata(_ request: HTTPRequest) throws -> HTTPResponse {
    guard request.method == "GET" else { return HTTPResponse(status: 405, headers: [("Allow", "GET")]) }
    // A server that was talked into passing a request on has this header, or lacks that one.
    guard request.headers["x-forwarded-for"] == nil else {
      return Self.refuse("invalid_request", "Requests that were forwarded are refused: X-Forwarded-For")
    }
    guard request.headers["metadata"]?.lowercased() == "true" else {
      return Self.refuse("invalid_request", "Required metadata header not specified")
    }
    guard request.target["api-version"] != nil else {
      return Self.refuse("invalid_request", "Required query variable 'api-version' is missing")
    }
    guard let resource = resource(request) else {
      return Self.refuse("invalid_resource", "AADSTS50001: The application named was not found in the tenant")
    }
    guard knows(request) else { return Self.refuse("invalid_request", "Identity not found") }
    let (token, end) = try issue(resource)
    return .json(
      200,
      """
      {"access_token":\(Escaped.json(token)),"client_id":"\(credentials.client)","expires_in":"\(issuer.lifetime)",\
      "expires_on":"\(end)","ext_expires_in":"\(issuer.lifetime)","not_before":"\(clock.seconds)",\
      "resource":\(Escaped.json(resource)),"token_type":"Bearer"}
      """)
  }

  /// `GET` on what `IDENTITY_ENDPOINT` names, `/msi/token` here.
  func appService(_ request: HTTPRequest) throws -> HTTPResponse {
    guard request.method == "GET" else { return HTTPResponse(status: 405, headers: [("Allow", "GET")]) }
    guard request.headers["x-identity-header"] == Self.header else {
      return .json(401, #"{"statusCode":401,"message":"Unauthorized"}"#)
    }
    guard request.target["api-version"] == "2019-08-01", let resource = resource(request) else {
      return .json(400, #"{"statusCode":400,"message":"api-version 2019-08-01 and a resource are needed"}"#)
    }
    guard knows(request) else {
      return .json(400, #"{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found"}"#)
    }
    let (token, end) = try issue(resource)
    return .json(
      200,
      """
      {"access_token":\(Escaped.json(token)),"client_id":"\(credentials.client)","expires_on":"\(end)",\
      "resource":\(Escaped.json(resource)),"token_type":"Bearer"}
      """)
  }

  private func resource(_ request: HTTPRequest) -> String? {
    request.target["resource"].flatMap { $0.hasPrefix("https://") ? $0 : nil }
  }

  /// The machine's own identity, or the one that was assigned to it.
  private func knows(_ request: HTTPRequest) -> Bool {
    request.target["client_id"].map { $0.lowercased() == credentials.client.lowercased() } ?? true
  }

  private func issue(_ resource: String) throws -> (token: String, end: Int64) {
    let token = try issuer.issue(audience: resource, to: credentials)
    return (token, clock.seconds + issuer.lifetime)
  }

  private static func refuse(_ error: String, _ description: String) -> HTTPResponse {
    .json(400, "{\"error\":\"\(error)\",\"error_description\":\(Escaped.json(description))}")
  }
}
