internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// SIGINT, SIGTERM and SIGHUP, turned into a clean stop; a second one ends at once, but for a SIGHUP, which
/// the kernel and the shell both send where a terminal closes. SIGCONT, turned into a look at what may have
/// changed while the process was stopped.
///
/// The signals are blocked in every thread and taken by the main thread, which
/// waits for them with `sigwait(3)`, so that nothing runs inside a handler. The
/// main thread must not be the concurrency runtime's: while that sleeps, it
/// unblocks every signal.
package final class Signals: Sendable {
  private let set: sigset_t
  private let state = Mutex(
    (first: ExitCode?.none, handler: (@Sendable () -> Void)?.none, resumed: (@Sendable () -> Void)?.none))

  /// Blocks the signals; to be made before any other thread, since threads
  /// inherit what is blocked.
  package init() {
    // A pipe that is closed is an error of write(2), not a death.
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGCONT] { sigaddset(&set, number) }
    // `nohup` has it ignored, and what is ignored would be taken all the same once it is blocked.
    if !Self.leaveIgnored(SIGHUP) { sigaddset(&set, SIGHUP) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    self.set = set
  }

  /// Whether a signal was ignored before the program began; it stays so.
  private static func leaveIgnored(_ number: Int32) -> Bool {
    let before = signal(number, SIG_DFL)
    guard unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) else { return false }
    signal(number, SIG_IGN)
    return true
  }
}

extension Signals {
  /// The code of the signal that came first.
  var received: ExitCode? { state.withLock { $0.first } }

  /// Sets what is done at the first signal.
  func onSignal(_ handler: @escaping @Sendable () -> Void) {
    state.withLock { $0.handler = handler }
  }

  /// Sets what is done whenever the process goes on after it was stopped; nil for nothing.
  func onResume(_ handler: (@Sendable () -> Void)?) {
    state.withLock { $0.resumed = handler }
  }

  /// Takes signals until the process ends.
  package func wait() -> Never {
    var set = set
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      switch number {
      case SIGCONT: state.withLock { $0.resumed }?()
      case SIGINT: receive(.interrupted)
      case SIGHUP: receive(.hungUp)
      default: receive(.terminated)
      }
    }
  }

  private func receive(_ code: ExitCode) {
    let (isSecond, handler) = state.withLock { state in
      let isSecond = state.first != nil
      if !isSecond { state.first = code }
      return (isSecond, state.handler)
    }
    if !isSecond { return handler?() ?? () }
    if code != .hungUp { _exit(code.rawValue) }
  }
}
