/// The documented exit codes; any other is to be treated as failure.
package enum ExitCode: Int32, Sendable, CaseIterable {
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

extension ExitCode {
  /// What it means in the shortest words, for the help and the man page; docs/exit-codes.md says more.
  var meaning: String {
    switch self {
    case .done: "done"
    case .error: "error"
    case .differences: "differences"
    case .partial: "partly done"
    case .posture: "resources not as declared"
    case .unavailable: "service unavailable"
    case .volumeCap: "stopped at a cap on volume"
    case .durationCap: "stopped at a cap on duration"
    case .locked: "locked"
    case .denied: "not authorised"
    case .stale: "plan file stale"
    case .usage: "usage"
    case .hungUp: "hung up"
    case .interrupted: "interrupted"
    case .terminated: "terminated"
    }
  }
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
