import Azure
import HTTP
import Pacing
import Synchronization
import Testing

/// Marks requests with a token that changes when one is refused.
private final class CountingAuthorizer: Authorizer {
  private let number = Mutex(1)
  let canRefresh: Bool

  init(canRefresh: Bool = true) { self.canRefresh = canRefresh }

  func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    let current = number.withLock { number in
      if refused != nil { number += 1 }
      return number
    }
    request.headers.append(("Authorization", "Bearer \(current)"))
  }
}

@Suite struct PipelineTests {
  private func get(_ server: ScriptedServer) -> HTTPRequest {
    HTTPRequest(method: "GET", url: "\(server.url)/a?sig=hidden")
  }

  @Test(arguments: [408, 429, 500, 502, 503, 504])
  func `what may mend itself is tried again`(_ status: Int) async throws {
    try await withServer([.reply(status), .reply(status), .reply(200, [:], "ok")]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), nil).head.status == 200)
      #expect(server.requests.count == 3)
    }
  }

  @Test(arguments: [400, 403, 404, 405, 409, 412, 413, 416])
  func `what will not mend itself is never tried again`(_ status: Int) async throws {
    try await withServer([.reply(status)]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), CountingAuthorizer()).head.status == status)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a dropped connection is tried again`() async throws {
    try await withServer([.hangUp, .hangUp, .reply(200)]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), nil).head.status == 200)
    }
  }

  @Test func `attempts come to an end, and the last answer is handed over`() async throws {
    try await withServer([.reply(503, [:], "busy")]) { (server) async throws in
      #expect(try await quickPipeline(attempts: 3).send(get(server), nil).head.status == 503)
      #expect(server.requests.count == 3)
    }
    try await withServer([.hangUp]) { (server) async throws in
      await expect(.unavailable) { try await quickPipeline(attempts: 3).send(get(server), nil) }
      #expect(server.requests.count == 3)
    }
  }

  @Test func `being throttled costs no attempts, and comes to an end as well`() async throws {
    let refusals = Array(repeating: ScriptedServer.Answer.reply(429), count: 20)
    try await withServer(refusals + [.reply(503), .reply(200)]) { (server) async throws in
      #expect(try await quickPipeline(attempts: 2).send(get(server), nil).head.status == 200)
    }
    try await withServer([.reply(429)]) { (server) async throws in
      #expect(try await quickPipeline(attempts: 2).send(get(server), nil).head.status == 429)
      #expect(server.requests.count == 1 + Backoff().throttled)
    }
  }

  @Test func `a 401 is mended by another token, three times at most`() async throws {
    try await withServer([.reply(401), .reply(503), .reply(200)]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), CountingAuthorizer()).head.status == 200)
      // The token that was just made is not thrown away because the service was busy.
      #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer 1", "Bearer 2", "Bearer 2"])
    }
    for (canRefresh, count) in [(true, 4), (false, 1)] {
      try await withServer([.reply(401)]) { (server) async throws in
        let authorizer = CountingAuthorizer(canRefresh: canRefresh)
        #expect(try await quickPipeline().send(get(server), authorizer).head.status == 401)
        #expect(server.requests.count == count)
      }
    }
  }

  @Test func `the wait that the service asks for is the least`() async throws {
    try await withServer([.reply(429, ["Retry-After": "1"]), .reply(200)]) { (server) async throws in
      let start = ContinuousClock.now
      #expect(try await quickPipeline().send(get(server), nil).head.status == 200)
      #expect(ContinuousClock.now - start >= .seconds(1))
    }
  }

  @Test(arguments: ["86400", "Fri, 31 Dec 2100 23:59:59 GMT"])
  func `a wait that no run outlives ends the attempts`(_ wait: String) async throws {
    try await withServer([.reply(503, ["Retry-After": wait])]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), nil).head.status == 503)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: ["-5", "soon", "", "Thu, 01 Jan 1970 00:00:00 GMT"])
  func `a wait that means nothing is no wait`(_ wait: String) async throws {
    try await withServer([.reply(503, ["Retry-After": wait]), .reply(200)]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), nil).head.status == 200)
    }
  }

  @Test func `nothing is sent to a host that is not allowed`() async throws {
    try await withServer([.reply(200)]) { (server) async throws in
      let pipeline = Pipeline(client: HTTPClient(), hosts: HostPolicy(cloud: .public, allowed: []))
      await expect(.hostNotAllowed) { try await pipeline.send(get(server), CountingAuthorizer()) }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `a redirect is not followed`() async throws {
    try await withServer([.reply(302, ["Location": "http://127.0.0.1:1/"])]) { (server) async throws in
      #expect(try await quickPipeline().send(get(server), CountingAuthorizer()).head.status == 302)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `nothing that is said of a failure holds the query`() async throws {
    let reasons = Mutex<[String]>([])
    try await withServer([.reply(503), .hangUp]) { (server) async throws in
      let pipeline = quickPipeline(attempts: 3) { reason in reasons.withLock { $0.append(reason) } }
      let error = await expect(.unavailable) { try await pipeline.send(get(server), nil) }
      #expect(error?.description.contains("hidden") == false)
    }
    let pipeline = quickPipeline(attempts: 2) { reason in reasons.withLock { $0.append(reason) } }
    let error = await expect(.unreachable) {
      try await pipeline.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/a?sig=hidden"), nil)
    }
    #expect(error?.description.contains("hidden") == false)
    let said = reasons.withLock { $0 }
    #expect(said.count == 3)
    #expect(said.allSatisfy { !$0.contains("hidden") && $0.contains("127.0.0.1") })
  }

  @Test func `a host without a listener is unreachable`() async throws {
    let error = await expect(.unreachable) {
      try await quickPipeline(attempts: 8).send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"), nil)
    }
    #expect(error?.description.contains("127.0.0.1:1") == true)
    #expect(error?.remedy.contains("proxy") == true)
  }

  @Test func `a stopped task ends the wait`() async throws {
    try await withServer([.reply(503, ["Retry-After": "200"])]) { (server) async throws in
      let request = get(server)
      let task = Task { try await quickPipeline().send(request, nil) }
      while server.requests.isEmpty { await Task.yield() }
      task.cancel()
      await expect(.cancelled) { try await task.value }
    }
  }

  @Test func `a request is signed when its turn has come`() async throws {
    final class Order: RequestPace, Authorizer {
      let steps = Mutex<[String]>([])
      let canRefresh = false
      func admit() async throws(CancellationError) { steps.withLock { $0.append("admitted") } }
      func answered(_ head: HTTPResponseHead, sent: ContinuousClock.Instant) {
        steps.withLock { $0.append("\(head.status)") }
      }
      func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
        steps.withLock { $0.append("signed") }
      }
    }
    try await withServer([.reply(503), .reply(200)]) { (server) async throws in
      let order = Order()
      _ = try await quickPipeline().stream(get(server), to: .query, order, keeps: { _ in false }, pace: order)
      #expect(order.steps.withLock { $0 } == ["admitted", "signed", "503", "admitted", "signed", "200"])
    }
  }

  @Test func `statuses that a caller keeps are handed over at once`() async throws {
    try await withServer([.reply(504, [:], "late")]) { (server) async throws in
      #expect(try await quickPipeline().stream(get(server), to: .query, nil) { $0 == 504 }.head.status == 504)
      #expect(server.requests.count == 1)
    }
  }
}
