import HTTP
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct StreamTests {
  private final class Counter: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func add(_ number: Int) { state.withLock { $0 += number } }
  }

  /// Sends 64 MiB of a known pattern and counts what left.
  private func flood(_ sent: Counter) -> TestServer {
    TestServer { peer in
      while peer.request() != nil {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n")
        let chunk = (0..<(1 << 16)).map { UInt8(truncatingIfNeeded: $0) }
        for _ in 0..<1024 {
          guard peer.send(chunk) else { return }
          sent.add(chunk.count)
        }
      }
    }
  }

  @Test func `a slow reader holds the server back, and still gets every byte`() async throws {
    let sent = Counter()
    let server = flood(sent)
    let client = HTTPClient(HTTPConfiguration(stallTimeout: .seconds(3)))
    let stream = try await client.stream(HTTPRequest(method: "GET", url: server.url))
    // Until nothing moves any more, and for longer than a stall may last.
    var before = -1
    while before != sent.value {
      before = sent.value
      try await Task.sleep(for: .milliseconds(3500))
    }
    #expect(sent.value < 24 << 20, "sockets hold some megabytes, the client about half a one")
    var count = 0
    while let chunk = try await stream.next() {
      #expect(!chunk.isEmpty && chunk.count <= 256 << 10)
      if count == 0 { #expect(chunk.count > 192 << 10, "what came meanwhile was gathered") }
      #expect(
        chunk[0] == UInt8(truncatingIfNeeded: count)
          && chunk[chunk.count - 1] == UInt8(truncatingIfNeeded: count + chunk.count - 1))
      count += chunk.count
    }
    #expect(count == 64 << 20)
    #expect(try await stream.next() == nil)
  }

  @Test func `a body that grows a thousandfold when decoded does not outgrow a slow reader`() async throws {
    guard
      let pipe = popen("python3 -c 'import gzip,sys; sys.stdout.buffer.write(gzip.compress(bytes(96 << 20)))'", "r")
    else { return print("skipped: python3 is absent") }
    var gzip = [UInt8](repeating: 0, count: 1 << 20)
    let size = fread(&gzip, 1, gzip.count, pipe)
    guard pclose(pipe) == 0 else { return print("skipped: python3 is absent") }
    let body = Array(gzip[..<size])
    let server = TestServer { peer in
      guard peer.request() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
      peer.send(body)
    }
    let stream = try await HTTPClient(.patient).stream(HTTPRequest(method: "GET", url: server.url, acceptsGzip: true))
    var count = 0
    while let chunk = try await stream.next() {
      count += chunk.count
      if count % 7 == 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
    #expect(count == 96 << 20)
  }

  @Test func `many bodies stream at once, each at its reader's pace`() async throws {
    let sent = Counter()
    let server = flood(sent)
    let client = HTTPClient(.patient)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<6 {
        group.addTask {
          let stream = try await client.stream(HTTPRequest(method: "GET", url: server.url))
          var count = 0
          while let chunk = try await stream.next() {
            count += chunk.count
            for _ in 0..<number { await Task.yield() }
          }
          return count
        }
      }
      for try await count in group { #expect(count == 64 << 20) }
    }
  }

  @Test func `50 requests go side by side`() async throws {
    let waiting = Counter()
    let server = TestServer { peer in
      guard let request = peer.request() else { return }
      waiting.add(1)
      // Nobody is answered before all have come.
      while waiting.value < 50 { sched_yield() }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.line.utf8.count)\r\n\r\n\(request.line)")
    }
    let client = HTTPClient(.patient)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let response = try await client.send(HTTPRequest(method: "GET", url: "\(server.url)/\(number)"))
          #expect(String(decoding: response.body, as: UTF8.self) == "GET /\(number) HTTP/1.1")
        }
      }
      try await group.waitForAll()
    }
    #expect(server.connections == 50)
  }

  @Test func `one connection serves request after request`() async throws {
    let server = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" })
    let client = HTTPClient(.patient)
    for _ in 0..<20 { _ = try await client.send(HTTPRequest(method: "PUT", url: server.url, body: [1])) }
    #expect(server.connections == 1)
  }

  @Test(arguments: ["GET", "PUT"])
  func `a request on a kept connection that dies silently is sent anew`(method: String) async throws {
    let seen = Counter()
    let server = TestServer { peer in
      while peer.request() != nil {
        seen.add(1)
        // The second request of the first connection gets no answer, though it was read whole.
        if seen.value == 2 { return }
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    let client = HTTPClient(.patient)
    let request = HTTPRequest(method: method, url: server.url, body: method == "PUT" ? [1, 2] : nil)
    _ = try await client.send(request)
    #expect(try await client.send(request).body == Array("ok".utf8))
    #expect(seen.value == 3)
  }

  @Test func `a body of many blocks is sent anew from its start`() async throws {
    let seen = Counter()
    let server = TestServer { peer in
      while let request = peer.request() {
        seen.add(1)
        if seen.value == 2 { return }
        let digest = request.body.reduce(into: UInt64(7)) { $0 = $0 &* 31 &+ UInt64($1) }
        let text = "\(request.body.count) \(digest)"
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
      }
    }
    let client = HTTPClient(.patient)
    let body = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
    let request = HTTPRequest(method: "PUT", url: server.url, body: body)
    let first = try await client.send(request).body
    #expect(try await client.send(request).body == first)
    #expect(seen.value == 3)
    #expect(String(decoding: first, as: UTF8.self).hasPrefix("3000001 "))
  }

  @Test func `what has come is read, though no more comes`() async throws {
    let gone = Counter()
    let server = TestServer { peer in
      guard peer.request() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
      while gone.value == 0 { sched_yield() }
      peer.send("def")
    }
    let stream = try await HTTPClient(.patient).stream(HTTPRequest(method: "GET", url: server.url))
    var text = String(decoding: try #require(await stream.next()), as: UTF8.self)
    // The server goes on only now.
    gone.add(1)
    while let chunk = try await stream.next() { text += String(decoding: chunk, as: UTF8.self) }
    #expect(text == "abcdef")
  }

  @Test func `chunks that a reader keeps stay as they were`() async throws {
    let server = flood(Counter())
    let stream = try await HTTPClient(.patient).stream(HTTPRequest(method: "GET", url: server.url))
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = seed
    var kept: [(start: Int, bytes: [UInt8])] = []
    var count = 0
    while let chunk = try await stream.next() {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if random >> 62 == 0 { kept.append((count, chunk)) }
      count += chunk.count
    }
    for (start, bytes) in kept {
      #expect(
        zip(bytes.indices, bytes).allSatisfy { UInt8(truncatingIfNeeded: start + $0) == $1 }, "seed \(seed)")
    }
  }

  @Test func `bytes that come one at a time are read as they come`() async throws {
    let server = TestServer { peer in
      guard peer.request() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<50_000 { peer.send("1\r\nx\r\n") }
      peer.send("0\r\n\r\n")
    }
    let client = HTTPClient(.patient)
    #expect(try await client.send(HTTPRequest(method: "GET", url: server.url)).body.count == 50_000)
  }

  /// A server that answers with a head and one byte, and then waits for the client to go.
  private func silent(_ gone: Counter, head: Bool = true) -> TestServer {
    TestServer { peer in
      guard peer.request() != nil else { return }
      if head { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx") }
      while peer.receive() {}
      gone.add(1)
    }
  }

  @Test func `a body that stalls is given up`() async throws {
    let server = silent(Counter())
    let client = HTTPClient(HTTPConfiguration(stallTimeout: .seconds(1)))
    await #expect {
      try await client.send(HTTPRequest(method: "GET", url: server.url))
    } throws: {
      ($0 as? HTTPError)?.code == .stalled
    }
  }

  @Test func `a head that does not come in its time is given up`() async throws {
    let server = silent(Counter(), head: false)
    let request = HTTPRequest(method: "GET", url: server.url, headTimeout: .seconds(1))
    await #expect {
      try await HTTPClient(.patient).send(request)
    } throws: {
      ($0 as? HTTPError)?.code == .timeout
    }
  }

  /// The handshake of TLS is a part of the connection, and this server never answers it.
  @Test(.timeLimit(.minutes(1))) func `a request may allow less time for its connection than the client does`()
    async throws
  {
    let server = silent(Counter(), head: false)
    let client = HTTPClient(HTTPConfiguration(connectTimeout: .seconds(3600)))
    let request = HTTPRequest(
      method: "GET", url: "https://127.0.0.1:\(server.port)", headTimeout: .seconds(3600),
      connectTimeout: .milliseconds(200))
    await #expect {
      try await client.send(request)
    } throws: {
      ($0 as? HTTPError)?.code == .cannotConnect
    }
  }

  @Test func `a stream that nobody reads any more closes its connection`() async throws {
    let gone = Counter()
    let server = silent(gone)
    let client = HTTPClient(.patient)
    var stream: HTTPBodyStream? = try await client.stream(HTTPRequest(method: "GET", url: server.url))
    #expect(stream?.head.status == 200)
    stream = nil
    while gone.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test func `a cancelled stream ends with an error for its reader`() async throws {
    let gone = Counter()
    let server = silent(gone)
    let client = HTTPClient(.patient)
    let stream = try await client.stream(HTTPRequest(method: "GET", url: server.url))
    #expect(try await stream.next() == [0x78])
    let reading = Task { try await stream.next() }
    await Task.yield()
    stream.cancel()
    await #expect { try await reading.value } throws: { ($0 as? HTTPError)?.code == .cancelled }
    while gone.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test(arguments: [true, false])
  func `a cancelled task gives its request up`(head: Bool) async throws {
    let gone = Counter()
    let server = silent(gone, head: head)
    let client = HTTPClient(.patient)
    let task = Task { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
    while server.connections == 0 { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect { try await task.value } throws: { ($0 as? HTTPError)?.code == .cancelled }
    while gone.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test func `cancellations at any moment end every request once`() async throws {
    let server = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" })
    let client = HTTPClient(.patient)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          let task = Task { try await client.send(HTTPRequest(method: "GET", url: server.url)) }
          for _ in 0..<(number % 20) { await Task.yield() }
          if number % 3 != 0 { task.cancel() }
          switch await task.result {
          case .success(let response): #expect(response.body == [0x6F, 0x6B])
          case .failure(let error): #expect((error as? HTTPError)?.code == .cancelled)
          }
        }
      }
    }
    #expect(try await client.send(HTTPRequest(method: "GET", url: server.url)).head.status == 200)
  }

  @Test func `a task that is cancelled already sends nothing`() async throws {
    let server = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" })
    let client = HTTPClient(.patient)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.send(HTTPRequest(method: "PUT", url: server.url))
    }
    await #expect { try await task.value } throws: { ($0 as? HTTPError)?.code == .cancelled }
    #expect(server.connections == 0)
  }

  @Test func `a stream outlives the last mention of its client`() async throws {
    let server = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" })
    let stream = try await HTTPClient(.patient).stream(HTTPRequest(method: "GET", url: server.url))
    #expect(try await stream.next() == Array("ok".utf8))
  }

  @Test func `clients come and go, used or not`() async throws {
    let server = TestServer(answering: { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let client = HTTPClient(.patient)
          if number % 2 == 0 { _ = try await client.send(HTTPRequest(method: "GET", url: server.url)) }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `a server that is gone while it is sent to is an error, not a signal`() async {
    let server = TestServer { peer in
      _ = peer.receive()
      peer.reset()
    }
    let body = [UInt8](repeating: 1, count: 20_000_000)
    await #expect {
      try await HTTPClient(.patient).send(HTTPRequest(method: "PUT", url: server.url, body: body))
    } throws: {
      ($0 as? HTTPError)?.code == .reset
    }
  }
}
