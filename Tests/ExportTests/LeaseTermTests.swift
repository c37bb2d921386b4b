import Export
import Testing

@Suite struct `The term of a lease` {
  private let start = ContinuousClock.now

  private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

  /// What happens to a lease of 60 seconds.
  enum Event: Sendable {
    /// A renewal was sent at the first second, and its reply came.
    case renewed(asked: Int)
    case failed(at: Int)
    case refused
  }

  /// What is to be done, in seconds from the start.
  enum Wanted: Sendable, Equatable {
    case wait(Int)
    case renew(before: Int)
    case stop(LeaseTerm.Loss)
  }

  @Test(
    arguments: [
      ("nothing to do before a third has passed", [], 0, .wait(20), true),
      ("nor just before it", [], 19, .wait(20), true),
      ("then it is renewed", [], 20, .renew(before: 55), true),
      ("late as well, such as after a short stop", [], 54, .renew(before: 55), true),
      ("too late is lost, before the service gives it away", [], 55, .stop(.ranOut), false),
      ("much too late too, such as after a long stop", [], 4000, .stop(.ranOut), false),
      ("a renewal counts from when it was sent", [.renewed(asked: 20)], 39, .wait(40), true),
      ("so one that took long is soon followed by another", [.renewed(asked: 20)], 50, .renew(before: 75), true),
      ("and one that took too long comes to nothing", [.renewed(asked: 20)], 75, .stop(.ranOut), false),
      ("what failed is tried again shortly", [.failed(at: 21)], 21, .wait(23), true),
      ("and again", [.failed(at: 21), .failed(at: 24)], 26, .renew(before: 55), true),
      ("until it must have run out", [.failed(at: 21), .failed(at: 54)], 54, .wait(55), true),
      ("whatever was tried", [.failed(at: 21), .failed(at: 54)], 55, .stop(.ranOut), false),
      ("a failure does not shorten it", [.renewed(asked: 20), .failed(at: 41)], 74, .renew(before: 75), true),
      ("a refusal ends it at once", [.refused], 1, .stop(.refused("x")), false),
      ("for good", [.refused, .renewed(asked: 2)], 3, .stop(.refused("x")), false),
    ] as [(String, [Event], Int, Wanted, Bool)])
  func `says what to do next`(
    _ sentence: String, events: [Event], now: Int, wanted: Wanted, isHeld: Bool
  ) {
    var term = LeaseTerm(seconds: 60, asked: start)
    for event in events {
      switch event {
      case .renewed(let asked): term.renewed(asked: at(asked))
      case .failed(let now): term.failed(at: at(now))
      case .refused: term.refused("x")
      }
    }
    #expect(term.isHeld(at: at(now)) == isHeld)
    let step: LeaseTerm.Step =
      switch wanted {
      case .wait(let second): .wait(until: at(second))
      case .renew(let second): .renew(before: at(second))
      case .stop(let loss): .stop(loss)
      }
    #expect(term.next(at: at(now)) == step)
  }

  @Test func `what has run out stays so, though a reply may still come`() {
    var term = LeaseTerm(seconds: 60, asked: start)
    #expect(term.next(at: at(55)) == .stop(.ranOut))
    term.renewed(asked: at(54))
    #expect(term.next(at: at(55)) == .stop(.ranOut))
    #expect(!term.isHeld(at: at(55)))
  }

  @Test func `a lease that goes with its process needs nothing`() {
    var term = LeaseTerm(seconds: nil, asked: start)
    #expect(term.next(at: at(1_000_000)) == .wait(until: nil))
    #expect(term.isHeld(at: at(1_000_000)))
  }
}
