/// The token endpoint of Microsoft Entra ID and the discovery documents that
/// its clients read first.
struct TokenEndpoint: Sendable {
  let credentials: ClientCredentials
  let issuer: TokenIssuer

  /// `POST /{tenant}/oauth2/v2.0/token`: the client credentials grant, by
  /// secret or by assertion. The signature of an assertion is not checked.
  func token(_ request: HTTPRequest, tenant: String) throws -> HTTPResponse {
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
    if let refusal = proof(field("client_secret"), field("client_assertion"), field("client_assertion_type")) {
      return refusal
    }
    guard let scope = field("scope"), scope.hasPrefix("https://"), scope.hasSuffix("/.default") else {
      return refuse(400, "invalid_scope", 70011, "The provided value for 'scope' is not valid.")
    }
    let token = try issuer.issue(
      audience: String(scope.dropLast("/.default".count)), client: client, tenant: tenant)
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

  private func proof(_ secret: String?, _ assertion: String?, _ type: String?) -> HTTPResponse? {
    if let secret {
      return secret == credentials.secret
        ? nil : refuse(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
    }
    guard let assertion else {
      return refuse(
        401, "invalid_client", 7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
    }
    let parts = assertion.split(separator: ".")
    guard type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", parts.count == 3,
      parts.allSatisfy({ Base64.decode($0) != nil })
    else { return refuse(401, "invalid_client", 50027, "JWT token is invalid or malformed.") }
    return nil
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
