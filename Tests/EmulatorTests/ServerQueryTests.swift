import Testing

@testable import Emulator

@Suite struct ServerQueryTests {
  @Test func `a query reaches the log service and its answer the client`() throws {
    let bench = try Bench()
    let reply = try bench.query("T | count", headers: ["Prefer": "wait=7, include-statistics=true"])
    #expect(reply.status == 200)
    #expect(reply.text == #"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[[1]]}]}"#)
    #expect(reply.headers["content-type"] == "application/json; charset=utf-8")
    #expect(reply.headers["preference-applied"] == "wait=7")
    let asked = try #require(bench.logs.asked.first)
    #expect(asked.query == "T | count")
    #expect(asked.waitSeconds == 7 && asked.includeStatistics && !asked.includeRender)
  }

  @Test func `search and GET are answered too`() throws {
    let bench = try Bench()
    let token = try bench.token("https://api.loganalytics.azure.com")
    let workspace = EmulatorConfiguration.developmentWorkspace
    let headers = ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
    let search = bench.send(
      "POST", "/v1/workspaces/\(workspace)/search?timespan=P1D", headers, body: #"{"query":"B"}"#)
    let get = bench.send("GET", "/v1/workspaces/\(workspace)/query?query=T%20%7C%20count", headers)
    #expect(search.status == 200 && get.status == 200)
    #expect(bench.logs.asked.map { $0.query } == ["B", "T | count"])
    #expect(bench.logs.asked[0].endpoint == .search && bench.logs.asked[0].timespan == "P1D")
  }

  @Test func `a missing body or content type gives 200 with nothing`() throws {
    let bench = try Bench()
    let token = try bench.token("https://api.loganalytics.io")
    let path = "/v1/workspaces/\(EmulatorConfiguration.developmentWorkspace)/query"
    let authorised = ["Authorization": "Bearer \(token)"]
    let untyped = bench.send("POST", path, authorised, body: #"{"query":"T"}"#)
    let bodiless = bench.send(
      "POST", path, authorised.merging(["Content-Type": "application/json"]) { $1 })
    #expect(untyped.status == 200 && untyped.bytes.isEmpty)
    #expect(bodiless.status == 200 && bodiless.bytes.isEmpty)
    #expect(bench.logs.asked.isEmpty)
  }

  @Test func `requests without a valid token are refused`() throws {
    let bench = try Bench()
    let other = try bench.token("https://storage.azure.com")
    for (headers, status, code) in [
      ([:], 401, "AuthenticationFailed"),
      (["Authorization": "Bearer nonsense"], 401, "InvalidAuthenticationToken"),
      (["Authorization": "Bearer \(other)"], 403, "InvalidAuthenticationTokenAudience"),
    ] as [([String: String], Int, String)] {
      let reply = bench.send(
        "POST", "/v1/workspaces/\(EmulatorConfiguration.developmentWorkspace)/query", headers, body: "{}")
      #expect(reply.status == status)
      #expect(reply.text.contains("\"code\":\"\(code)\""))
      #expect((reply.headers["www-authenticate"] != nil) == (status == 401))
    }
  }

  @Test func `a token ends with its lifetime`() throws {
    let bench = try Bench { $0.tokenLifetime = 60 }
    let token = try bench.token("https://api.loganalytics.io")
    bench.time.advance(seconds: 59)
    #expect(try bench.query(headers: ["Authorization": "Bearer \(token)"]).status == 200)
    bench.time.advance(seconds: 1)
    let late = try bench.query(headers: ["Authorization": "Bearer \(token)"])
    #expect(late.status == 401 && late.headers["www-authenticate"] != nil)
  }

  @Test func `an unknown workspace is a path not found`() throws {
    let reply = try Bench().query(workspace: "44444444-4444-4444-8444-444444444444")
    #expect(reply.status == 404 && reply.text.contains("\"code\":\"PathNotFoundError\""))
  }

  @Test func `answers are kept for two minutes unless no-cache asks past them`() throws {
    let bench = try Bench()
    #expect(try bench.query("A").headers["age"] == nil)
    bench.time.advance(seconds: 100)
    let kept = try bench.query("A")
    #expect(kept.headers["age"] == "100" && kept.text.hasPrefix("{\"tables\""))
    #expect(try bench.query("A", headers: ["Cache-Control": "no-cache"]).headers["age"] == nil)
    #expect(try bench.query("B").headers["age"] == nil)
    bench.time.advance(seconds: 120)
    #expect(try bench.query("A").headers["age"] == nil)
    #expect(bench.logs.asked.map { $0.query } == ["A", "A", "B", "A"])
  }

  @Test func `errors keep their status and are not kept`() throws {
    let bench = try Bench(StubLogs(#"{"error":{"code":"BadArgumentError"}}"#, status: 400))
    for _ in 0..<2 { #expect(try bench.query().status == 400) }
    #expect(bench.logs.asked.count == 2)
  }

  @Test func `more than the rate in 30 seconds is throttled until the window moves`() throws {
    let bench = try Bench { $0.rate = 3 }
    for _ in 0..<3 { #expect(try bench.query().status == 200) }
    bench.time.advance(seconds: 10)
    let reply = try bench.query()
    #expect(reply.status == 429 && reply.headers["retry-after"] == "20")
    bench.time.advance(seconds: 20)
    #expect(try bench.query().status == 200)
  }

  @Test func `a query holds its place until its body is read to the end`() throws {
    let gate = QueryGate(rate: 100, concurrency: 2, clock: TestClock().clock)
    try gate.enter("a", .query)
    try gate.enter("a", .query)
    try gate.enter("b", .query)
    #expect(throws: QueryGate.Refusal.self) { try gate.enter("a", .query) }
    gate.leave("a", .query)
    try gate.enter("a", .query)
    #expect(gate.peak == 2)

    let bench = try Bench { $0.concurrency = 1 }
    for _ in 0..<3 { #expect(try bench.query(headers: ["Cache-Control": "no-cache"]).status == 200) }
  }

  @Test func `gzip is used where the client takes it`() throws {
    let bench = try Bench()
    let reply = try bench.query(headers: ["Accept-Encoding": "gzip, deflate"])
    #expect(reply.headers["content-encoding"] == "gzip")
    let plain = try #require(Gzip.inflate(reply.bytes, limit: 1 << 20))
    #expect(String(decoding: plain, as: UTF8.self).hasPrefix("{\"tables\""))
  }

  @Test func `rows come in through the ingestion API, packed or not`() throws {
    let bench = try Bench()
    let path = "/dataCollectionRules/dcr-1/streams/Custom-T_CL?api-version=2023-01-01"
    let headers = ["Authorization": "Bearer \(try bench.token("https://monitor.azure.com"))"]
    #expect(bench.send("POST", path, headers, body: #"[{"a":1}]"#).status == 204)
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.append(name, value) }
    fields.append("Content-Encoding", "gzip")
    let packed = try GzipBody(BytesBody(Array(#"[{"a":2}]"#.utf8))).bytes()
    let request = HTTPRequest(method: "POST", target: RequestTarget(path), headers: fields, body: packed)
    #expect(bench.services.answer(request, scheme: "http").status == 204)
    #expect(bench.logs.ingested.map { $0.stream } == ["Custom-T_CL", "Custom-T_CL"])
    #expect(bench.logs.ingested.map { $0.body } == [#"[{"a":1}]"#, #"[{"a":2}]"#])
    #expect(bench.send("POST", path, [:], body: "[]").status == 401)
  }

  @Test func `lines of JSON come in through the emulator's own endpoint`() throws {
    let bench = try Bench()
    #expect(bench.send("POST", "/_emulator/ingest?table=T", body: "{\"a\":1}\r\n\n{\"a\":2}\n").status == 204)
    #expect(bench.logs.ingested.first?.body == "[{\"a\":1}\r,{\"a\":2}]")
  }

  @Test(arguments: [
    ("grant_type=password", 400, "unsupported_grant_type"),
    ("", 400, "invalid_request"),
    ("grant_type=client_credentials&client_id=x", 400, "unauthorized_client"),
    ("CLIENT&client_secret=wrong&scope=https://a/.default", 401, "invalid_client"),
    ("CLIENT&scope=https://a/.default", 401, "invalid_client"),
    ("CLIENT&client_secret=emulator-secret&scope=user.read", 400, "invalid_scope"),
  ])
  func `the token endpoint refuses as Entra ID does`(form: String, status: Int, error: String) throws {
    let bench = try Bench()
    let body =
      form.hasPrefix("CLIENT")
      ? "grant_type=client_credentials&client_id=\(bench.credentials.client)" + form.dropFirst(6) : form
    let reply = bench.send("POST", "/\(bench.credentials.tenant)/oauth2/v2.0/token", body: body)
    #expect(reply.status == status)
    #expect(reply.text.contains("\"error\":\"\(error)\""))
  }

  @Test func `services that are not emulated say so`() throws {
    let bench = try Bench()
    for path in ["/subscriptions/x", "/metadata/instance"] {
      #expect(bench.send("GET", path).status == 501)
    }
    #expect(bench.send("GET", "/elsewhere").status == 404)
  }
}
