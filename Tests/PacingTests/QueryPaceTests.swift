import Pacing
import Testing

@Suite struct QueryPaceTests {
  private let start = ContinuousClock.now

  @Test func `a fresh pace has all the service allows`() {
    let state = QueryPace().state(at: start)
    #expect(state.requests == (0, 200))
    #expect(state.queries == (5, 5))
    #expect(state.searches == (2, 2))
    #expect(state.heldBack == .zero)
  }

  @Test func `a refusal lowers the limit that it met, and success raises it`() {
    let pace = QueryPace()
    pace.throttled(.search, sent: start, retryAfter: nil, at: start + .seconds(1))
    #expect(pace.state(at: start).searches == (1, 2))
    #expect(pace.state(at: start).queries == (5, 5))
    pace.throttled(.query, sent: start, retryAfter: nil, at: start + .seconds(1))
    #expect(pace.state(at: start).queries == (2, 5))
    for _ in 0..<2 { pace.succeeded(.search, sent: start + .seconds(2)) }
    #expect(pace.state(at: start).searches == (2, 2))
    #expect(pace.state(at: start).queries == (3, 5), "a search counts as a query as well")
  }

  @Test func `a lower limit binds whoever asks next`() async {
    let pace = QueryPace()
    pace.throttled(.query, sent: start, retryAfter: nil, at: start)
    var permits = [await pace.permits(.query), await pace.permits(.query)]
    let third = Task { await pace.permits(.query) }
    third.cancel()
    // Nothing but its cancellation lets it go on.
    _ = await third.value
    permits.removeFirst()
    permits.append(await pace.permits(.query))
    #expect(permits.count == 2)
  }

  @Test func `what the service asks one to wait all wait`() {
    let pace = QueryPace()
    pace.throttled(.query, sent: start, retryAfter: .seconds(12), at: start)
    #expect(pace.state(at: start).heldBack == .seconds(12))
    pace.throttled(.query, sent: start, retryAfter: .seconds(3), at: start + .seconds(1))
    #expect(pace.state(at: start + .seconds(5)).heldBack == .seconds(7), "the longest wait counts")
    #expect(pace.state(at: start + .seconds(12)).heldBack == .zero)
  }

  @Test func `a wait that no run outlives holds nobody back`() {
    let pace = QueryPace()
    pace.throttled(.query, sent: start, retryAfter: .seconds(301), at: start)
    #expect(pace.state(at: start).heldBack == .zero)
    pace.throttled(.query, sent: start, retryAfter: .seconds(300), at: start)
    #expect(pace.state(at: start).heldBack == .seconds(300))
  }
}
