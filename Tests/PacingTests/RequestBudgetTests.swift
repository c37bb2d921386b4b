import Pacing
import TestSupport
import Testing

@Suite struct RequestBudgetTests {
  @Test func `tells how much of the window is used, not what still waits`() {
    let budget = RequestBudget(limit: 3, window: .seconds(30))
    let start = ContinuousClock.now
    #expect(budget.used(at: start) == 0)
    for _ in 0..<4 { _ = budget.reserve(at: start) }
    #expect(budget.used(at: start) == 2, "the oldest of four is forgotten, the last one waits")
    #expect(budget.used(at: start + .seconds(29)) == 2)
    #expect(budget.used(at: start + .seconds(30)) == 1)
    #expect(budget.used(at: start + .seconds(60)) == 0)
  }

  private let start = ContinuousClock.now

  @Test func `200 requests go at once, and the next when 30 seconds are over`() {
    let budget = RequestBudget()
    for _ in 0..<200 { #expect(budget.reserve(at: start) == start) }
    for _ in 0..<200 { #expect(budget.reserve(at: start) == start + .seconds(30)) }
    #expect(budget.reserve(at: start) == start + .seconds(60))
  }

  @Test func `a place comes back when its own request leaves the window`() {
    let budget = RequestBudget(limit: 2, window: .seconds(30))
    #expect(budget.reserve(at: start) == start)
    #expect(budget.reserve(at: start + .seconds(20)) == start + .seconds(20))
    #expect(budget.reserve(at: start + .seconds(25)) == start + .seconds(30))
    #expect(budget.reserve(at: start + .seconds(40)) == start + .seconds(50))
    #expect(budget.reserve(at: start + .seconds(300)) == start + .seconds(300))
  }

  @Test func `no window ever holds more than the limit, however requests come`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for limit in [1, 3, 10] {
      let budget = RequestBudget(limit: limit, window: .seconds(30))
      var now = start
      var due: [ContinuousClock.Instant] = []
      for _ in 0..<1000 {
        // Tasks read the clock before they come to the budget, so times may run back a little.
        now += .milliseconds(Int.random(in: -50...20_000 / limit, using: &random))
        let instant = budget.reserve(at: now)
        #expect(instant >= now, "seed \(seed)")
        due.append(instant)
      }
      #expect(due == due.sorted(), "seed \(seed)")
      for index in limit..<due.count {
        #expect(due[index] - due[index - limit] >= .seconds(30), "seed \(seed)")
      }
    }
  }

  @Test func `while requests are held back none goes, and all go thereafter`() {
    let budget = RequestBudget(limit: 3, window: .seconds(30))
    #expect(budget.reserve(at: start) == start)
    budget.holdBack(until: start + .seconds(12))
    #expect(budget.reserve(at: start + .seconds(1)) == start + .seconds(12))
    budget.holdBack(until: start + .seconds(5))
    #expect(budget.heldBack(at: start + .seconds(2)) == .seconds(10), "an earlier end does not shorten it")
    #expect(budget.reserve(at: start + .seconds(2)) == start + .seconds(12))
    #expect(budget.reserve(at: start + .seconds(2)) == start + .seconds(30), "the window counts all the same")
    #expect(budget.heldBack(at: start + .seconds(13)) == .zero)
    #expect(budget.reserve(at: start + .seconds(43)) == start + .seconds(43))
  }

  @Test func `who waits already is held back as well`() async throws {
    let budget = RequestBudget(limit: 1, window: .milliseconds(50))
    try await budget.admit()
    let held = ContinuousClock.now + .milliseconds(400)
    let waiting = Task {
      try await budget.admit()
      return ContinuousClock.now
    }
    budget.holdBack(until: held)
    #expect(try await waiting.value >= held)
  }

  @Test func `a budget of less than one still lets one through`() {
    let budget = RequestBudget(limit: 0, window: .seconds(30))
    #expect(budget.reserve(at: start) == start)
    #expect(budget.reserve(at: start) == start + .seconds(30))
  }

  @Test func `a task that is cancelled while it waits leaves by an error`() async throws {
    let budget = RequestBudget(limit: 1, window: .seconds(86_400))
    try await budget.admit()
    let waiting = Task { try await budget.admit() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }
}
