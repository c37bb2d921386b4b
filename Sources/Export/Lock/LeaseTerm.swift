/// How long a lease is good for, as its holder must see it: pure arithmetic on a clock
/// that is given, which goes on while the machine or the process sleeps.
///
/// The service counts from when it handled a request, which is after that was sent; so
/// a holder that counts from the sending stops early rather than late.
package struct LeaseTerm: Sendable {
  package typealias Instant = ContinuousClock.Instant

  /// What is to be done next.
  package enum Step: Sendable, Equatable {
    /// Nothing before then; nothing at all where nil.
    case wait(until: Instant?)
    /// Renew, and give up at `before`.
    case renew(before: Instant)
    /// The lease is lost: stop.
    case stop(Loss)
  }

  /// Why a lease is lost.
  package enum Loss: Sendable, Equatable {
    /// The store refused to renew it, in its words: another has it, or somebody ended it.
    case refused(String)
    /// It was not renewed in time.
    case ranOut
  }

  /// Nil where the lease ends with the process alone.
  private let length: Duration?
  /// When it must be taken for ended; nil for never.
  private var end: Instant?
  private var due: Instant
  package private(set) var loss: Loss?

  /// Stops this long before the service would give the lease to another.
  private static let margin = Duration.seconds(5)
  /// Between a renewal that failed and the next.
  private static let retry = Duration.seconds(2)

  /// A lease of `seconds`, nil for one without end, that was asked for at `asked`.
  package init(seconds: Int?, asked: Instant) {
    length = seconds.map { .seconds($0) }
    due = asked
    renewed(asked: asked)
  }
}

extension LeaseTerm {
  /// Whether the lease is surely held at `now`.
  package func isHeld(at now: Instant) -> Bool {
    loss == nil && (end.map { now < $0 } ?? true)
  }

  /// What is to be done at `now`; what is lost stays lost.
  package mutating func next(at now: Instant) -> Step {
    if let loss { return .stop(loss) }
    guard let end else { return .wait(until: nil) }
    guard now < end else {
      loss = .ranOut
      return .stop(.ranOut)
    }
    return now < due ? .wait(until: min(due, end)) : .renew(before: end)
  }

  /// Renewed by a request that was sent at `asked`.
  package mutating func renewed(asked: Instant) {
    guard let length else { return }
    end = asked + length - Self.margin
    due = asked + length / 3
  }

  /// A renewal came to nothing, for reasons that may pass.
  package mutating func failed(at now: Instant) { due = now + Self.retry }

  /// A renewal was refused.
  package mutating func refused(_ words: String) { loss = loss ?? .refused(words) }
}
