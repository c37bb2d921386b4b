/// Blob storage over HTTP: who may do what, and the headers and error bodies
/// that every answer has.
struct BlobEndpoint: Sendable {
  let service: BlobService
  let issuer: TokenIssuer
  let accounts: [String: StorageAccount]
  let posture: PostureGate
  /// Named in the challenge to a request without credentials.
  let tenant: String
  let clock: EmulatorClock

  /// Authorises and performs one operation; `scheme` is `http` or `https`.
  func answer(_ request: BlobRequest, scheme: String) throws -> HTTPResponse {
    try authorise(request, try posture.admit(request, scheme: scheme))
    var response = try service.perform(request)
    response.headers += Self.common(request)
    return response
  }

  /// An error as the service words it: XML, and the code in a header.
  func refuse(_ error: StorageError, _ request: BlobRequest) -> HTTPResponse {
    var headers = error.headers + Self.common(request) + [("x-ms-error-code", error.code)]
    if error.status == 401 {
      headers.append(
        (
          "WWW-Authenticate",
          "Bearer authorization_uri=https://login.microsoftonline.com/\(tenant)/oauth2/authorize "
            + "resource_id=https://storage.azure.com"
        ))
    }
    guard error.status != 304, request.http.method != "HEAD" else {
      return HTTPResponse(status: error.status, headers: headers)
    }
    let id = headers.first { $0.0 == "x-ms-request-id" }?.1 ?? ""
    var body = "<Error><Code>\(error.code)</Code><Message>\(Escaped.xml(error.message))\n"
    body += "RequestId:\(id)\nTime:\(HTTPDate.iso(clock.seconds))</Message>"
    if let detail = error.detail {
      let name = error.status == 403 ? "AuthenticationErrorDetail" : "Detail"
      body += "<\(name)>\(Escaped.xml(detail))</\(name)>"
    }
    return .xml(error.status, body + "</Error>", headers: headers)
  }

  private static func common(_ request: BlobRequest) -> [(String, String)] {
    var headers = [
      ("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"), ("x-ms-request-id", Digest.guid()),
      ("x-ms-version", request.version),
    ]
    if let id = request.header("x-ms-client-request-id") { headers.append(("x-ms-client-request-id", id)) }
    return headers
  }
}

extension BlobEndpoint {
  /// Shared Key, a shared access signature or a bearer token: one must hold,
  /// where the container is not open to all.
  private func authorise(_ request: BlobRequest, _ posture: Posture) throws {
    guard let account = accounts[request.account] else { throw StorageError.authenticationFailed("no such account") }
    guard let header = request.header("authorization") else {
      guard let signature = SharedAccessSignature(query: request.http.target.query) else {
        return try posture.permitAnyone(request, service.publicAccess(request))
      }
      try posture.permitSharedKey()
      return try signature.check(request.need, account: account, now: clock.seconds)
    }
    if let token = TokenIssuer.bearer(request.http.headers) { return try check(token, account, request) }
    try posture.permitSharedKey()
    let parts = header.split(separator: " ", maxSplits: 1)
    let pair = (parts.last ?? "").split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0] == "SharedKey", pair.count == 2, pair[0] == account.name else {
      throw StorageError.authenticationFailed("Authentication scheme \(parts.first ?? "") is not supported.")
    }
    try checkDate(request)
    guard SharedKey.isValid(request.http, account: account, signature: String(pair[1])) else {
      let text = SharedKey.stringToSign(request.http, account: account.name)
      throw StorageError.authenticationFailed(
        "The MAC signature found in the HTTP request is not the same as any computed signature. "
          + "Server used following string to sign: '\(text)'.")
    }
  }

  private func check(_ token: String, _ account: StorageAccount, _ request: BlobRequest) throws {
    do {
      _ = try issuer.check(
        token, audiences: ["https://storage.azure.com", "https://\(account.name).blob.core.windows.net"])
    } catch {
      throw switch error {
      case .malformed: StorageError.invalidToken("The token is malformed or not signed by this emulator.")
      case .expired: StorageError.invalidToken("Lifetime validation failed. The token is expired.")
      case .wrongAudience: StorageError.invalidToken("Audience validation failed. Audiences do not match.")
      }
    }
    try posture.permitRole(of: token, request)
  }

  /// A signed request is good for 15 minutes, the service's rule.
  private func checkDate(_ request: BlobRequest) throws {
    guard let text = request.header("x-ms-date") ?? request.header("date"), let date = HTTPDate.parse(text) else {
      throw StorageError.authenticationFailed("The Date header in the request is incorrect.")
    }
    guard abs(date - clock.seconds) <= 15 * 60 else {
      throw StorageError.authenticationFailed("Request date header too old: '\(text)'")
    }
  }
}
