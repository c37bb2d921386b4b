internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// SIGINT and SIGTERM, turned into a clean stop. A second one ends at once.
///
/// The signals are blocked in every thread and taken by the main thread, which
/// waits for them with `sigwait(3)`, so that nothing runs inside a handler. The
/// main thread must not be the concurrency runtime's: while that sleeps, it
/// unblocks every signal.
package final class Signals: Sendable {
  private let state = Mutex((first: ExitCode?.none, handler: (@Sendable () -> Void)?.none))

  /// Blocks the signals; to be made before any other thread, since threads
  /// inherit what is blocked.
  package init() {
    // A pipe that is closed is an error of write(2), not a death.
    signal(SIGPIPE, SIG_IGN)
    var set = Self.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }
}

extension Signals {
  /// The code of the signal that came first.
  var received: ExitCode? { state.withLock { $0.first } }

  /// Sets what is done at the first signal.
  func onSignal(_ handler: @escaping @Sendable () -> Void) {
    state.withLock { $0.handler = handler }
  }

  /// Takes signals until the process ends.
  package func wait() -> Never {
    var set = Self.set
    while true {
      var number: Int32 = 0
      if sigwait(&set, &number) == 0 { receive(number == SIGINT ? .interrupted : .terminated) }
    }
  }

  private func receive(_ code: ExitCode) {
    let (isSecond, handler) = state.withLock { state in
      let isSecond = state.first != nil
      if !isSecond { state.first = code }
      return (isSecond, state.handler)
    }
    if isSecond { _exit(code.rawValue) }
    handler?()
  }
}
