import HTTP
import Pacing
import Synchronization
import Testing

@testable import Azure

@Suite struct PatienceTests {
  private let start = ContinuousClock.now
  private let backoff = Backoff(attempts: 7)

  /// How long a request goes on whose every attempt takes `attempt` and reaches nothing, and how often it is tried.
  private func patience(isKnown: Bool, attempt: Duration) -> (time: Duration, attempts: Int) {
    var patience = Patience()
    var now = start
    var count = 0
    while true {
      count += 1
      let begun = now
      now += attempt
      guard let delay = patience.delay(backoff, isKnown: isKnown, begun: begun, at: now) else {
        return (now - start, count)
      }
      now += delay
    }
  }

  @Test(arguments: [Duration.milliseconds(5), .seconds(10)])
  func `a host that never answered is given up within about ten seconds`(_ attempt: Duration) {
    for _ in 0..<100 {
      let result = patience(isKnown: false, attempt: attempt)
      #expect(result.time <= .seconds(12))
      #expect(result.attempts <= 3)
    }
  }

  @Test(arguments: [Duration.milliseconds(5), .seconds(10)])
  func `a host that has answered is waited for, and looked for often enough`(_ attempt: Duration) {
    for _ in 0..<100 {
      let result = patience(isKnown: true, attempt: attempt)
      #expect(result.time >= .seconds(90) && result.time <= .seconds(110))
      #expect(result.attempts >= 5)
    }
  }

  @Test func `an outage that ended begins anew`() {
    var patience = Patience()
    #expect(patience.delay(backoff, isKnown: true, begun: start, at: start + .seconds(80)) != nil)
    patience.end()
    let later = start + .seconds(100)
    #expect(patience.delay(backoff, isKnown: true, begun: later, at: later + .seconds(80)) != nil)
    #expect(patience.delay(backoff, isKnown: true, begun: later, at: later + .seconds(90)) == nil)
  }

  @Test func `a host that goes away during a run costs no attempts`() async throws {
    let server = ScriptedServer([.reply(200)])
    let request = HTTPRequest(method: "GET", url: "\(server.url)/")
    let retries = Mutex(0)
    let pipeline = quickPipeline(attempts: 2) { _ in retries.withLock { $0 += 1 } }
    #expect(try await pipeline.send(request, nil).head.status == 200)
    server.stop()
    let task = Task { try await pipeline.send(request, nil) }
    while retries.withLock({ $0 }) < 20 { await Task.yield() }
    task.cancel()
    await expect(.cancelled) { try await task.value }
  }
}
