import Testing

@testable import HTTP

@Suite struct SilenceTests {
  private let start = ContinuousClock.now

  @Test func `silence is the time since the last byte in either direction`() {
    var silence = Silence(at: start)
    #expect(silence.length(moved: 0, at: start + .seconds(5)) == .seconds(5))
    #expect(silence.length(moved: 10, at: start + .seconds(6)) == .zero)
    #expect(silence.length(moved: 10, at: start + .seconds(66)) == .seconds(60))
    #expect(silence.length(moved: 11, at: start + .seconds(67)) == .zero)
  }

  @Test func `a head that took long leaves the body its full time`() {
    var silence = Silence(at: start)
    #expect(silence.length(moved: 0, at: start + .seconds(500)) == .seconds(500))
    #expect(silence.length(moved: 300, at: start + .seconds(501)) == .zero)
    #expect(silence.length(moved: 300, at: start + .seconds(540)) == .seconds(39))
  }

  @Test func `a pause does not count`() {
    var silence = Silence(at: start)
    #expect(silence.length(moved: 9, at: start + .seconds(1)) == .zero)
    silence.restart(at: start + .seconds(100))
    #expect(silence.length(moved: 9, at: start + .seconds(101)) == .seconds(1))
  }
}
