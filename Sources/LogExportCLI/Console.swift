internal import Azure
internal import Diagnostics
internal import Planning
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where output goes: results to stdout, everything else to stderr.
struct Console: Sendable {
  let style: Style
  /// Whether results are for programs.
  let json: Bool
  /// Which also takes what went wrong; nil before the command line is read.
  var log: Log?

  init(_ arguments: Arguments, environment: [String: String]) {
    json = arguments.has("json") || arguments.value("format") == "json"
    let plain =
      arguments.has("no-color") || environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    style = Style(colours: !plain && !json && isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
  }

  /// The run's log.
  func log(_ arguments: Arguments) throws(CommandFailure) -> Log {
    if let log { return log }
    return try Log(arguments)
  }

  /// Writes a result.
  ///
  /// Throws with code 1 where it cannot be written whole, without a message where its reader has gone:
  /// what was not said must not look like success.
  func write(_ text: String) throws(CommandFailure) {
    let problem = put(KnownSecrets.masked(text).utf8, to: STDOUT_FILENO)
    guard problem != 0 else { return }
    throw CommandFailure(
      .error, problem == EPIPE ? "" : "the result cannot be written: \(String(cString: strerror(problem)))")
  }

  /// Writes a line about what went wrong.
  func error(_ text: String) {
    put(KnownSecrets.masked(text.hasSuffix("\n") ? text : text + "\n").utf8, to: STDERR_FILENO)
  }

  /// Writes what a command could not do; for programs as a line of JSON, as problems of a spec are.
  func report(_ failure: CommandFailure) {
    if failure.message.isEmpty { return }
    log?.record(.error, failure.message)
    guard json else { return error(style.red("error:") + " " + displayable(failure.message)) }
    let lines = failure.message.split(separator: "\n", maxSplits: 1)
    let remedy = lines.count > 1 ? lines[1].split(separator: "\n").map { $0.drop { $0 == " " } } : nil
    error(Diagnostic(.error, String(lines[0]), remedy: remedy?.joined(separator: "\n")).json)
  }

  /// Writes why tables and slices could not be planned, whatever else is said of the plan.
  func report(_ failures: [TableFailure]) {
    for failure in failures {
      let subject = failure.slice.map { Slice(table: failure.table, range: $0).address } ?? failure.table
      report(CommandFailure(.error, "\(subject): \(failure.message)"))
    }
  }

  /// Writes to stderr without a line's end.
  static func prompt(_ text: String) { put(text.utf8, to: STDERR_FILENO) }

  /// The terminal's size on stderr, by `ioctl(2)` TIOCGWINSZ; 80 by 24 where there is none.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// The columns of the terminal that results go to, by `ioctl(2)` TIOCGWINSZ; 80 where it is none.
  static var resultColumns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether a person can be asked.
  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }
}
