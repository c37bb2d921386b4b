import Synchronization

/// Lets changed network rules act only after a while, counted in requests that are still judged by the old ones, so
/// that no test waits.
final class RulesDelay: Sendable {
  private let delay: Int
  private let accounts = Mutex<[String: State]>([:])

  private struct State {
    /// What requests are judged by.
    var acting: JSONValue?
    /// What was declared last.
    var declared: JSONValue?
    /// Requests until that acts.
    var left = 0
  }

  /// `delay` is how many requests are judged by the old rules.
  init(_ delay: Int) { self.delay = delay }

  /// The rules by which one request to an account is judged; those of the first are taken as they are.
  func acting(_ declared: JSONValue?, of account: String) -> JSONValue? {
    guard delay > 0 else { return declared }
    return accounts.withLock { accounts in
      var state = accounts[account] ?? State(acting: declared, declared: declared)
      if state.declared != declared {
        state.declared = declared
        state.left = delay
      }
      if state.left > 0 { state.left -= 1 } else { state.acting = declared }
      accounts[account] = state
      return state.acting
    }
  }
}
