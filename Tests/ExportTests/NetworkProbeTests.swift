import Export
import Synchronization
import Testing

@Suite struct NetworkProbeTests {
  /// Answers by the second in which they are asked for: the last of these that has begun.
  private struct Case {
    var name: String
    var answers: [(from: Int, isOpen: Bool)]
    var narrows = true
    /// When the probe ended, and whether it was let in.
    var seconds: Int
    var isLetIn: Bool
  }

  @Test func `answers have to be good over a minute before a change counts as one that lets the job in`() async throws {
    let cases = [
      Case(name: "open", answers: [(0, true)], seconds: 60, isLetIn: true),
      Case(name: "open, and nobody is shut out", answers: [(0, true)], narrows: false, seconds: 0, isLetIn: true),
      Case(name: "opens late", answers: [(0, false), (50, true)], narrows: false, seconds: 50, isLetIn: true),
      Case(name: "opens late, others are shut out", answers: [(0, false), (50, true)], seconds: 110, isLetIn: true),
      Case(name: "shut", answers: [(0, false)], seconds: 120, isLetIn: false),
      Case(name: "shuts late", answers: [(0, true), (40, false)], seconds: 120, isLetIn: false),
      Case(
        name: "front ends differ", answers: [(0, true), (20, false), (30, true), (40, false), (50, true)],
        seconds: 110, isLetIn: true),
      Case(name: "never settles", answers: [(0, false), (110, true), (160, false)], seconds: 160, isLetIn: false),
    ]
    for one in cases {
      let now = Mutex(Duration.zero)
      let refusal = try await NetworkProbe.azure.refusal(
        narrows: one.narrows,
        reach: { () async throws(CancellationError) in
          let seconds = now.withLock { Int($0.components.seconds) }
          return one.answers.last { $0.from <= seconds }?.isOpen == true ? .open : .shut(reason: "403")
        }, pause: { (duration) async throws(CancellationError) in now.withLock { $0 += duration } })
      #expect((refusal == nil) == one.isLetIn, "\(one.name)")
      #expect(now.withLock { $0 } == .seconds(one.seconds), "\(one.name)")
    }
  }
}
