internal import Diagnostics

/// What one check of `doctor` found.
struct Check: Sendable {
  /// How it went.
  enum Status: String, Sendable {
    case ok, warning, failed
    /// It depends on one that failed.
    case skipped
  }

  /// One word: `clock`.
  var name: String
  var status: Status
  /// One line, never a secret.
  var message: String
  /// What to do, on lines of their own; empty where there is nothing to do.
  var remedy: String
  /// What a failure means for the whole.
  var code: ExitCode

  private init(_ name: String, _ status: Status, _ message: String, remedy: String, code: ExitCode) {
    self.name = name
    self.status = status
    self.message = message
    self.remedy = remedy
    self.code = code
  }
}

extension Check {
  /// All is well.
  static func ok(_ name: String, _ message: String) -> Check { Check(name, .ok, message, remedy: "", code: .done) }

  /// A run works, but perhaps not as it should.
  static func warning(_ name: String, _ message: String, remedy: String) -> Check {
    Check(name, .warning, message, remedy: remedy, code: .done)
  }

  /// A run cannot work.
  static func failed(_ name: String, _ message: String, remedy: String, code: ExitCode = .error) -> Check {
    Check(name, .failed, message, remedy: remedy, code: code)
  }

  /// Nothing is known, because of another check.
  static func skipped(_ name: String, because other: String) -> Check {
    Check(name, .skipped, "not tried: it needs \(other)", remedy: "", code: .done)
  }

  /// What an error of any module means: its first line, and the others as the remedy.
  static func failed(_ name: String, _ error: any Error) -> Check {
    let failure = CommandFailure(error)
    let lines = failure.message.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    return failed(
      name, lines.first ?? "failed", remedy: lines.dropFirst().joined(separator: "\n"), code: failure.code)
  }

  /// As people read it: a sign, the name, what was found, and the remedy beneath.
  func line(_ style: Style) -> String {
    let sign =
      switch status {
      case .ok: style.green("✓")
      case .warning: style.yellow("!")
      case .failed: style.red("✗")
      case .skipped: style.dim("-")
      }
    let label = name + String(repeating: " ", count: max(0, Self.width - name.count))
    let indent = String(repeating: " ", count: Self.width + 3)
    let remedies = displayable(remedy).split(separator: "\n").map { "\(indent)\($0)\n" }
    return "\(sign) \(label) \(displayable(message))\n" + remedies.joined()
  }

  /// Columns of the longest name.
  private static let width = 11

  /// An object of `name`, `status`, `message` and, where there is one, `remedy`.
  var json: JSONValue {
    .object([
      ("name", .string(name)), ("status", .string(status.rawValue)), ("message", .string(message)),
      ("remedy", remedy.isEmpty ? nil : .string(remedy)),
    ])
  }
}

extension ExitCode {
  /// Denied before unavailable before anything else: who is refused has been answered.
  init(_ checks: [Check]) {
    let codes = checks.filter { $0.status == .failed }.map(\.code)
    let worst: [ExitCode] = [.denied, .unavailable, .error, .posture]
    self = worst.first { codes.contains($0) } ?? (codes.isEmpty ? .done : .error)
  }
}
