internal import CLibCurl
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A thread that moves the bytes of all transfers with one `curl_multi` handle.
///
/// Tasks hand it commands and wake it with `curl_multi_wakeup`; everything else
/// of curl is touched by the thread alone.
final class CurlLoop: Sendable {
  private let configuration: HTTPConfiguration
  /// What libcurl reads of the environment.
  private let proxies = ProxyVariable.current
  private let multi: MultiHandle
  private let inbox = Mutex(Inbox())

  /// What tasks ask of the thread.
  enum Command: Sendable {
    case start(Transfer)
    case resume(Transfer)
    case cancel(Transfer)
    case stop
  }

  private struct Inbox {
    var commands: [Command] = []
    /// Nobody takes commands out any more.
    var isClosed = false
  }

  /// The multi handle, of which other threads only call `curl_multi_wakeup`.
  ///
  /// Unchecked because libcurl documents that one call as safe from any thread,
  /// and all others are made by the loop's own thread.
  private struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
  }

  init(_ configuration: HTTPConfiguration) {
    self.configuration = configuration
    Self.initialise
    multi = MultiHandle(pointer: curl_multi_init())
    // A connection for each stream of HTTP/2 as well: blocks would share the window of one.
    curl_multi_set_long(multi.pointer, CURLMOPT_PIPELINING, CURLPIPE_NOTHING)
  }

  /// `curl_global_init`, once a process.
  private static let initialise: Void = { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

  /// Hands the thread a command; a request fails at once where there is no thread.
  func send(_ command: Command) {
    let isClosed = inbox.withLock { inbox in
      guard !inbox.isClosed else { return true }
      inbox.commands.append(command)
      // Within the lock: the thread frees the handle as soon as it has a `stop`.
      curl_multi_wakeup(multi.pointer)
      return false
    }
    if isClosed, case .start(let transfer) = command { Self.fail(transfer, .other, "the client has no thread") }
  }

  /// Starts the thread; it ends at `stop`. Without one every request fails.
  func start() {
    guard multi.pointer != nil else { return inbox.withLock { $0.isClosed = true } }
    var thread = pthread_t()
    let loop = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<CurlLoop>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, loop.toOpaque())
    if code == 0 {
      _ = pthread_detach(thread)
      return
    }
    loop.release()
    inbox.withLock { $0.isClosed = true }
    curl_multi_cleanup(multi.pointer)
  }

  private static func fail(_ transfer: Transfer, _ code: HTTPError.Code, _ message: String) {
    transfer.finish(.failure(HTTPError(code, message: message, url: transfer.request.place)))
  }
}

// MARK: - On the thread

extension CurlLoop {
  private func run() {
    // Signals are the main thread's, above all SIGPIPE: with CURLOPT_NOSIGNAL curl does not hold it back.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var running: [ObjectIdentifier: CurlHandle] = [:]
    while true {
      let pending = inbox.withLock { inbox in
        defer { inbox.commands = [] }
        return inbox.commands
      }
      for command in pending {
        switch command {
        case .start(let transfer): start(transfer, &running)
        case .resume(let transfer): running[ObjectIdentifier(transfer)]?.resume(at: .now)
        case .cancel(let transfer):
          if let handle = running.removeValue(forKey: ObjectIdentifier(transfer)) { remove(handle) }
          Self.fail(transfer, .cancelled, "cancelled")
        case .stop: return stop(running)
        }
      }
      var count: Int32 = 0
      curl_multi_perform(multi.pointer, &count)
      for handle in running.values { handle.deliver() }
      collect(&running)
      expire(&running, at: .now)
      curl_multi_poll(multi.pointer, nil, 0, 1000, nil)
    }
  }

  /// Ends whatever is under way or still waits in the inbox, and frees curl's state.
  private func stop(_ running: [ObjectIdentifier: CurlHandle]) {
    let late = inbox.withLock { inbox in
      inbox.isClosed = true
      return inbox.commands
    }
    for case .start(let transfer) in late { Self.fail(transfer, .cancelled, "the client was closed") }
    for handle in running.values {
      remove(handle)
      Self.fail(handle.transfer, .cancelled, "the client was closed")
    }
    curl_multi_cleanup(multi.pointer)
  }

  private func start(_ transfer: Transfer, _ running: inout [ObjectIdentifier: CurlHandle]) {
    guard transfer.request.isWellFormed, let handle = CurlHandle(transfer, configuration) else {
      return Self.fail(transfer, .invalidRequest, "this is no request of HTTP")
    }
    if transfer.request.usesProxy, !transfer.request.mustGoDirectly,
      let proxy = proxies.first(where: { $0.problem != nil })
    {
      return Self.fail(
        transfer, .invalidRequest,
        "the variable \(proxy.name) \(proxy.problem ?? "")\n  Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT."
      )
    }
    let code = curl_multi_add_handle(multi.pointer, handle.easy)
    guard code == CURLM_OK else { return Self.fail(transfer, .other, String(cString: curl_multi_strerror(code))) }
    running[ObjectIdentifier(transfer)] = handle
  }

  private func collect(_ running: inout [ObjectIdentifier: CurlHandle]) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.pointer, &left) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      let code = curl_message_result(message)
      guard let entry = running.first(where: { $0.value.easy == message.pointee.easy_handle }) else { continue }
      running.removeValue(forKey: entry.key)
      remove(entry.value)
      entry.value.transfer.finish(entry.value.result(code))
    }
  }

  /// Gives up what has been silent for too long. The loop comes by here once a second at least.
  private func expire(_ running: inout [ObjectIdentifier: CurlHandle], at now: ContinuousClock.Instant) {
    for (key, handle) in running {
      guard let error = handle.expiry(at: now) else { continue }
      running.removeValue(forKey: key)
      remove(handle)
      handle.transfer.finish(.failure(error))
    }
  }

  private func remove(_ handle: CurlHandle) {
    curl_multi_remove_handle(multi.pointer, handle.easy)
  }
}
