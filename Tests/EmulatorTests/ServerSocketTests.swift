import Glibc
import Testing

@testable import Emulator

/// A connection that sends a request and reads whatever comes back.
private struct Exchange {
  let bytes: [UInt8]
  /// `errno` of the read that ended it, 0 at an orderly end.
  let code: Int32
  var text: String { String(decoding: bytes, as: UTF8.self) }

  init(port: UInt16, _ head: String, body: [UInt8] = []) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    var all =
      Array("\(head)\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    while !all.isEmpty {
      let count = send(descriptor, all, all.count, Int32(MSG_NOSIGNAL))
      if count <= 0 { break }
      all.removeFirst(count)
    }
    var received: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    var code: Int32 = 0
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0 { code = errno }
      if count <= 0 { break }
      received += piece[..<count]
    }
    (bytes, self.code) = (received, code)
  }
}

/// Counts up without end, or to a limit.
private final class Pieces: ResponseBody {
  private let left: Countdown
  init(_ count: Int) { left = Countdown(count) }
  func next(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, left.take(buffer.count))
    buffer.prefix(count).initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
    return count
  }
}

@Suite struct ServerSocketTests {
  @Test func `bodies go both ways whole, known length or chunked`() throws {
    let daemon = try HTTPDaemon(port: 0) { request in
      request.target.segments == ["echo"]
        ? HTTPResponse(status: 200, body: .bytes(request.body))
        : HTTPResponse(status: 200, body: .stream(Pieces(1 << 20), length: nil))
    }
    defer { daemon.stop() }
    let body = [UInt8](repeating: UInt8(ascii: "b"), count: 3 << 20)
    let echo = try Exchange(port: daemon.port, "POST /echo HTTP/1.1", body: body)
    #expect(echo.bytes.suffix(body.count).elementsEqual(body))
    let chunked = try Exchange(port: daemon.port, "GET /stream HTTP/1.1")
    #expect(chunked.text.contains("Transfer-Encoding: chunked"))
    #expect(chunked.bytes.count { $0 == UInt8(ascii: "x") } == 1 << 20)
    #expect(chunked.text.hasSuffix("0\r\n\r\n"))
  }

  @Test func `a broken body ends without its last chunk`() throws {
    let daemon = try HTTPDaemon(port: 0) { _ in
      HTTPResponse(status: 200, body: .stream(TruncatedBody(Pieces(1000), bytes: 10), length: nil))
    }
    defer { daemon.stop() }
    let cut = try Exchange(port: daemon.port, "GET / HTTP/1.1")
    #expect(cut.text.contains("xxxxxxxxxx") && !cut.text.hasSuffix("0\r\n\r\n"))
  }

  @Test func `a reset is a reset`() throws {
    let daemon = try HTTPDaemon(port: 0) { _ in HTTPResponse(status: 500, ending: .reset) }
    defer { daemon.stop() }
    let reset = try Exchange(port: daemon.port, "GET / HTTP/1.1")
    #expect(reset.bytes.isEmpty)
    #expect(reset.code == ECONNRESET)
  }

  @Test func `the target reaches the handler as it was sent`() throws {
    let daemon = try HTTPDaemon(port: 0) { .json(200, $0.target.rawPath + "|" + ($0.target["a"] ?? "")) }
    defer { daemon.stop() }
    #expect(try Exchange(port: daemon.port, "GET /a%2Fb//c%20d?a=%2b HTTP/1.1").text.hasSuffix("/a%2Fb//c%20d|+"))
  }

  @Test func `a port in use is named`() throws {
    let first = try HTTPDaemon(port: 0) { _ in HTTPResponse(status: 200) }
    defer { first.stop() }
    let port = first.port
    #expect(throws: HTTPDaemon.CannotListen.self) { try HTTPDaemon(port: port) { _ in HTTPResponse(status: 200) } }
  }

  @Test func `an emulator on both ports answers, and stops though a request stalls`() async throws {
    var configuration = EmulatorConfiguration()
    configuration.tlsPort = 0
    configuration.faults = try FaultRule.parse("stall:op=Discovery,seconds=600")
    let emulator = try Emulator(configuration, logs: try Workspace())
    let port = emulator.port
    #expect(port != 0 && emulator.tlsPort ?? 0 != 0)
    #expect(emulator.authorityPEM?.hasPrefix("-----BEGIN CERTIFICATE-----") == true)
    #expect(try Exchange(port: port, "GET /_emulator/requests HTTP/1.1").text.contains("200 OK"))
    let stalled = Task.detached { try Exchange(port: port, "GET /common/discovery/instance HTTP/1.1").bytes }
    while emulator.requestCounts["Discovery"] == nil { try await Task.sleep(for: .milliseconds(2)) }
    emulator.stop()
    _ = await stalled.result
  }
}
