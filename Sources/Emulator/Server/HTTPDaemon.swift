import CMicroHTTPD
import Glibc
import Synchronization

/// An HTTP listener on loopback (libmicrohttpd), one thread a connection: a
/// handler may block without holding up any other.
package final class HTTPDaemon: Sendable {
  /// Answers one request; called on the connection's own thread.
  package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

  /// A private key and a certificate chain, as PEM text.
  package struct Credentials: Sendable {
    package var key: String
    package var certificate: String

    package init(key: String, certificate: String) {
      self.key = key
      self.certificate = certificate
    }
  }

  /// The daemon cannot listen.
  package struct CannotListen: Error, CustomStringConvertible {
    package let port: UInt16
    /// `errno` after the attempt.
    package let code: Int32
    package var description: String { "cannot listen on 127.0.0.1:\(port): \(String(cString: strerror(code)))" }
  }

  /// The port it listens on.
  package let port: UInt16
  private let context: Context
  private let daemon: Mutex<OpaquePointer?>

  /// Listens on 127.0.0.1; port 0 takes a free one. Serves TLS where
  /// `credentials` are given.
  package init(port: UInt16, credentials: Credentials? = nil, handler: @escaping Handler)
    throws(CannotListen)
  {
    let context = Context(handler: handler)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    errno = 0
    let started = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Self.start($0, context, credentials)
      }
    }
    guard let started else { throw CannotListen(port: port, code: errno == 0 ? EADDRINUSE : errno) }
    self.port = logexport_mhd_port(started)
    self.context = context
    daemon = Mutex(started)
  }

  /// Closes the listener and all connections, and waits for their threads
  /// (`MHD_stop_daemon`).
  package func stop() {
    daemon.withLock { daemon in
      if let running = daemon { MHD_stop_daemon(running) }
      daemon = nil
    }
  }

  deinit { stop() }

  private static func start(
    _ address: UnsafePointer<sockaddr>, _ context: Context, _ credentials: Credentials?
  ) -> OpaquePointer? {
    let pointer = Unmanaged.passUnretained(context).toOpaque()
    // A connection's buffer holds all headers of a request and one chunk of a
    // response.
    let memory = 256 * 1024
    guard let credentials else {
      return logexport_mhd_start(address, onRequest, pointer, onTarget, onCompleted, memory, nil, nil)
    }
    return logexport_mhd_start(
      address, onRequest, pointer, onTarget, onCompleted, memory, credentials.key,
      credentials.certificate)
  }

  /// What the C callbacks reach through their context pointer.
  final class Context: Sendable {
    let handler: Handler
    init(handler: @escaping Handler) { self.handler = handler }
  }
}
