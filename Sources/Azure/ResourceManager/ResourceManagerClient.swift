internal import FoundationEssentials
internal import HTTP

/// Azure Resource Manager: reads and writes resources by their ids.
package struct ResourceManagerClient: Sendable {
  private let pipeline: Pipeline
  private let authorizer: any Authorizer
  /// Scheme and host, without a trailing slash.
  private let endpoint: String
  /// Waits between two looks at an operation that goes on.
  private let pause: @Sendable (Duration) async throws(AzureError) -> Void

  package init(
    pipeline: Pipeline, authorizer: any Authorizer, endpoint: String,
    pause: @escaping @Sendable (Duration) async throws(AzureError) -> Void = ResourceManagerClient.sleep
  ) {
    self.pipeline = pipeline
    self.authorizer = authorizer
    self.endpoint = endpoint
    self.pause = pause
  }

  /// The version of a provider's interface, as `api-version`; of each the one that its operations were written for.
  package enum Version: String, Sendable {
    /// Microsoft.Storage.
    case storage = "2023-05-01"
    /// Microsoft.Network.
    case network = "2023-11-01"
    /// Microsoft.Authorization, role assignments.
    case authorization = "2022-04-01"
    /// Microsoft.OperationalInsights, workspaces and their tables.
    case operationalInsights = "2022-10-01"
  }

  /// Pages of a list: role assignments, of which a subscription has 4,000 at most, and tables are all that is listed.
  private static let mostPages = 1000
  /// Looks at an operation that goes on, and how long to wait between two where the service does not say.
  private static let looks = 120
  private static let interval = Duration.seconds(5)

  package static func sleep(_ duration: Duration) async throws(AzureError) {
    do { try await Task.sleep(for: duration) } catch { throw AzureError(.cancelled, "stopped") }
  }
}

/// A resource as the service wrote it.
package struct Resource: Sendable {
  package var body: JSON
  /// The header, or the member where there is none; nil for resources without.
  package var etag: String?

  package init(body: JSON, etag: String?) {
    self.body = body
    self.etag = etag
  }

  package var properties: JSON { body["properties"] ?? [:] }
}

extension ResourceManagerClient {
  /// `GET`; nil for 404.
  package func find(_ id: String, _ version: Version, query: String = "") async throws(AzureError) -> Resource? {
    do throws(AzureError) { return try await get(id, version, query: query) } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// `GET`.
  package func get(_ id: String, _ version: Version, query: String = "") async throws(AzureError) -> Resource {
    try await exchange("GET", url(id, version, query), what: "read \(id)")
  }

  /// `GET` of a list, all its pages.
  ///
  /// Throws `.invalidResponse` where a page names one that was read already, or there are more than `mostPages`: what
  /// is listed would never end.
  package func list(_ id: String, _ version: Version, query: String = "") async throws(AzureError) -> [JSON] {
    var values: [JSON] = []
    var next: String? = url(id, version, query)
    var read: Set<String> = []
    while let page = next {
      guard read.insert(page).inserted else {
        throw AzureError(.invalidResponse, "cannot list \(id): its page \(read.count) names one before it as the next")
      }
      guard read.count <= Self.mostPages else {
        throw AzureError(.invalidResponse, "cannot list \(id): it has more than \(Self.mostPages) pages")
      }
      let answer = try await exchange("GET", page, what: "list \(id)")
      values += (answer.body["value"] ?? []).elements
      // The pipeline refuses a host that is not of the cloud.
      next = answer.body["nextLink"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    return values
  }

  /// `PUT`, only over the version that was read where `ifMatch` names one.
  @discardableResult
  package func put(
    _ id: String, _ version: Version, _ body: JSON, ifMatch: String? = nil
  ) async throws(AzureError) -> Resource {
    try await exchange("PUT", url(id, version), body, ifMatch, what: "write \(id)")
  }

  /// `PUT`, repeated after each of the pauses while the service refuses it with `code`.
  package func put(
    _ id: String, _ version: Version, _ body: JSON, whileRefusedBy code: String, pauses: [Duration]
  ) async throws(AzureError) {
    for pause in pauses {
      do throws(AzureError) {
        try await put(id, version, body)
        return
      } catch {
        guard error.serviceCode == code else { throw error }
      }
      try await self.pause(pause)
    }
    try await put(id, version, body)
  }

  /// `PATCH`.
  @discardableResult
  package func patch(_ id: String, _ version: Version, _ body: JSON) async throws(AzureError) -> Resource {
    try await exchange("PATCH", url(id, version), body, what: "change \(id)")
  }

  /// `POST` of an action, `id/action`.
  @discardableResult
  package func post(
    _ id: String, _ action: String, _ version: Version, _ body: JSON? = nil, ifMatch: String? = nil
  ) async throws(AzureError) -> Resource {
    try await exchange("POST", url("\(id)/\(action)", version), body, ifMatch, what: "\(action) \(id)")
  }

  private func url(_ id: String, _ version: Version, _ query: String = "") -> String {
    "\(endpoint)\(id)?api-version=\(version.rawValue)\(query.isEmpty ? "" : "&\(query)")"
  }

  private func exchange(
    _ method: String, _ url: String, _ body: JSON? = nil, _ ifMatch: String? = nil, what: String
  ) async throws(AzureError) -> Resource {
    var headers = [("Accept", "application/json")]
    if body != nil { headers.append(("Content-Type", "application/json")) }
    if let ifMatch { headers.append(("If-Match", ifMatch)) }
    // A POST without a body says so, as some front ends ask for its length.
    let response = try await send(
      HTTPRequest(
        method: method, url: url, headers: headers, body: body?.bytes ?? (method == "POST" ? [] : nil)), what)
    let operation = response.head["Azure-AsyncOperation"]
    guard method != "GET", let place = operation ?? response.head["Location"],
      response.head.status == 202 || operation != nil
    else {
      // What is read is written back: an answer that cannot be read must not count as a resource without anything.
      if method == "GET", JSON(response.body)?.members.isEmpty ?? true {
        throw AzureError(
          .invalidResponse, "cannot \(what): the answer is no JSON of a resource", status: response.head.status,
          requestID: response.head["x-ms-request-id"])
      }
      return Self.resource(response)
    }
    try await follow(place, isOperation: operation != nil, response.head, what)
    return method == "POST" ? Self.resource(response) : try await exchange("GET", url, what: what)
  }

  /// Waits for an operation that goes on, by its status document or until its place no longer answers 202.
  private func follow(
    _ place: String, isOperation: Bool, _ first: HTTPResponseHead, _ what: String
  ) async throws(AzureError) {
    var head = first
    for _ in 1...Self.looks {
      try await pause(RetryDecision.retryAfter(head) ?? Self.interval)
      let response = try await send(
        HTTPRequest(method: "GET", url: place, headers: [("Accept", "application/json")]), what)
      head = response.head
      guard isOperation else {
        if head.status != 202 { return }
        continue
      }
      let answer = JSON(response.body) ?? [:]
      switch answer["status"]?.string?.lowercased() {
      case "succeeded": return
      case "failed", "canceled": throw Self.error(answer, head, what)
      default: continue
      }
    }
    throw AzureError(
      .unavailable, "cannot \(what): Resource Manager has not ended it in time", requestID: head["x-ms-request-id"])
  }

  private func send(_ request: HTTPRequest, _ what: String) async throws(AzureError) -> HTTPResponse {
    let response: HTTPResponse
    do throws(AzureError) { response = try await pipeline.send(request, to: .resourceManager, authorizer) } catch {
      var error = error
      error.message = "cannot \(what): \(error.message)"
      throw error
    }
    guard (200...299).contains(response.head.status) else {
      throw Self.error(JSON(response.body) ?? [:], response.head, what)
    }
    return response
  }

  private static func resource(_ response: HTTPResponse) -> Resource {
    let body = JSON(response.body) ?? [:]
    return Resource(body: body, etag: response.head["ETag"] ?? body["etag"]?.string)
  }

  /// `{"error": {"code": …, "message": …}}`, with the status's meaning.
  private static func error(_ answer: JSON, _ head: HTTPResponseHead, _ what: String) -> AzureError {
    let kind: AzureError.Kind =
      switch head.status {
      case 400: .badRequest
      case 401: .unauthenticated
      case 403: .forbidden
      case 404: .notFound
      case 409: .conflict
      case 412: .preconditionFailed
      case 429: .throttled
      case 408, 500...599: .unavailable
      default: .invalidResponse
      }
    let code = answer["error"]?["code"]?.string
    let words = [String(head.status), code, answer["error"]?["message"]?.string].compactMap(\.self)
    return AzureError(
      kind, "cannot \(what): \(words.joined(separator: " "))", status: head.status, serviceCode: code,
      requestID: head["x-ms-request-id"])
  }
}
