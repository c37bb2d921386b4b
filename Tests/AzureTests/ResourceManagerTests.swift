import Azure
import Synchronization
import Testing

private let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/soc"

private func client(_ server: ScriptedServer, pauses: Pauses = Pauses()) -> ResourceManagerClient {
  ResourceManagerClient(
    pipeline: quickPipeline(), authorizer: BearerAuthorizer(FixedToken(), scope: "s"),
    endpoint: "http://127.0.0.1:\(server.port)",
    pause: { duration throws(AzureError) in pauses.note(duration) })
}

@Suite struct ResourceManagerTests {
  @Test func `a resource is asked for by its id and the version of its provider`() async throws {
    try await withServer([.reply(200, ["ETag": "\"1\""], #"{"properties":{"minimumTlsVersion":"TLS1_2"}}"#)]) {
      server in
      let account = try await client(server).get(id, .storage)
      #expect(account.properties["minimumTlsVersion"]?.string == "TLS1_2")
      #expect(account.etag == "\"1\"")
      let request = try #require(server.requests.first)
      #expect(request.method == "GET" && request.target == "\(id)?api-version=2023-05-01")
      #expect(request.headers["authorization"] == "Bearer fixed")
    }
  }

  @Test func `an absent resource is nil where it is looked for, and an error where it is needed`() async throws {
    let answer = ScriptedServer.Answer.reply(
      404, [:], #"{"error":{"code":"ResourceNotFound","message":"The resource was not found."}}"#)
    try await withServer([answer]) { server in
      let found = try await client(server).find(id, .storage)
      #expect(found == nil)
      let error = await expect(.notFound) { try await client(server).get(id, .storage) }
      #expect(error?.serviceCode == "ResourceNotFound")
      #expect(error?.message == "cannot read \(id): 404 ResourceNotFound The resource was not found.")
    }
  }

  @Test(arguments: ["", "<html>proxy</html>", "[]", "{}"])
  func `an answer that is no resource is an error, not a resource without anything`(body: String) async throws {
    try await withServer([.reply(200, [:], body)]) { server in
      await expect(.invalidResponse) { try await client(server).get(id, .storage) }
    }
  }

  @Test func `what is written names the version that was read, and what nobody knows stays`() async throws {
    try await withServer([.reply(200, [:], "{}")]) { server in
      var body = try #require(JSON(Array(#"{"properties":{"a":1,"unknown":{"deep":[1.5,null,"x"]}}}"#.utf8)))
      body["properties"]?["a"] = 2
      try await client(server).put(id, .network, body, ifMatch: "\"7\"")
      let request = try #require(server.requests.first)
      #expect(request.method == "PUT" && request.headers["if-match"] == "\"7\"")
      #expect(request.body == #"{"properties":{"a":2,"unknown":{"deep":[1.5,null,"x"]}}}"#)
    }
  }

  @Test func `a version that has changed meanwhile is a failed condition`() async throws {
    try await withServer([.reply(412, [:], #"{"error":{"code":"PreconditionFailed","message":"changed"}}"#)]) {
      server in
      await expect(.preconditionFailed) { try await client(server).put(id, .network, [:], ifMatch: "\"7\"") }
    }
  }

  @Test func `what is not known yet is written again after a while`() async throws {
    let unknown = ScriptedServer.Answer.reply(400, [:], #"{"error":{"code":"PrincipalNotFound","message":"no"}}"#)
    try await withServer([unknown, unknown, .reply(201, [:], "{}")]) { server in
      let pauses = Pauses()
      try await client(server, pauses: pauses).put(
        id, .authorization, [:], whileRefusedBy: "PrincipalNotFound", pauses: [.seconds(5), .seconds(10), .seconds(15)])
      #expect(server.requests.map(\.method) == ["PUT", "PUT", "PUT"])
      #expect(pauses.all == [.seconds(5), .seconds(10)])
    }
  }

  @Test func `what stays unknown is an error after the last pause`() async throws {
    let unknown = ScriptedServer.Answer.reply(400, [:], #"{"error":{"code":"PrincipalNotFound","message":"no"}}"#)
    try await withServer([unknown, unknown]) { server in
      let error = await expect(.badRequest) {
        try await client(server).put(
          id, .authorization, [:], whileRefusedBy: "PrincipalNotFound", pauses: [.seconds(5)])
      }
      #expect(error?.serviceCode == "PrincipalNotFound" && server.requests.count == 2)
    }
  }

  @Test func `another refusal is not waited out`() async throws {
    try await withServer([.reply(400, [:], #"{"error":{"code":"InvalidPrincipalId","message":"no"}}"#)]) { server in
      await expect(.badRequest) {
        try await client(server).put(
          id, .authorization, [:], whileRefusedBy: "PrincipalNotFound", pauses: [.seconds(5)])
      }
      #expect(server.requests.count == 1)
    }
  }

  @Test func `all pages of a list are read`() async throws {
    let server = ScriptedServer([])
    defer { server.stop() }
    let next = "http://127.0.0.1:\(server.port)/next?page=2"
    server.answer([
      .reply(200, [:], #"{"value":[{"name":"a"}],"nextLink":"\#(next)"}"#),
      .reply(200, [:], #"{"value":[{"name":"b"}]}"#),
    ])
    let names = try await client(server).list("\(id)/tables", .operationalInsights).map { $0["name"]?.string }
    #expect(names == ["a", "b"])
    #expect(server.requests.map(\.target).last == "/next?page=2")
  }

  @Test func `a list whose pages name each other is an error`() async throws {
    let server = ScriptedServer([])
    defer { server.stop() }
    let place = "http://127.0.0.1:\(server.port)"
    func page(_ next: String) -> ScriptedServer.Answer {
      .reply(200, [:], #"{"value":[{"name":"a"}],"nextLink":"\#(place)/\#(next)"}"#)
    }
    server.answer([page("2"), page("3"), page("2")])
    let error = await expect(.invalidResponse) { try await client(server).list(id, .storage) }
    #expect(error?.message == "cannot list \(id): its page 3 names one before it as the next")
    #expect(server.requests.count == 3)
  }

  @Test func `a list that never ends is an error`() async throws {
    let server = ScriptedServer([])
    defer { server.stop() }
    server.answer(
      (2...1010).map { .reply(200, [:], #"{"value":[],"nextLink":"http://127.0.0.1:\#(server.port)/\#($0)"}"#) })
    let error = await expect(.invalidResponse) { try await client(server).list(id, .storage) }
    #expect(error?.message == "cannot list \(id): it has more than 1000 pages")
  }

  @Test func `a next page on another host is not asked for`() async throws {
    try await withServer([.reply(200, [:], #"{"value":[],"nextLink":"https://attacker.example.net/x"}"#)]) { server in
      await expect(.hostNotAllowed) { try await client(server).list(id, .storage) }
      #expect(server.requests.count == 1)
    }
  }

  @Test func `an operation that goes on is followed to its end`() async throws {
    let server = ScriptedServer([])
    defer { server.stop() }
    let operation = "http://127.0.0.1:\(server.port)/operations/1"
    server.answer([
      .reply(201, ["Azure-AsyncOperation": operation, "Retry-After": "3"], #"{"properties":{}}"#),
      .reply(200, [:], #"{"status":"InProgress"}"#), .reply(200, [:], #"{"status":"Succeeded"}"#),
      .reply(200, [:], #"{"properties":{"provisioningState":"Succeeded"}}"#),
    ])
    let pauses = Pauses()
    let made = try await client(server, pauses: pauses).put(id, .network, [:])
    #expect(made.properties["provisioningState"]?.string == "Succeeded")
    #expect(pauses.all.first == .seconds(3) && pauses.all.count == 2)
    #expect(server.requests.map(\.method) == ["PUT", "GET", "GET", "GET"])
  }

  @Test func `an operation that fails says why`() async throws {
    let server = ScriptedServer([])
    defer { server.stop() }
    server.answer([
      .reply(201, ["Azure-AsyncOperation": "http://127.0.0.1:\(server.port)/operations/1"], "{}"),
      .reply(200, [:], #"{"status":"Failed","error":{"code":"NetcfgInvalidSubnet","message":"overlaps"}}"#),
    ])
    do {
      try await client(server).put(id, .network, [:])
      Issue.record("it did not fail")
    } catch {
      #expect(error.serviceCode == "NetcfgInvalidSubnet" && error.message.contains("overlaps"))
    }
  }

  @Test func `an action without a body says that it has none`() async throws {
    try await withServer([.reply(200, [:], "{}")]) { server in
      try await client(server).post(id, "lock", .storage, ifMatch: "\"1\"")
      let request = try #require(server.requests.first)
      #expect(request.method == "POST" && request.target.hasPrefix("\(id)/lock?"))
      #expect(request.headers["content-length"] == "0")
    }
  }
}

/// Pauses that take no time.
private final class Pauses: Sendable {
  private let noted = Mutex<[Duration]>([])
  func note(_ duration: Duration) { noted.withLock { $0.append(duration) } }
  var all: [Duration] { noted.withLock { $0 } }
}

private struct FixedToken: TokenCredential {
  func token(scope: String) async throws(AzureError) -> AccessToken {
    AccessToken(text: "fixed", expiresAt: .max)
  }
}
