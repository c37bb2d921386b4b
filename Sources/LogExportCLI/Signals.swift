internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// SIGINT and SIGTERM, turned into a clean stop. A second one ends at once.
final class Signals: Sendable {
  private let state = Mutex((first: ExitCode?.none, handler: (@Sendable () -> Void)?.none))
  private let sources: [any DispatchSourceSignal]

  init() {
    // A pipe that is closed is an error of write(2), not a death.
    signal(SIGPIPE, SIG_IGN)
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, code) in zip(sources, [ExitCode.interrupted, .terminated]) {
      source.setEventHandler { [weak self] in self?.receive(code) }
      source.activate()
    }
  }

  /// The code of the signal that came first.
  var received: ExitCode? { state.withLock { $0.first } }

  /// Sets what is done at the first signal.
  func onSignal(_ handler: @escaping @Sendable () -> Void) {
    state.withLock { $0.handler = handler }
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
