/// The documented exit codes; any other is to be treated as failure.
package enum ExitCode: Int32, Sendable {
  case done = 0
  case error = 1
  /// Differences were found, and details were asked for.
  case differences = 2
  /// Partly done; what is recorded is consistent: run again.
  case partial = 3
  /// The resources are not what the spec declares, or a change of them was not allowed.
  case posture = 4
  /// The service stayed unavailable or throttled.
  case unavailable = 5
  /// Stopped at `--max-rows` or `--max-bytes`; what was finished is recorded.
  case volumeCap = 8
  /// Stopped at `--max-duration`; what was finished is recorded.
  case durationCap = 10
  /// Another run holds the archive's lock, or has taken it over.
  case locked = 11
  /// Authentication or authorisation failed.
  case denied = 12
  /// A saved plan is stale, or is not the one that was approved.
  case stale = 13
  /// The command line is wrong.
  case usage = 64
  /// SIGHUP; what was finished is recorded.
  case hungUp = 129
  /// SIGINT; what was finished is recorded.
  case interrupted = 130
  /// SIGTERM; what was finished is recorded.
  case terminated = 143
}

/// A command that cannot go on: what to print, and the code to end with.
package struct CommandFailure: Error, Sendable {
  package var code: ExitCode
  /// Without a leading `error: `; further lines say what to do. Empty where there is nothing to say.
  package var message: String

  package init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }
}
