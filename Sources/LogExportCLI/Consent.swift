internal import Export
internal import Manifest

/// Whether a person has agreed to what was shown, or can be asked.
struct Consent {
  private let isGiven: Bool
  /// How to go on where nobody can be asked.
  fileprivate let remedy: String

  init(_ arguments: Arguments, remedy: String) {
    isGiven = arguments.has("auto-approve")
    self.remedy = remedy
  }

  fileprivate var isPossible: Bool { isGiven || Console.canAsk }

  /// Shows what there is to agree to: as the result, but for programs only where nothing will be done.
  func show(_ console: Console, text: String, json: String) throws(CommandFailure) {
    if !console.json { return try console.write(text) }
    if !isPossible { return try console.write(json) }
    if !isGiven { console.error(text) }
  }

  /// Asks, unless it is given already.
  fileprivate func confirm(_ question: String, _ console: Console) async -> Bool {
    if isGiven { return true }
    if await Question.confirm(question) { return true }
    console.error("Nothing was done.")
    return false
  }
}

/// What looking came to.
enum Proposal<Found: Sendable>: Sendable {
  /// There is nothing to do, and so it was said.
  case nothing(ExitCode)
  /// It was shown, and is to be agreed to.
  case something(Found)
}

extension Session {
  /// Looks, asks, and does what was found, all as the archive's only writer.
  ///
  /// Where nobody can be asked it looks all the same, which needs neither the lock nor a right to write, and throws
  /// with code 64 where there is something to do.
  func propose<Found>(
    _ command: String, _ question: String, _ consent: Consent, timeout: Duration, _ signals: Signals,
    look: @escaping @Sendable () async throws -> Proposal<Found>,
    carryOut: @escaping @Sendable (Found, @escaping AppendPermit) async throws -> ExitCode
  ) async throws -> ExitCode {
    guard consent.isPossible else {
      switch try await look() {
      case .nothing(let code): return code
      case .something:
        throw CommandFailure(.usage, "there is no terminal to ask on, nothing was done\n  \(consent.remedy)")
      }
    }
    return try await asOnlyWriter(command, log.run.description, timeout: timeout, signals) { lock in
      switch try await look() {
      case .nothing(let code): return code
      case .something(let found):
        guard await consent.confirm(question, console) else { return .error }
        return try await carryOut(found) { try await lock.check(isContested: $0) }
      }
    }
  }
}
