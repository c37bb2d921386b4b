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
  private let multi: MultiHandle
  private let commands = Mutex<[Command]>([])

  enum Command: Sendable {
    case start(Transfer)
    case resume(Transfer)
    case cancel(Transfer)
    case stop
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
  }

  /// `curl_global_init`, once a process.
  private static let initialise: Void = { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

  func send(_ command: Command) {
    commands.withLock { $0.append(command) }
    curl_multi_wakeup(multi.pointer)
  }

  /// Starts the thread; it ends at `stop`.
  func start() {
    var thread = pthread_t()
    let loop = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<CurlLoop>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, loop.toOpaque())
    if code == 0 { pthread_detach(thread) } else { loop.release() }
  }
}

// MARK: - On the thread

extension CurlLoop {
  private func run() {
    var running: [ObjectIdentifier: CurlHandle] = [:]
    while true {
      let pending = commands.withLock { commands in
        defer { commands = [] }
        return commands
      }
      for command in pending {
        switch command {
        case .start(let transfer): start(transfer, &running)
        case .resume(let transfer):
          if let handle = running[ObjectIdentifier(transfer)] { curl_easy_pause(handle.easy, CURLPAUSE_CONT) }
        case .cancel(let transfer):
          if let handle = running.removeValue(forKey: ObjectIdentifier(transfer)) { remove(handle) }
          transfer.finish(.failure(HTTPError(.cancelled, message: "cancelled", url: transfer.request.place)))
        case .stop:
          for handle in running.values {
            remove(handle)
            handle.transfer.finish(
              .failure(HTTPError(.cancelled, message: "the client was closed", url: handle.transfer.request.place)))
          }
          curl_multi_cleanup(multi.pointer)
          return
        }
      }
      var count: Int32 = 0
      curl_multi_perform(multi.pointer, &count)
      collect(&running)
      curl_multi_poll(multi.pointer, nil, 0, 1000, nil)
    }
  }

  private func start(_ transfer: Transfer, _ running: inout [ObjectIdentifier: CurlHandle]) {
    guard transfer.request.isWellFormed, let handle = CurlHandle(transfer, configuration) else {
      return transfer.finish(
        .failure(HTTPError(.invalidRequest, message: "this is no request of HTTP", url: transfer.request.place)))
    }
    running[ObjectIdentifier(transfer)] = handle
    curl_multi_add_handle(multi.pointer, handle.easy)
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

  private func remove(_ handle: CurlHandle) {
    curl_multi_remove_handle(multi.pointer, handle.easy)
  }
}
