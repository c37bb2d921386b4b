import Azure
import Emulator
import FoundationEssentials
import HTTP
import Pacing
import Testing

private let workspace = "33333333-3333-4333-8333-333333333333"
private let table = #"{"tables":[{"name":"PrimaryResult","columns":[{"name":"n","type":"long"}],"rows":[[1]]}]}"#

private struct FixedToken: TokenCredential {
  func token(scope: String) async throws(AzureError) -> AccessToken { AccessToken(text: "t0ken", expiresAt: .max / 2) }
}

private func client(_ url: String, attempts: Int = 4, pace: QueryPace = QueryPace()) -> LogAnalyticsClient {
  LogAnalyticsClient(
    pipeline: quickPipeline(attempts: attempts), authorizer: BearerAuthorizer(FixedToken(), scope: "s"), endpoint: url,
    workspace: workspace, pace: pace)
}

private func body(of stream: QueryStream) async throws -> String {
  var bytes: [UInt8] = []
  while let chunk = try await stream.next() { bytes += chunk }
  return String(decoding: bytes, as: UTF8.self)
}

@Suite struct LogAnalyticsClientTests {
  @Test func `a query is posted past the cache, with the longest wait`() async throws {
    try await withServer([.reply(200, ["x-ms-request-id": "r1"], table)]) { (server) async throws in
      let text = "T | where a == \"ü/\\\"\"\n| count"
      let stream = try await client(server.url).query(text, search: false, timespan: "2025-01-01/2025-01-02")
      #expect(try await body(of: stream) == table)
      #expect(stream.requestID == "r1")
      let request = try #require(server.requests.first)
      #expect(request.method == "POST")
      #expect(request.target == "/v1/workspaces/\(workspace)/query")
      #expect(request.headers["content-type"] == "application/json")
      #expect(request.headers["cache-control"] == "no-cache")
      #expect(request.headers["prefer"] == "wait=600")
      #expect(request.headers["authorization"] == "Bearer t0ken")
      #expect(try JSONDecoder().decode([String: String].self, from: Data(request.body.utf8)) == ["query": text])
    }
  }

  @Test func `a search carries its range`() async throws {
    try await withServer([.reply(200, [:], table)]) { (server) async throws in
      let span = "2025-01-01T00:00:00Z/2025-01-02T00:00:00.0000001Z"
      _ = try await client(server.url).query("T", search: true, timespan: span)
      #expect(
        server.requests.first?.target
          == "/v1/workspaces/\(workspace)/search?timespan=2025-01-01T00%3A00%3A00Z%2F2025-01-02T00%3A00%3A00.0000001Z")
    }
  }

  @Test func `an empty body is an error and no empty result`() async throws {
    try await withServer([.reply(200)]) { (server) async throws in
      let stream = try await client(server.url).query("T", search: false, timespan: nil)
      do {
        _ = try await body(of: stream)
        Issue.record("it passed for a result")
      } catch let error as HTTPError {
        #expect(error.code == .truncated && error.message.contains("empty body"))
      }
    }
    try await withEmulator("empty") { (emulator) async throws in
      let credential = ClientSecretCredential(
        pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
        client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
      let client = LogAnalyticsClient(
        pipeline: quickPipeline(),
        authorizer: BearerAuthorizer(credential, scope: CloudEnvironment.emulator.queryScope), endpoint: emulator.url,
        workspace: workspace, pace: QueryPace())
      let stream = try await client.query("T", search: false, timespan: nil)
      await #expect(throws: HTTPError.self) { _ = try await body(of: stream) }
    }
  }

  @Test func `a workspace without data is an error and no empty result`() async throws {
    try await withServer([.reply(204)]) { (server) async throws in
      let error = await expect(.invalidResponse) {
        try await client(server.url).query("T", search: false, timespan: nil)
      }
      #expect(error?.status == 204)
      #expect(error?.message.contains("no data") == true)
    }
  }

  @Test(arguments: [
    (400, "BadArgumentError", AzureError.Kind.badRequest), (401, "AuthenticationFailed", .unauthenticated),
    (403, "InsufficientAccessError", .forbidden), (404, "PathNotFoundError", .notFound),
    (413, "ResponseSizeError", .invalidResponse), (429, "ThrottledError", .throttled),
    (500, "InternalServerError", .unavailable), (504, "GatewayTimeout", .queryTimeout),
    (302, "Found", .invalidResponse), (418, "Teapot", .invalidResponse),
  ])
  func `a refusal is named by its status, with the request and the service's words`(
    _ status: Int, _ code: String, _ kind: AzureError.Kind
  ) async throws {
    let body = #"{"error":{"message":"outer","code":"\#(code)","innererror":{"code":"SEM0100","message":"inner"}}}"#
    try await withServer([.reply(status, ["x-ms-request-id": "r7"], body)]) { (server) async throws in
      let error = await expect(kind) {
        try await client(server.url, attempts: 2).query("T", search: false, timespan: nil)
      }
      #expect(error?.status == status)
      #expect(error?.answer == Array(body.utf8))
      #expect(error?.requestID == "r7")
      for words in ["\(status)", "r7"] { #expect(error?.description.contains(words) == true) }
      #expect(error?.remedy.isEmpty == ![401, 403, 404].contains(status))
      #expect(error?.description.contains("t0ken") == false)
    }
  }

  @Test(arguments: ["", "<html>Bad Gateway</html>", "{}", #"{"error":"text"}"#, #"{"error":null}"#])
  func `a refusal of another shape is named by its status`(_ body: String) async throws {
    try await withServer([.reply(502, [:], body)]) { (server) async throws in
      let error = await expect(.unavailable) {
        try await client(server.url, attempts: 1).query("T", search: false, timespan: nil)
      }
      #expect(error?.description.contains("502") == true)
    }
  }

  @Test func `a query that takes too long is not asked again, a busy service is`() async throws {
    try await withServer([.reply(504)]) { (server) async throws in
      await expect(.queryTimeout) { try await client(server.url).query("T", search: false, timespan: nil) }
      #expect(server.requests.count == 1)
    }
    try await withServer([.reply(429, ["Retry-After": "0"]), .reply(503), .reply(200, [:], table)]) {
      (server) async throws in
      _ = try await client(server.url).query("T", search: false, timespan: nil)
      #expect(server.requests.count == 3)
    }
  }

  @Test func `a permit is held until the answer is read or given up`() async throws {
    try await withServer([.reply(200, [:], table)]) { (server) async throws in
      let pace = QueryPace(queries: 1)
      let reached = client(server.url, pace: pace)
      for _ in 0..<3 {
        let stream = try await reached.query("T", search: false, timespan: nil)
        _ = try await body(of: stream)
      }
      for _ in 0..<3 { try await reached.query("T", search: false, timespan: nil).cancel() }
      await expect(.unreachable) {
        try await client("http://127.0.0.1:1", attempts: 1, pace: pace).query("T", search: false, timespan: nil)
      }
      _ = try await reached.query("T", search: false, timespan: nil)
    }
  }

  @Test func `a throttled query goes back to the queue, and fewer go at once`() async throws {
    try await withServer([.reply(429, ["Retry-After": "0"]), .reply(503), .reply(200, [:], table)]) {
      (server) async throws in
      let pace = QueryPace()
      let stream = try await client(server.url, pace: pace).query("T", search: false, timespan: nil)
      #expect(pace.state(at: .now).queries == (2, 5), "a 503 lowers nothing")
      stream.cancel()
      for _ in 0..<2 { try await client(server.url, pace: pace).query("T", search: false, timespan: nil).cancel() }
      #expect(pace.state(at: .now).queries == (3, 5))
    }
  }

  @Test func `a wait that one query is asked for holds the others too`() async throws {
    try await withServer([.reply(429, ["Retry-After": "1"]), .reply(200, [:], table)]) { (server) async throws in
      let pace = QueryPace()
      let start = ContinuousClock.now
      await expect(.throttled) {
        try await client(server.url, attempts: 1, pace: pace).query("T", search: false, timespan: nil)
      }
      _ = try await client(server.url, pace: pace).query("T", search: false, timespan: nil)
      #expect(ContinuousClock.now - start >= .seconds(1))
    }
  }

  @Test func `five queries meet a service with room for one, and all are answered`() async throws {
    var configuration = EmulatorConfiguration()
    configuration.concurrency = 1
    let emulator = try Emulator(configuration, logs: try Workspace())
    defer { emulator.stop() }
    let credential = ClientSecretCredential(
      pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
      client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
    let client = LogAnalyticsClient(
      pipeline: quickPipeline(attempts: 8),
      authorizer: BearerAuthorizer(credential, scope: CloudEnvironment.emulator.queryScope), endpoint: emulator.url,
      workspace: workspace, pace: QueryPace())
    try await withThrowingTaskGroup { group in
      for _ in 0..<5 {
        group.addTask { _ = try await body(of: try await client.query("print 1", search: false, timespan: nil)) }
      }
      try await group.waitForAll()
    }
  }

  @Test func `every attempt counts against the budget`() async throws {
    try await withServer([.reply(503), .reply(503), .reply(200, [:], table)]) { (server) async throws in
      let budget = RequestBudget(limit: 3, window: .seconds(100_000))
      let client = LogAnalyticsClient(
        pipeline: quickPipeline(), authorizer: BearerAuthorizer(FixedToken(), scope: "s"), endpoint: server.url,
        workspace: workspace, pace: QueryPace(budget: budget))
      _ = try await client.query("T", search: false, timespan: nil)
      let now = ContinuousClock.now
      #expect(budget.reserve(at: now) - now > .seconds(90_000))
    }
  }

  @Test func `two searches run at once, and queries beside them`() async throws {
    try await withServer([.reply(200, [:], table)]) { (server) async throws in
      let client = client(server.url)
      var searches: [QueryStream] = []
      for _ in 0..<2 { searches.append(try await client.query("T", search: true, timespan: "a/b")) }
      let third = Task { try await client.query("T", search: true, timespan: "a/b") }
      _ = try await client.query("T", search: false, timespan: nil)
      #expect(server.requests.map { $0.target.contains("/search") } == [true, true, false])
      searches.removeAll()
      _ = try await third.value
      #expect(server.requests.count == 4)
    }
  }

  @Test func `an unknown workspace is not found`() async throws {
    try await withEmulator { (emulator) async throws in
      let credential = ClientSecretCredential(
        pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
        client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
      let client = LogAnalyticsClient(
        pipeline: quickPipeline(),
        authorizer: BearerAuthorizer(credential, scope: CloudEnvironment.emulator.queryScope), endpoint: emulator.url,
        workspace: "44444444-4444-4444-8444-444444444444", pace: QueryPace())
      let error = await expect(.notFound) { try await client.query("T", search: false, timespan: nil) }
      let words = String(decoding: error?.answer ?? [], as: UTF8.self)
      #expect(words.contains("PathNotFoundError"))
    }
  }
}
