import Pacing
import Testing

@Suite struct BackoffTests {
  /// All ones: draws the greatest.
  private struct Greatest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
  }

  /// Without any jitter.
  private let still = Backoff(base: .zero)

  private func delay(
    _ attempt: Int, retryAfter: Duration? = nil, _ backoff: Backoff = Backoff()
  ) -> Duration? {
    var generator = Greatest()
    return backoff.delay(attempt: attempt, retryAfter: retryAfter, using: &generator)
  }

  @Test func `the bound doubles from the base to the cap`() throws {
    let backoff = Backoff(base: .seconds(1), cap: .seconds(10), attempts: 8)
    let bounds = try (1...7).map { try #require(delay($0, backoff)) / .seconds(1) }
    for (bound, expected) in zip(bounds, [1, 2, 4, 8, 10, 10, 10] as [Double]) {
      #expect(abs(bound - expected) < 1e-6)
    }
  }

  @Test func `jitter is full: from nothing to the bound, evenly`() throws {
    var generator = SystemRandomNumberGenerator()
    let backoff = Backoff(base: .seconds(8), cap: .seconds(60), attempts: 2)
    var quarters = [0, 0, 0, 0]
    for _ in 0..<4000 {
      let delay = try #require(backoff.delay(attempt: 1, retryAfter: nil, using: &generator))
      #expect(delay >= .zero && delay <= .seconds(8))
      quarters[min(3, Int(delay / .seconds(2)))] += 1
    }
    // 1000 each; ten standard deviations are 270.
    #expect(quarters.allSatisfy { abs($0 - 1000) < 270 }, "\(quarters)")
  }

  @Test func `the last attempt is the last`() {
    let backoff = Backoff(attempts: 3)
    #expect(delay(2, backoff) != nil)
    #expect(delay(3, backoff) == nil)
    #expect(delay(4, backoff) == nil)
    #expect(delay(3, retryAfter: .seconds(1), backoff) == nil)
    #expect(delay(1, Backoff(attempts: 1)) == nil)
    #expect(delay(1, Backoff(attempts: 0)) == nil)
  }

  @Test func `a service that throttles is waited for longer, at a bound that stays`() throws {
    let backoff = Backoff(base: .seconds(1), cap: .seconds(60), attempts: 4, throttled: 9)
    for count in 1...9 {
      #expect(try #require(backoff.delay(throttled: count, retryAfter: nil)) <= .seconds(4))
    }
    #expect(backoff.delay(throttled: 10, retryAfter: nil) == nil)
    #expect(try #require(backoff.delay(throttled: 9, retryAfter: .seconds(30))) == .seconds(30))
    #expect(backoff.delay(throttled: 1, retryAfter: .seconds(301)) == nil)
    #expect(Backoff(attempts: 1).delay(throttled: 1, retryAfter: nil) == nil)
  }

  @Test func `what Retry-After asks for is the least`() throws {
    #expect(delay(1, retryAfter: .seconds(30), still) == .seconds(30))
    #expect(delay(1, retryAfter: .seconds(300), still) == .seconds(300))
    #expect(try #require(delay(8, retryAfter: .seconds(1), Backoff(attempts: 9))) > .seconds(1))
    #expect(delay(1, retryAfter: .seconds(-5), still) == .zero)
  }

  @Test func `a Retry-After beyond five minutes is not waited for`() {
    #expect(delay(1, retryAfter: .seconds(301)) == nil)
  }

  @Test func `far attempts do not overflow`() throws {
    let backoff = Backoff(base: .seconds(1), cap: .seconds(60), attempts: Int.max)
    #expect(try #require(delay(1_000_000, backoff)) <= .seconds(60))
    #expect(try #require(delay(0, backoff)) <= .seconds(1))
    #expect(try #require(delay(1, Backoff(base: .seconds(9), cap: .seconds(2), attempts: 2))) <= .seconds(2))
  }
}
