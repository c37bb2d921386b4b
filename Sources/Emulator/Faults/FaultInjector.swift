import Synchronization

/// Counts requests against the rules and says which one strikes.
final class FaultInjector: Sendable {
  private struct State {
    var rules: [FaultRule]
    /// Matching requests so far, one a rule.
    var counts: [Int]
    /// Faults that struck, by name.
    var struck: [String: Int] = [:]
  }

  private let seed: UInt64
  private let state: Mutex<State>

  /// Counting begins at the first request.
  init(_ rules: [FaultRule], seed: UInt64) {
    self.seed = seed
    state = Mutex(State(rules: rules, counts: rules.map { _ in 0 }))
  }

  /// Replaces the rules; counting begins anew.
  func replace(_ rules: [FaultRule]) {
    state.withLock {
      $0.rules = rules
      $0.counts = rules.map { _ in 0 }
      $0.struck = [:]
    }
  }

  /// The fault for a request: the first rule that strikes. Every matching rule
  /// counts it.
  func strike(_ operation: Operation, table: String?) -> Fault? {
    state.withLock { state in
      var struck: Fault?
      for index in state.rules.indices where state.rules[index].matches(operation, table: table) {
        state.counts[index] += 1
        // Two rules by chance must not strike the same requests.
        let ruleSeed = seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03
        if struck == nil, state.rules[index].strikes(state.counts[index], seed: ruleSeed) {
          struck = state.rules[index].fault
        }
      }
      if let struck { state.struck[struck.name, default: 0] += 1 }
      return struck
    }
  }

  /// How often each fault struck.
  var counts: [String: Int] { state.withLock { $0.struck } }
}
