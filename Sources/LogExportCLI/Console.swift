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
  /// What makes another command one of the same spec: ` -f soc.yaml`; empty for the default.
  private let place: String
  /// Which also takes what went wrong; nil before the command line is read.
  var log: Log?

  init(_ arguments: Arguments, environment: [String: String]) {
    json = arguments.has("json") || arguments.value("format") == "json"
    place = ["chdir", "spec"].compactMap { flag in
      let isStandard = flag == "spec" && arguments.value(flag) == SpecFile.standard
      return isStandard ? nil : arguments.value(flag).map { " \(flag == "spec" ? "-f" : "--chdir") \(Shell.word($0))" }
    }.joined()
    let plain =
      arguments.has("no-color") || environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    style = Style(colours: !plain && !json && isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
  }

  /// The run's log.
  func log(_ arguments: Arguments) throws(CommandFailure) -> Log {
    if let log { return log }
    return try Log(arguments)
  }

  /// A text that people read, in which the commands to go on with are of this run's spec.
  func naming(_ text: String) -> String {
    if place.isEmpty { return text }
    return Self.recommended.reduce(text) { $0.replacing("logexport \($1)", with: "logexport \($1)\(place)") }
  }

  private static let recommended = [
    "plan", "apply", "doctor", "unlock", "status", "verify", "prune", "manifest list", "manifest rebuild",
    "manifest import",
  ]

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

  /// Writes a line about what went wrong; to programs that read the log, one of it.
  func error(_ text: String) {
    if let log, log.json { return log.write(.warning, text) }
    put(KnownSecrets.masked(text.hasSuffix("\n") ? text : text + "\n").utf8, to: STDERR_FILENO)
  }

  /// Writes what a command could not do; for programs as a line of JSON, as problems of a spec are.
  func report(_ failure: CommandFailure) {
    if failure.message.isEmpty { return }
    let message = naming(failure.message)
    let lines = message.split(separator: "\n", maxSplits: 1)
    let remedy = lines.count > 1 ? lines[1].split(separator: "\n").map { $0.drop { $0 == " " } } : nil
    let problem = Diagnostic(.error, String(lines[0]), remedy: remedy?.joined(separator: "\n"))
    if tell(problem, code: failure.code) { return }
    error(style.red("error:") + " " + displayable(message))
  }

  /// Writes problems of a file with its lines; each for programs as a line of JSON.
  func report(_ problems: [Diagnostic], source: SourceText) {
    let untold = problems.filter { !tell($0, code: $0.severity == .error ? .error : nil) }
    if !untold.isEmpty { error(DiagnosticRenderer(colors: style.colours).render(untold, source: source)) }
  }

  /// Writes a problem to the log's file, and for programs that read stderr there: as a line of the log where that is
  /// JSON. False where people read it, who have yet to be told.
  private func tell(_ problem: Diagnostic, code: ExitCode?) -> Bool {
    let level: Log.Level = problem.severity == .error ? .error : .warning
    guard let log, log.json else {
      log?.record(level, [problem.place, problem.summary, problem.remedy].compactMap(\.self).joined(separator: ": "))
      if json { error(problem.json) }
      return json
    }
    let start = problem.range?.start
    let members: [String: JSONValue?] = [
      "code": code.map { .integer(Int($0.rawValue)) }, "detail": problem.detail.map { .string($0) },
      "remedy": problem.remedy.map { .string($0) }, "file": problem.file.map { .string($0) },
      "line": start.map { .integer($0.line) }, "column": start.map { .integer($0.column) },
    ]
    log.write(level, problem.summary, members.compactMapValues(\.self))
    return true
  }

  /// Writes why tables and slices could not be planned, whatever else is said of the plan.
  func report(_ failures: [TableFailure]) {
    for failure in failures {
      let subject = failure.slice.map { Slice(table: failure.table, range: $0).address } ?? failure.table
      report(CommandFailure(ExitCode([failure.kind]), "\(subject): \(failure.message)"))
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
