import HTTP
import Testing

@Suite struct ResponseTests {
  private let client = HTTPClient(.patient)

  private func get(_ answer: String, method: String = "GET", gzip: Bool = false) async throws -> HTTPResponse {
    try await get(Array(answer.utf8), method: method, gzip: gzip)
  }

  private func get(_ answer: [UInt8], method: String = "GET", gzip: Bool = false) async throws -> HTTPResponse {
    let server = TestServer { peer in
      if peer.request() != nil { peer.send(answer) }
    }
    return try await client.send(HTTPRequest(method: method, url: server.url, acceptsGzip: gzip))
  }

  @Test func `status, headers and body are as they came`() async throws {
    let response = try await get(
      "HTTP/1.1 404 Not There\r\nX-Ms-A:1\r\nx-b:  two : 2 \t\r\nX-B: 3\r\nEmpty:\r\nContent-Length: 4\r\n\r\nbody")
    #expect(response.head.status == 404)
    #expect(
      response.head.headers.map { "\($0.name)=\($0.value)" } == [
        "X-Ms-A=1", "x-b=two : 2", "X-B=3", "Empty=", "Content-Length=4",
      ])
    #expect(response.head["x-ms-a"] == "1" && response.head["X-B"] == "two : 2" && response.head["none"] == nil)
    #expect(response.body == Array("body".utf8))
  }

  @Test(arguments: [
    ("GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
    ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", 304, ""),
    ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 200, ""),
    ("HEAD", "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", 404, ""),
    ("GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"),
    (
      "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
      200, "abcde"
    ),
    (
      "GET",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
      201, "x"
    ),
    ("GET", "HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n", 500, ""),
  ])
  func `every kind of end is an end`(method: String, answer: String, status: Int, body: String) async throws {
    let response = try await get(answer, method: method)
    #expect(response.head.status == status)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
    #expect(response.head["A"] == nil && response.head["Trailer"] == nil)
  }

  @Test func `large heads are read whole`() async throws {
    let long = String(repeating: "x", count: 20_000)
    let many = (0..<200).map { "X-\($0): \($0)\r\n" }.joined()
    let response = try await get("HTTP/1.1 200 OK\r\nLong: \(long)\r\n\(many)Content-Length: 0\r\n\r\n")
    #expect(response.head["long"] == long)
    #expect(response.head.headers.count == 202)
  }

  /// "hello hello hello" by gzip.
  private static let gzip: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 200, 64, 144, 0, 128, 136, 249, 229, 17, 0, 0, 0,
  ]

  private func compressed(_ body: [UInt8]) -> [UInt8] {
    Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
  }

  @Test func `gzip is decoded where it was asked for, and only there`() async throws {
    #expect(try await get(compressed(Self.gzip), gzip: true).body == Array("hello hello hello".utf8))
    #expect(try await get(compressed(Self.gzip)).body == Self.gzip)
  }

  @Test func `damaged gzip is an error`() async {
    var damaged = Self.gzip
    damaged[12] ^= 0xFF
    await #expect(throws: HTTPError.self) { try await get(compressed(damaged), gzip: true) }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "",
  ])
  func `a body that ends before its end is truncated`(answer: String) async {
    await #expect { try await get(answer) } throws: { ($0 as? HTTPError)?.code == .truncated }
  }

  @Test func `what came before a truncation is read before the error`() async throws {
    let server = TestServer { peer in
      if peer.request() != nil { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
    }
    let stream = try await client.stream(HTTPRequest(method: "GET", url: server.url))
    #expect(try await stream.next() == Array("abc".utf8))
    await #expect(throws: HTTPError.self) { try await stream.next() }
    await #expect(throws: HTTPError.self) { try await stream.next() }
  }

  @Test(arguments: [false, true])
  func `a reset is an error, before and after the head`(afterHead: Bool) async {
    let server = TestServer { peer in
      guard peer.request() != nil else { return }
      if afterHead { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
      peer.reset()
    }
    await #expect {
      try await client.send(HTTPRequest(method: "GET", url: server.url))
    } throws: {
      ($0 as? HTTPError)?.code == .reset
    }
  }

  @Test func `an answer that is no HTTP is an error of the server, not of the request`() async {
    for answer in ["SSH-2.0-OpenSSH_9.2\r\n", "garbage"] {
      await #expect { try await get(answer) } throws: { ($0 as? HTTPError)?.code == .other }
    }
  }

  @Test func `a refused connection names host and port, and no secret`() async {
    let closed = RefusingPort()
    defer { withExtendedLifetime(closed) {} }
    let port = closed.number
    let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(port)/c/b?sig=SECRET")
    await #expect {
      try await client.send(request)
    } throws: { error in
      guard let error = error as? HTTPError, error.code == .cannotConnect else { return false }
      return error.description.contains("127.0.0.1:\(port)/c/b: ") && !error.description.contains("SECRET")
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `a redirect is an answer, never followed`(status: Int) async throws {
    let other = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" })
    let response = try await get("HTTP/1.1 \(status) Moved\r\nLocation: \(other.url)/x\r\nContent-Length: 0\r\n\r\n")
    #expect(response.head.status == status)
    #expect(response.head["location"] == "\(other.url)/x")
    #expect(other.connections == 0)
  }
}
