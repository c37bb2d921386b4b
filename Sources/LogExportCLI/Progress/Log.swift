internal import Azure
internal import Diagnostics
internal import Synchronization
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The log: everything that is no result goes here, to stderr and to a file.
///
/// Secrets that this process holds are masked in every line, whoever repeated them.
package final class Log: Sendable {
  /// How much a line matters.
  package enum Level: Int, Sendable, Comparable {
    case debug, info, warning, error
    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    var name: String { ["debug", "info", "warning", "error"][rawValue] }
  }

  /// What goes to stderr; the file takes everything.
  let threshold: Level
  /// The run that every line of the file, and every line of JSON, names.
  let run: RunID
  /// Whether lines are for programs.
  let json: Bool
  private let file: LogFile?
  /// Whether it was said that the file has gaps.
  private let hasGaps = Mutex(false)
  /// Held around each write, so that lines of several tasks do not mix.
  private let screen = Mutex<String>("")

  /// Throws where the log file cannot be opened for appending.
  init(threshold: Level, json: Bool, file: String?, run: RunID = RunID()) throws(CommandFailure) {
    self.threshold = threshold
    self.json = json
    self.run = run
    self.file = try file.map { path throws(CommandFailure) in try LogFile(path) }
  }
}

extension Log {
  /// Writes a line, with fields for programs.
  func write(_ level: Level, _ message: String, _ fields: [String: JSONValue] = [:]) {
    if file == nil, level < threshold { return }
    let entry = entry(level, message, fields)
    keep(entry)
    if level >= threshold { show(entry) }
  }

  /// Writes a line to the file alone: the screen says it in another way.
  func record(_ level: Level, _ message: String) {
    if file != nil { keep(entry(level, message, [:])) }
  }

  private func entry(_ level: Level, _ message: String, _ fields: [String: JSONValue]) -> LogEntry {
    LogEntry(
      time: .now(), level: level, run: run, message: KnownSecrets.masked(message),
      fields: fields.mapValues { if case .string(let text) = $0 { .string(KnownSecrets.masked(text)) } else { $0 } })
  }

  /// Writes to the file, and says once, however little is asked for, that a line of it is lost.
  private func keep(_ entry: LogEntry) {
    guard let problem = file?.write(json ? entry.json : entry.line) else { return }
    let isFirst = hasGaps.withLock { hasGaps in
      defer { hasGaps = true }
      return !hasGaps
    }
    if isFirst { show(self.entry(.warning, "\(problem); the work goes on, and the file has gaps", [:])) }
  }

  private func show(_ entry: LogEntry) {
    screen.withLock { block in
      _ = put((Self.erase(block) + (json ? entry.json : entry.brief) + "\n" + block).utf8, to: STDERR_FILENO)
    }
  }

  /// Replaces the steady block at the bottom of a terminal.
  func show(block: String) {
    screen.withLock { shown in
      put((Self.erase(shown) + block).utf8, to: STDERR_FILENO)
      shown = block
    }
  }

  /// Moves up over the block that is shown and clears to the end of the screen.
  private static func erase(_ block: String) -> String {
    if block.isEmpty { return "" }
    return "\u{1B}[\(rows(block, columns: Console.size.columns))A\r\u{1B}[J"
  }

  /// How many rows of a terminal a block takes: lines that were drawn for a wider one are wrapped by now.
  static func rows(_ block: String, columns: Int) -> Int {
    block.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .reduce(0) { $0 + max(1, ($1.count + columns - 1) / columns) }
  }
}

/// What one line of the log says.
struct LogEntry {
  var time: Tick
  var level: Log.Level
  var run: RunID
  var message: String
  /// Texts, and numbers.
  var fields: [String: JSONValue]

  /// For a terminal.
  var brief: String { displayable(level >= .warning ? "\(level.name): \(message)" : message) }

  /// For a file of text. What is quoted from a service cannot end the line, so it cannot forge one.
  var line: String {
    let text = "\(time.iso8601) \(level.name) \(run) \(message)"
    let pairs = fields.sorted { $0.key < $1.key }.map { name, value in
      if case .string(let text) = value, !text.contains(" ") { return " \(name)=\(text)" }
      return " \(name)=\(value.text)"
    }
    return DisplayText((text + pairs.joined()).replacing("\n", with: "\\n").unicodeScalars).text
  }

  /// One object.
  var json: String {
    var members = fields
    members["time"] = .string(time.iso8601)
    members["level"] = .string(level.name)
    members["run_id"] = .string(run.description)
    members["message"] = .string(message)
    return JSONValue.object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).text
  }
}
