/// Whether a person has agreed to what was shown.
struct Consent {
  private let isGiven: Bool

  /// Throws with exit code 64 where nobody can be asked and `--auto-approve` is not given; `look` says how to look first.
  init(_ arguments: Arguments, look: String) throws(CommandFailure) {
    isGiven = arguments.has("auto-approve")
    guard isGiven || Console.canAsk else {
      throw CommandFailure(.usage, "there is no terminal to ask on\n  \(look)")
    }
  }

  /// Asks, unless it is given already.
  func confirm(_ question: String, _ console: Console) async -> Bool {
    if isGiven { return true }
    if await Question.confirm(question) { return true }
    console.error("Nothing was done.")
    return false
  }
}
