/// The token endpoint of Microsoft Entra ID and the discovery documents that
/// its clients read first.
struct TokenEndpoint: Sendable {
  let credentials: ClientCredentials
  let issuer: TokenIssuer
  let clock: EmulatorClock
  /// Those that the application may sign in with.
  let certificates: [RegisteredCertificate]
  let federation: FederatedIssuer

  /// `POST /{tenant}/oauth2/v2.0/token`: the client credentials grant, by
  /// secret or by assertion. `origin` is where the client found the endpoint.
  func token(_ request: HTTPRequest, origin: String, tenant: String) throws -> HTTPResponse {
    guard request.method == "POST" else { return HTTPResponse(status: 405, headers: [("Allow", "POST")]) }
    guard tenant.lowercased() == credentials.tenant.lowercased() else {
      return refuse(400, "invalid_request", 90002, "Tenant '\(tenant)' not found.")
    }
    let form = PercentCoding.form(Substring(String(decoding: request.body, as: UTF8.self)))
    func field(_ name: String) -> String? { form.first { $0.name == name }?.value }
    guard let grant = field("grant_type") else {
      return refuse(
        400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
    }
    guard grant == "client_credentials" else {
      return refuse(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '\(grant)'.")
    }
    guard let client = field("client_id"), client.lowercased() == credentials.client.lowercased() else {
      return refuse(
        400, "unauthorized_client", 700016, "Application with identifier '\(field("client_id") ?? "")' was not found.")
    }
    if let secret = field("client_secret") {
      guard secret == credentials.secret else {
        return refuse(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
      }
    } else if let refusal = refusal(field("client_assertion"), field("client_assertion_type"), origin: origin) {
      return refusal
    }
    guard let scope = field("scope"), scope.hasPrefix("https://"), scope.hasSuffix("/.default") else {
      return refuse(400, "invalid_scope", 70011, "The provided value for 'scope' is not valid.")
    }
    let token = try issuer.issue(audience: String(scope.dropLast("/.default".count)), to: credentials)
    return .json(
      200,
      """
      {"token_type":"Bearer","expires_in":\(issuer.lifetime),"ext_expires_in":\(issuer.lifetime),\
      "access_token":\(Escaped.json(token))}
      """, headers: [("Cache-Control", "no-store, no-cache")])
  }

  /// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
  func configuration(origin: String, tenant: String) -> HTTPResponse {
    let base = "\(origin)/\(tenant)"
    return .json(
      200,
      """
      {"token_endpoint":"\(base)/oauth2/v2.0/token",\
      "token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt"],\
      "jwks_uri":"\(base)/discovery/v2.0/keys","response_modes_supported":["query","fragment","form_post"],\
      "subject_types_supported":["pairwise"],"id_token_signing_alg_values_supported":["RS256"],\
      "response_types_supported":["code","id_token","token"],"scopes_supported":["openid"],\
      "issuer":"\(base)/v2.0","authorization_endpoint":"\(base)/oauth2/v2.0/authorize",\
      "device_authorization_endpoint":"\(base)/oauth2/v2.0/devicecode","tenant_region_scope":"NA"}
      """)
  }

  /// `GET /common/discovery/instance`: names this host as its own cloud.
  func instances(origin: String) -> HTTPResponse {
    let host = origin.split(separator: "/").last.map { String($0) } ?? ""
    return .json(
      200,
      """
      {"tenant_discovery_endpoint":"\(origin)/\(credentials.tenant)/v2.0/.well-known/openid-configuration",\
      "api-version":"1.1","metadata":[{"preferred_network":"\(host)","preferred_cache":"\(host)",\
      "aliases":["\(host)"]}]}
      """)
  }

  private func refusal(_ assertion: String?, _ type: String?, origin: String) -> HTTPResponse? {
    guard let assertion else {
      return refuse(
        401, "invalid_client", 7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
    }
    guard type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
      return refuse(401, "invalid_client", 50027, "JWT token is invalid or malformed.")
    }
    let base = "\(origin)/\(credentials.tenant)"
    let check = AssertionCheck(
      client: credentials.client, audiences: ["\(base)/oauth2/v2.0/token", "\(base)/v2.0"], now: clock.seconds,
      certificates: certificates, issuer: federation)
    do throws(AssertionCheck.Refusal) {
      try check.check(assertion)
      return nil
    } catch {
      return refuse(401, "invalid_client", error.code, error.message)
    }
  }

  private func refuse(_ status: Int, _ error: String, _ code: Int, _ message: String) -> HTTPResponse {
    .json(
      status,
      """
      {"error":"\(error)","error_description":\(Escaped.json("AADSTS\(code): \(message)")),\
      "error_codes":[\(code)],"trace_id":"\(Digest.guid())","correlation_id":"\(Digest.guid())"}
      """)
  }
}
