import CMicroHTTPD
import HTTP
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct TLSTests {
  @Test func `a private authority is trusted where its file is given, and only there`() async throws {
    guard let server = TLSServer() else {
      return print("skipped: the openssl command or libmicrohttpd's TLS is absent")
    }
    let request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
    let trusting = HTTPClient(HTTPConfiguration(caFile: server.certificate))
    #expect(try await trusting.send(request).body == Array("ok".utf8))
    await #expect { try await HTTPClient(.patient).send(request) } throws: { ($0 as? HTTPError)?.code == .tls }
    let missing = HTTPClient(HTTPConfiguration(caFile: "/nonexistent.pem"))
    await #expect { try await missing.send(request) } throws: { ($0 as? HTTPError)?.code == .authorities }
    let otherName = HTTPRequest(method: "GET", url: "https://localhost:\(server.port)/")
    await #expect { try await trusting.send(otherName) } throws: { ($0 as? HTTPError)?.code == .tls }
  }

  @Test func `a handshake that breaks off is the network's fault, a wrong protocol is not`() async {
    let client = HTTPClient(.patient)
    for reset in [true, false] {
      let server = TestServer { peer in
        if peer.receive() && reset { peer.reset() }
      }
      let request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
      await #expect { try await client.send(request) } throws: { ($0 as? HTTPError)?.code == .reset }
    }
    let plain = TestServer { peer in
      if peer.receive() { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n") }
    }
    let request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(plain.port)/")
    await #expect { try await client.send(request) } throws: { ($0 as? HTTPError)?.code == .tls }
  }

  @Test(arguments: [(0x01, HTTPError.Code.tls), (0x02, .tls), (0x03, .reset)] as [(UInt8, HTTPError.Code)])
  func `a server that speaks less than TLS 1.2 is refused`(minor: UInt8, code: HTTPError.Code) async {
    // A ServerHello: version, random, no session, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, no compression,
    // and a renegotiation_info that is empty. One of TLS 1.2 is taken, and the silence after it is not.
    let hello: [UInt8] =
      [0x03, minor] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0, 0, 5, 0xFF, 0x01, 0, 1, 0]
    let message = [0x02, 0, 0, UInt8(hello.count)] + hello
    let server = TestServer { peer in
      if peer.receive() { peer.send([0x16, 0x03, minor, 0, UInt8(message.count)] + message) }
    }
    let request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
    await #expect { try await HTTPClient(.patient).send(request) } throws: { ($0 as? HTTPError)?.code == code }
  }
}

/// A server by libmicrohttpd under a certificate of its own.
private final class TLSServer {
  let port: UInt16
  /// The file of its certificate, which is its own authority.
  let certificate: String
  private let folder: String
  private let daemon: OpaquePointer

  init?() {
    var template = Array("/tmp/http-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    certificate = "\(folder)/cert.pem"
    let made = system(
      """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
      -addext subjectAltName=IP:127.0.0.1 -keyout \(folder)/key.pem -out \(certificate) 2>/dev/null
      """)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    guard made == 0, let key = Self.text("\(folder)/key.pem"), let text = Self.text(certificate),
      let daemon = withUnsafePointer(
        to: &address,
        { address in
          address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            logexport_mhd_start(address, Self.answer, nil, nil, nil, 1 << 16, key, text)
          }
        })
    else {
      system("rm -rf \(folder)")
      return nil
    }
    self.daemon = daemon
    port = logexport_mhd_port(daemon)
  }

  deinit {
    MHD_stop_daemon(daemon)
    system("rm -rf \(folder)")
  }

  private static let answer: MHD_AccessHandlerCallback = { _, connection, _, _, _, _, _, _ in
    var body = Array("ok".utf8)
    let response = MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY)
    defer { MHD_destroy_response(response) }
    return MHD_queue_response(connection, 200, response)
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
