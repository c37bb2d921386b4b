import HTTP
import Synchronization
import Testing

@Suite struct RequestTests {
  private let client = HTTPClient(HTTPConfiguration(userAgent: "logexport-test/1"))

  /// What a server saw of a request.
  private func seen(_ request: (String) -> HTTPRequest) async throws -> Peer.Request {
    let last = Last()
    let server = TestServer(answering: { seen in
      last.set(seen)
      return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    })
    _ = try await client.send(request(server.url))
    return try #require(last.value)
  }

  private final class Last: Sendable {
    private let state = Mutex<Peer.Request?>(nil)
    var value: Peer.Request? { state.withLock { $0 } }
    func set(_ request: Peer.Request) { state.withLock { $0 = request } }
  }

  @Test(arguments: ["GET", "HEAD", "DELETE"])
  func `a request without a body sends none`(method: String) async throws {
    let request = try await seen {
      HTTPRequest(method: method, url: "\($0)/c/b?comp=list&prefix=a%2Fb", headers: [("x-ms-version", "2021-12-02")])
    }
    #expect(request.line == "\(method) /c/b?comp=list&prefix=a%2Fb HTTP/1.1")
    #expect(request["x-ms-version"] == "2021-12-02")
    #expect(request["User-Agent"] == "logexport-test/1")
    #expect(request["Content-Length"] == nil && request["Transfer-Encoding"] == nil)
    #expect(request["Content-Type"] == nil && request["Expect"] == nil && request["Accept-Encoding"] == nil)
  }

  @Test(arguments: ["PUT", "POST"], [0, 1, 5_000_000])
  func `a body goes with its length, and waits for no 100`(method: String, size: Int) async throws {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let request = try await seen {
      HTTPRequest(method: method, url: $0 + "/x", headers: [("Content-Type", "application/json")], body: body)
    }
    #expect(request.line == "\(method) /x HTTP/1.1")
    #expect(request.body == body)
    #expect(request["Content-Length"] == "\(size)")
    #expect(request["Content-Type"] == "application/json")
    #expect(request["Expect"] == nil)
  }

  @Test func `a PUT without a body has a length of zero and no type`() async throws {
    let request = try await seen { HTTPRequest(method: "PUT", url: $0) }
    #expect(request["Content-Length"] == "0")
    #expect(request["Content-Type"] == nil)
  }

  @Test func `a header without a value is still sent, and order is kept`() async throws {
    let request = try await seen {
      HTTPRequest(method: "GET", url: $0, headers: [("x-ms-b", ""), ("x-ms-a", "1"), ("x-ms-c", "é")])
    }
    #expect(request.headers.filter { $0.hasPrefix("x-ms") } == ["x-ms-b:", "x-ms-a: 1", "x-ms-c: é"])
  }

  @Test(arguments: [
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/", headers: [("x-ms-meta-a", "1\r\nx-ms-meta-b: 2")]),
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/", headers: [("a\nb", "1")]),
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/", headers: [("a", "cut\0short")]),
    HTTPRequest(method: "GET /x HTTP/1.1\r\nA: b", url: "http://127.0.0.1:1/"),
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/\0"),
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/a\r\nb"),
    HTTPRequest(method: "GET", url: "http://127.0.0.1:1/a b"), HTTPRequest(method: "GET", url: "ftp://127.0.0.1:1/"),
    HTTPRequest(method: "GET", url: "file:///etc/hostname"), HTTPRequest(method: "GET", url: ""),
  ])
  func `a request that would not be what it says is refused`(request: HTTPRequest) async {
    await #expect { try await client.send(request) } throws: { ($0 as? HTTPError)?.code == .invalidRequest }
  }

  @Test(arguments: [
    ("http://169.254.169.254/metadata/identity", true), ("http://127.0.0.1:10000/x", true), ("http://localhost", true),
    ("http://LOCALHOST:80/", true), ("https://[::1]:1/", true), ("http://127.8.9.1/", true),
    ("https://a.localhost/", true),
    ("https://api.loganalytics.io/v1", false), ("https://localhost.example.com", false),
    ("http://127.example.com/", false),
    ("http://169.254.169.25/", false), ("https://example.com/?u=http://127.0.0.1/", false),
    ("https://user@127.0.0.1@example.com/", false),
  ])
  func `loopback and the metadata service are never reached through a proxy`(url: String, isDirect: Bool) {
    #expect(HTTPRequest(method: "GET", url: url).mustGoDirectly == isDirect)
  }
}
