import Pacing
import Testing

@Suite struct ConcurrencyLimitTests {
  /// What happens, in order: requests are sent at one second of a clock and answered at another.
  enum Answer: Sendable {
    case success(sent: Int)
    case refusal(sent: Int, at: Int)
  }

  private static func successes(_ count: Int, sent: Int) -> [Answer] {
    Array(repeating: .success(sent: sent), count: count)
  }

  @Test(
    arguments: [
      ("nothing happens", 5, [], 5),
      ("success at the ceiling changes nothing", 5, successes(100, sent: 1), 5),
      ("a refusal halves, rounding down", 5, [.refusal(sent: 1, at: 2)], 2),
      ("a second one halves again", 5, [.refusal(sent: 1, at: 2), .refusal(sent: 2, at: 3)], 1),
      (
        "never below one", 5, [.refusal(sent: 1, at: 2), .refusal(sent: 3, at: 4), .refusal(sent: 5, at: 6)], 1
      ),
      (
        "a burst is one decrease", 5,
        [.refusal(sent: 1, at: 3), .refusal(sent: 2, at: 4), .refusal(sent: 1, at: 5)], 2
      ),
      ("of two searches one is left", 2, [.refusal(sent: 1, at: 2)], 1),
      ("as many successes as the limit raise it by one", 5, [.refusal(sent: 1, at: 2)] + successes(2, sent: 3), 3),
      ("one fewer does not", 5, [.refusal(sent: 1, at: 2)] + successes(1, sent: 3), 2),
      ("and then as many as the new limit", 5, [.refusal(sent: 1, at: 2)] + successes(2 + 3, sent: 3), 4),
      ("but not beyond the ceiling", 5, [.refusal(sent: 1, at: 2)] + successes(2 + 3 + 4 + 50, sent: 3), 5),
      ("what was sent before the decrease does not raise it", 5, [.refusal(sent: 1, at: 3)] + successes(9, sent: 2), 2),
      (
        "a refusal forgets successes", 5,
        [.refusal(sent: 1, at: 2), .success(sent: 3), .refusal(sent: 3, at: 4), .refusal(sent: 3, at: 5)]
          + successes(1, sent: 6), 2
      ),
      (
        "a sawtooth", 8,
        [.refusal(sent: 1, at: 2)] + successes(4 + 5, sent: 3) + [.refusal(sent: 3, at: 4)] + successes(3, sent: 5), 4
      ),
      ("a ceiling below one is one", 0, [.refusal(sent: 1, at: 2)] + successes(9, sent: 3), 1),
    ] as [(String, Int, [Answer], Int)])
  func `the limit follows from the answers`(_ what: String, _ ceiling: Int, _ answers: [Answer], _ expected: Int) {
    let start = ContinuousClock.now
    var limit = ConcurrencyLimit(ceiling: ceiling)
    for answer in answers {
      switch answer {
      case .success(let sent): limit.succeeded(sent: start + .seconds(sent))
      case .refusal(let sent, let now): limit.throttled(sent: start + .seconds(sent), at: start + .seconds(now))
      }
    }
    #expect(limit.limit == expected, "\(what)")
  }
}
