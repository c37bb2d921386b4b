internal import FoundationEssentials
internal import Synchronization
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The log: everything that is no result goes here, to stderr and to a file.
package final class Log: Sendable {
  /// How much a line matters.
  package enum Level: Int, Sendable, Comparable {
    case debug, info, warning, error
    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    var name: String { ["debug", "info", "warning", "error"][rawValue] }
  }

  /// What goes to stderr; the file takes everything.
  let threshold: Level
  private let json: Bool
  private let file: Int32?
  /// Held around each write, so that lines of several tasks do not mix.
  private let screen = Mutex<String>("")

  /// Throws where the log file cannot be opened for appending.
  init(threshold: Level, json: Bool, file: String?) throws(CommandFailure) {
    self.threshold = threshold
    self.json = json
    guard let file else {
      self.file = nil
      return
    }
    let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw CommandFailure(.error, "cannot write the log file \(file): \(String(cString: strerror(errno)))")
    }
    self.file = descriptor
  }

  deinit {
    if let file { close(file) }
  }
}

extension Log {
  /// Writes a line, with fields for programs.
  func write(_ level: Level, _ message: String, _ fields: [String: String] = [:]) {
    let structured = json || file != nil ? Self.encode(level, message, fields) : ""
    if let file { put((structured + "\n").utf8, to: file) }
    guard level >= threshold else { return }
    screen.withLock { block in
      let line = json ? structured : level >= .warning ? "\(level.name): \(message)" : message
      put((Self.erase(block) + line + "\n" + block).utf8, to: STDERR_FILENO)
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
    return "\u{1B}[\(block.count { $0 == "\n" })A\r\u{1B}[J"
  }

  private static func encode(_ level: Level, _ message: String, _ fields: [String: String]) -> String {
    var entry = fields
    entry["time"] = Tick.now().iso8601
    entry["level"] = level.name
    entry["message"] = message
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A dictionary of strings always encodes; a line is better than none if it ever did not.
    guard let data = try? encoder.encode(entry) else { return message }
    return String(decoding: data, as: UTF8.self)
  }
}
