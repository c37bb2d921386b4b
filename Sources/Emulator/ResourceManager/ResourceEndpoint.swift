/// Resource Manager over HTTP: tokens, versions, and the headers that every
/// answer has.
struct ResourceEndpoint: Sendable {
  let manager: ResourceManager
  let issuer: TokenIssuer
  let record: ResourceRecord

  /// The public and the sovereign clouds, each under both of its names.
  private static let audiences = [
    "https://management.azure.com", "https://management.core.windows.net", "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn",
  ]

  /// Authorises and performs one operation. A token for `origin`, the
  /// emulator's own, is as good as one for the service.
  func answer(_ http: HTTPRequest, origin: String) throws -> HTTPResponse {
    record.add(http)
    let request = ResourceRequest(http: http, path: ResourcePath(http.target.segments), origin: origin)
    do {
      try authorise(http, origin)
      try checkVersion(http)
      return finish(try manager.answer(request), http)
    } catch let error as ResourceError {
      return finish(error.response, http)
    } catch let error as StorageError {
      // Codes of Blob storage pass through its resource provider.
      return finish(ResourceError(error.status, error.code, error.message).response, http)
    }
  }

  /// What a request does, for faults and counters; actions that only read
  /// count as reading.
  static func operation(of http: HTTPRequest) -> Operation {
    switch http.method {
    case "GET", "HEAD": .readResource
    case "DELETE": .deleteResource
    case "POST" where http.target.segments.last?.lowercased() == "listkeys": .readResource
    default: .writeResource
    }
  }

  /// A refusal that a fault makes.
  static func refusal(status: Int, retryAfter: Int?) -> HTTPResponse {
    let code =
      switch status {
      case 401: "ExpiredAuthenticationToken"
      case 403: "AuthorizationFailed"
      case 404: "ResourceNotFound"
      case 409: "Conflict"
      case 412: "PreconditionFailed"
      case 429: "TooManyRequests"
      case 503: "ServiceUnavailable"
      case 504: "GatewayTimeout"
      default: "InternalServerError"
      }
    var response = ResourceError(status, code, "Injected fault.").response
    if let retryAfter { response.headers.append(("Retry-After", "\(retryAfter)")) }
    return response
  }

  private func authorise(_ http: HTTPRequest, _ origin: String) throws(ResourceError) {
    guard let token = TokenIssuer.bearer(http.headers) else {
      throw ResourceError(
        401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    }
    do {
      _ = try issuer.check(token, audiences: Self.audiences + [origin])
    } catch {
      switch error {
      case .malformed: throw ResourceError(401, "InvalidAuthenticationToken", "The access token is invalid.")
      case .expired:
        throw ResourceError(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.")
      case .wrongAudience(let audience):
        throw ResourceError(
          401, "InvalidAuthenticationTokenAudience",
          "The access token has been obtained for wrong audience or resource '\(audience)'.")
      }
    }
  }

  /// Versions are dates, with `-preview` behind some of them; any date will do.
  private func checkVersion(_ http: HTTPRequest) throws(ResourceError) {
    guard let version = http.target.query.first(where: { $0.name.lowercased() == "api-version" })?.value else {
      throw ResourceError(
        400, "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.")
    }
    let parts = version.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4, parts[..<3].map(\.utf8.count) == [4, 2, 2],
      parts[..<3].allSatisfy({ Int($0) != nil })
    else {
      throw ResourceError(
        400, "InvalidApiVersionParameter",
        "The api-version '\(version)' is invalid: it is no date of four, two and "
          + "two digits.")
    }
  }

  private func finish(_ response: HTTPResponse, _ http: HTTPRequest) -> HTTPResponse {
    var response = response
    response.headers += [
      ("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("x-ms-request-id", Digest.guid()),
      ("x-ms-correlation-request-id", Digest.guid()),
    ]
    if let id = http.headers["x-ms-client-request-id"] { response.headers.append(("x-ms-client-request-id", id)) }
    return response
  }
}
