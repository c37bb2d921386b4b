internal import ExportSpec
internal import Timeline

/// Flags whose value is an amount; each throws with exit code 64 where it is none.
extension Arguments {
  /// A whole number of 1 or more; nil where the flag was not given.
  func count(_ flag: String, of things: String) throws(CommandFailure) -> Int? {
    guard let text = value(flag) else { return nil }
    guard let count = Int(text), count > 0 else {
      throw CommandFailure(.usage, "--\(flag) is a number of \(things), not '\(text)'")
    }
    return count
  }

  /// A size in bytes; nil where the flag was not given.
  func size(_ flag: String) throws(CommandFailure) -> Int? {
    guard let text = value(flag) else { return nil }
    guard let bytes = byteSize(text), bytes > 0 else {
      throw CommandFailure(.usage, "--\(flag) '\(text)' is no size\n  Write 500MB, 20GB or a number of bytes.")
    }
    return bytes
  }

  /// A length of time, of `least` or more; nil where the flag was not given.
  func duration(_ flag: String, least: Timespan) throws(CommandFailure) -> Duration? {
    guard let text = value(flag) else { return nil }
    guard let span = Timespan(parsing: text), span >= least else {
      throw CommandFailure(.usage, "--\(flag) '\(text)' is no length of time\n  Write 90s, 10m or 2h.")
    }
    return .seconds(span.seconds)
  }

  /// Parts at once, of every command that reads or exports: `--parallelism`, 5 unless said otherwise.
  func parallelism() throws(CommandFailure) -> Int {
    guard let text = value("parallelism") else { return 5 }
    guard let value = Int(text), (1...64).contains(value) else {
      throw CommandFailure(.usage, "--parallelism is 1 to 64, not '\(text)'")
    }
    return value
  }

  /// How long to wait for the lock, of every command that writes: `--lock-timeout`, not at all unless asked to.
  func lockTimeout() throws(CommandFailure) -> Duration { try duration("lock-timeout", least: .zero) ?? .zero }
}
