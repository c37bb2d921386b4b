import FoundationEssentials

/// The query and search endpoints and the logs ingestion API: HTTP, tokens and
/// limits here, rows and KQL behind `LogService`.
struct QueryEndpoint: Sendable {
  let logs: any LogService
  let issuer: TokenIssuer
  let tables: WorkspaceGate
  let gate: QueryGate
  let cache: QueryCache
  /// Lower-case GUIDs.
  let workspaces: Set<String>

  private static let queryAudiences = [
    "https://api.loganalytics.io", "https://api.loganalytics.azure.com", "https://api.loganalytics.us",
    "https://api.loganalytics.azure.cn",
  ]
  private static let ingestionAudiences = [
    "https://monitor.azure.com", "https://monitor.azure.us", "https://monitor.azure.cn",
  ]
  /// The ingestion API takes 1 MB a call; uncompressed bodies may be far larger
  /// here, so that loading is quick.
  private static let ingestionLimit = 300 << 20

  /// One query; `partialCode` makes the answer end in an error member. A token
  /// for `origin`, the emulator's own, is as good as one for the service:
  /// clients derive the scope from the endpoint that they are given.
  func answer(
    _ http: HTTPRequest, origin: String, workspace: String, endpoint: LogQueryRequest.Endpoint,
    partialCode: String? = nil
  ) throws -> HTTPResponse {
    let claims: TokenIssuer.Claims
    switch authorise(http, Self.queryAudiences + [origin]) {
    case .success(let found): claims = found
    case .failure(let refusal): return refusal.response
    }
    guard workspaces.contains(workspace.lowercased()) else {
      return LogErrors.response(404, "PathNotFoundError", "The requested path does not exist")
    }
    guard tables.admits(TokenIssuer.bearer(http.headers) ?? "", workspace: workspace) else {
      return LogErrors.response(
        403, "InsufficientAccessError",
        "The provided credentials have insufficient access to perform the requested "
          + "operation")
    }
    // The service answers 200 with nothing where body or Content-Type is missing.
    if http.method == "POST", http.body.isEmpty || !(http.headers["content-type"] ?? "").contains("json") {
      return HTTPResponse(status: 200)
    }
    guard var request = decode(http, workspace: workspace.lowercased(), endpoint) else {
      return LogErrors.response(400, "BadArgumentError", "The request had some invalid properties")
    }
    request.retention = tables.retention(of: workspace)
    if let refusal = tables.refusal(of: request) { return refusal }
    do {
      try gate.enter(claims.appid, endpoint)
    } catch {
      return LogErrors.response(
        429, "ThrottledError", error.message, headers: [("Retry-After", "\(error.retryAfter)")])
    }
    return try respond(request, http, client: claims.appid, partialCode)
  }

  /// `POST /dataCollectionRules/{rule}/streams/{stream}`.
  func ingest(_ http: HTTPRequest, stream: String) -> HTTPResponse {
    if case .failure(let refusal) = authorise(http, Self.ingestionAudiences) { return refusal.response }
    guard http.method == "POST" else { return HTTPResponse(status: 405, headers: [("Allow", "POST")]) }
    var body = http.body
    if http.headers["content-encoding"]?.lowercased() == "gzip" {
      guard let inflated = Gzip.inflate(body, limit: Self.ingestionLimit) else {
        return LogErrors.response(400, "InvalidContentEncoding", "The body is not valid gzip")
      }
      body = inflated
    }
    guard let refusal = logs.ingest(stream: stream, body: body) else { return HTTPResponse(status: 204) }
    return HTTPResponse(
      status: refusal.status, headers: [("Content-Type", "application/json; charset=utf-8")],
      body: .bytes(refusal.body))
  }

  /// A refusal as an error, for `Result`.
  private struct Refused: Error { let response: HTTPResponse }

  private func authorise(_ http: HTTPRequest, _ audiences: [String]) -> Result<TokenIssuer.Claims, Refused> {
    func refuse(_ status: Int, _ code: String, _ message: String) -> Result<TokenIssuer.Claims, Refused> {
      let challenge = [("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
      return .failure(
        Refused(response: LogErrors.response(status, code, message, headers: status == 401 ? challenge : [])))
    }
    guard let token = TokenIssuer.bearer(http.headers) else {
      return refuse(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    }
    do {
      return .success(try issuer.check(token, audiences: audiences))
    } catch {
      return switch error {
      case .malformed: refuse(401, "InvalidAuthenticationToken", "The access token is invalid.")
      case .expired: refuse(401, "ExpiredAuthenticationToken", "The access token expiry has passed.")
      case .wrongAudience(let audience):
        refuse(
          403, "InvalidAuthenticationTokenAudience",
          "The access token has been obtained from wrong audience or resource '\(audience)'.")
      }
    }
  }

  private struct Body: Decodable {
    var query: String
    var timespan: String?
    var workspaces: [String]?
  }

  private func decode(_ http: HTTPRequest, workspace: String, _ endpoint: LogQueryRequest.Endpoint)
    -> LogQueryRequest?
  {
    var body: Body
    if http.method == "GET" {
      guard let query = http.target["query"] else { return nil }
      body = Body(query: query)
    } else {
      // Whatever is wrong with the JSON, the answer is the same 400.
      guard let decoded = try? JSONDecoder().decode(Body.self, from: Data(http.body)) else { return nil }
      body = decoded
    }
    body.timespan = body.timespan ?? http.target["timespan"]
    let preferences = Preferences(http.headers["prefer"] ?? "")
    return LogQueryRequest(
      workspace: workspace, endpoint: endpoint, query: body.query, timespan: body.timespan,
      workspaces: body.workspaces ?? [], waitSeconds: preferences.wait,
      includeStatistics: preferences.statistics, includeRender: preferences.render)
  }

  private func respond(
    _ request: LogQueryRequest, _ http: HTTPRequest, client: String, _ partialCode: String?
  ) throws -> HTTPResponse {
    let applied = Preferences(http.headers["prefer"] ?? "").applied.map { [("Preference-Applied", $0)] } ?? []
    let isFresh = http.headers["cache-control"]?.lowercased().contains("no-cache") ?? false
    let isZipped = http.headers["accept-encoding"]?.lowercased().contains("gzip") ?? false
    if !isFresh, partialCode == nil, let kept = cache.find(request.cacheKey) {
      gate.leave(client, request.endpoint)
      return finish(kept.headers + applied + [("Age", "\(kept.age)")], BytesBody(kept.body), isZipped)
    }
    let answer = logs.answer(request)
    guard answer.status == 200 else {
      gate.leave(client, request.endpoint)
      // Errors carry their length, as the service's do.
      return HTTPResponse(
        status: answer.status, headers: Self.typed(answer.headers + applied),
        body: .bytes(answer.status == 204 ? [] : try answer.body.bytes()))
    }
    var body = answer.body
    if let partialCode { body = PartialErrorBody(body, code: partialCode) }
    let watched = WatchedBody(body, keep: partialCode == nil ? QueryCache.largest : 0) { [gate, cache] bytes in
      gate.leave(client, request.endpoint)
      if let bytes, partialCode == nil { cache.store(request.cacheKey, body: bytes, headers: answer.headers) }
    }
    return finish(answer.headers + applied, watched, isZipped)
  }

  private func finish(
    _ headers: [(String, String)], _ body: any ResponseBody, _ isZipped: Bool
  ) -> HTTPResponse {
    var headers = Self.typed(headers)
    headers += [
      ("Via", "1.1 draft-oms-emulator"),
      ("Access-Control-Expose-Headers", "Retry-After,Age,WWW-Authenticate,x-resource-identities,x-ms-status-location"),
    ]
    guard isZipped else { return HTTPResponse(status: 200, headers: headers, body: .stream(body, length: nil)) }
    headers.append(("Content-Encoding", "gzip"))
    return HTTPResponse(status: 200, headers: headers, body: .stream(GzipBody(body), length: nil))
  }

  /// Headers with the content type, where they lack one.
  private static func typed(_ headers: [(String, String)]) -> [(String, String)] {
    headers.contains { $0.0.lowercased() == "content-type" }
      ? headers : headers + [("Content-Type", "application/json; charset=utf-8")]
  }
}
