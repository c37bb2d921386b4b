internal import Synchronization
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How progress is shown: `--progress`.
enum ProgressStyle: Sendable {
  /// A steady block, redrawn; the log scrolls above.
  case terminal
  /// One line a minute.
  case plain
  case none

  init(_ arguments: Arguments, _ environment: [String: String]) {
    switch arguments.value("progress") {
    case "tty": self = .terminal
    case "plain": self = .plain
    case "none": self = .none
    default:
      let inPipeline = environment["CI"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
      let isForPrograms = arguments.value("log-format") == "json"
      self = isatty(STDERR_FILENO) == 1 && !inPipeline && !isForPrograms ? .terminal : .plain
    }
  }
}

/// Where progress goes, and when it is due.
final class ProgressOutput: Sendable {
  private let style: ProgressStyle
  private let log: Log
  private let shownAt: Mutex<Tick>

  init(_ style: ProgressStyle, _ log: Log) {
    self.style = style
    self.log = log
    shownAt = Mutex(.now())
  }

  /// Redraws at most ten times a second on a terminal, or writes one line a minute.
  func show(block: (_ width: Int, _ height: Int) -> String, line: () -> String) {
    if style == .none { return }
    let interval: Timespan = style == .terminal ? .millisecond * 100 : .minute
    let now = Tick.now()
    let isDue = shownAt.withLock { shownAt in
      guard now - shownAt >= interval else { return false }
      shownAt = now
      return true
    }
    guard isDue else { return }
    if style == .terminal {
      let size = Console.size
      log.show(block: block(size.columns, min(14, size.rows - 2)))
    } else {
      log.write(.info, line())
    }
  }

  /// Does the work, calls `refresh` each second meanwhile, since a stall has no events but must be
  /// seen, and takes the progress away whatever comes of the work.
  func during<T>(_ refresh: @escaping @Sendable () -> Void, _ work: () async throws -> T) async throws -> T {
    let pulse = Task {
      // A sleep that throws was cancelled: the work is done.
      while (try? await Task.sleep(for: .seconds(1))) != nil { refresh() }
    }
    let result: Result<T, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    pulse.cancel()
    // What is drawn after the end would stay.
    await pulse.value
    finish()
    return try result.get()
  }

  /// Takes the block away, so that results follow the log.
  private func finish() {
    if style == .terminal { log.show(block: "") }
  }
}
