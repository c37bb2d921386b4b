import HTTP
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A server on raw sockets and a free port of loopback, which can misbehave in any way.
///
/// Each connection is served by a thread of its own; it is closed when the handler returns.
final class TestServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let accepted = Atomic(0)

  /// Connections so far.
  var connections: Int { accepted.load(ordering: .sequentiallyConsistent) }
  var url: String { "http://127.0.0.1:\(port)" }

  init(_ handler: @escaping @Sendable (Peer) -> Void) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size)
        listen(listener, 128)
        getsockname(listener, address, &size)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    Self.spawn { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        // Closed here and nowhere else: the number would soon be another server's.
        if descriptor < 0 { return closeDescriptor(listener) }
        self?.accepted.add(1, ordering: .sequentiallyConsistent)
        Self.spawn {
          let peer = Peer(descriptor)
          handler(peer)
          peer.close()
        }
      }
    }
  }

  /// A server that answers each request of a connection with the bytes given for it.
  convenience init(answering answer: @escaping @Sendable (Peer.Request) -> String) {
    self.init { peer in
      while let request = peer.request() {
        guard peer.send(answer(request)) else { return }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func spawn(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    if code == 0 { pthread_detach(thread) }
  }
}

/// The server's end of one connection.
final class Peer {
  private let descriptor: Int32
  private var received: [UInt8] = []
  private var isOpen = true

  struct Request: Sendable {
    /// `GET /path HTTP/1.1`
    var line: String
    /// In order, as they came.
    var headers: [String]
    var body: [UInt8]

    subscript(_ name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }
  }

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next request; nil where the client is gone.
  func request() -> Request? {
    let end = Array("\r\n\r\n".utf8)
    var headEnd: Int?
    while headEnd == nil {
      headEnd = received.firstRange(of: end)?.upperBound
      if headEnd == nil, !receive() { return nil }
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: received[..<(headEnd - 4)], as: UTF8.self)
      .split(separator: "\r\n").map(String.init)
    var request = Request(line: lines.first ?? "", headers: Array(lines.dropFirst()), body: [])
    let length = request["Content-Length"].flatMap { Int($0) } ?? 0
    while received.count < headEnd + length { if !receive() { return nil } }
    request.body = Array(received[headEnd..<(headEnd + length)])
    received.removeFirst(headEnd + length)
    return request
  }

  /// Waits for more bytes; false where the client is gone.
  func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    received += chunk[..<count]
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// False where the client is gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { sendBytes(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func close() {
    if isOpen { closeDescriptor(descriptor) }
    isOpen = false
  }

  /// Closes with a reset, not with an end.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }
}

// The C functions whose names the methods above take.
private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  send(descriptor, bytes, count, flags)
}

extension HTTPConfiguration {
  /// For tests of anything but silence: a busy machine may not come to the reader for a minute.
  static let patient = HTTPConfiguration(connectTimeout: .seconds(600), stallTimeout: .seconds(3600))
}

/// A port of this machine that is taken and refuses connections, for as long as this lives: nobody else can get it.
final class RefusingPort {
  let number: UInt16
  private let descriptor: Int32

  init() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        // Bound, and never listened on.
        bind(descriptor, address, length)
        getsockname(descriptor, address, &length)
      }
    }
    number = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }
}
