import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A server on a free port of this machine that gives one prepared answer after the other.
final class ScriptedServer: Sendable {
  /// What one request gets.
  enum Answer: Sendable {
    case reply(Int, [String: String] = [:], String = "")
    /// The connection ends within the body of a 200.
    case breakOff(String, after: Int)
    /// The connection ends without a word.
    case hangUp
  }

  struct Request: Sendable {
    var method: String
    /// Path and query.
    var target: String
    /// Names in lower case.
    var headers: [String: String]
    var body: String
  }

  private let descriptor: Int32
  let port: UInt16
  private let state: Mutex<(answers: [Answer], requests: [Request])>

  /// The last answer is given again where there are more requests.
  init(_ answers: [Answer]) {
    state = Mutex((answers, []))
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length)
        listen(descriptor, 64)
        getsockname(descriptor, address, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ScriptedServer>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    pthread_detach(thread)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { state.withLock { $0.requests } }

  /// Prepares answers that need to know the port.
  func answer(_ answers: [Answer]) { state.withLock { $0.answers = answers } }

  /// Ends the thread that answers.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve() {
    while true {
      let connection = accept(descriptor, nil, nil)
      if connection < 0 { break }
      if let request = read(connection) { answer(request, connection) }
      close(connection)
    }
    close(descriptor)
  }

  private func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") {
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
          let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
          headers[sides[0].lowercased()] = String(sides[1].drop { $0 == " " })
        }
        let body = text[end.upperBound...]
        if body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 {
          return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: String(body))
        }
      }
      let count = recv(connection, &chunk, chunk.count, 0)
      if count <= 0 { return nil }
      bytes += chunk.prefix(count)
    }
  }

  private func answer(_ request: Request, _ connection: Int32) {
    let answer = state.withLock { state in
      state.requests.append(request)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
    }
    if case .breakOff(let body, let count) = answer {
      let head = "HTTP/1.1 200 Reason\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      let bytes = Array(head.utf8) + body.utf8.prefix(count)
      send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
    guard case .reply(let status, let headers, let body) = answer else { return }
    var text = "HTTP/1.1 \(status) Reason\r\nConnection: close\r\n"
    if status != 204 { text += "Content-Length: \(body.utf8.count)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    let bytes = Array((text + "\r\n" + (request.method == "HEAD" ? "" : body)).utf8)
    send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
