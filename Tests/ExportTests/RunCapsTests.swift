import Export
import ExportSpec
import Planning
import Synchronization
import Testing
import Timeline

@Suite struct CappedRuns {
  @Test func `a cap on rows is kept, and the next run goes on where it ended`() async throws {
    let archive = try Archive(Self.source(), limits: .init(rows: 12))
    let first = try await run(archive, RunCaps(rows: 35))
    #expect(first.exported.rows == 30 && first.exported.slices == 3)
    #expect(first.capped == .volume)
    let second = try await run(archive, RunCaps(rows: 1000))
    #expect(second.exported.slices == 3 && second.capped == nil)
    try await archive.expectComplete()
  }

  @Test func `a batch is cut to what is left`() async throws {
    let archive = try Archive(Self.source())
    let outcome = try await run(archive, RunCaps(rows: 25))
    #expect(outcome.exported.rows == 20 && outcome.capped == .volume)
  }

  @Test func `a slice that is larger than the cap is not begun`() async throws {
    let archive = try Archive(Self.source())
    let outcome = try await run(archive, RunCaps(rows: 9))
    #expect(outcome.exported.slices == 0 && outcome.capped == .volume)
    #expect(archive.source.state.withLock { $0.exportQueries } == 0)
  }

  @Test func `no slice is begun once the time is over`() async throws {
    let archive = try Archive(Self.source(), limits: .init(rows: 12))
    let looks = Mutex(0)
    let outcome = try await run(archive, RunCaps(duration: .seconds(60))) {
      looks.withLock { looks in
        looks += 1
        return looks > 2 ? .seconds(61) : .zero
      }
    }
    #expect(outcome.capped == .duration)
    #expect(outcome.exported.slices == 2)
    _ = try await run(archive, RunCaps())
    try await archive.expectComplete()
  }

  private func run(
    _ archive: Archive, _ caps: RunCaps, elapsed: (@Sendable () -> Duration)? = nil
  ) async throws -> ApplyOutcome {
    var applier = Applier(
      spec: archive.spec, plan: try await archive.plan(), source: archive.source, store: archive.store, parallelism: 1,
      runID: "run", clock: { archive.now })
    applier.caps = caps
    if let elapsed { applier.elapsed = elapsed }
    return try await applier.run()
  }

  /// Ten rows in each of the first six hours.
  private static func source() -> FakeSource {
    let start: Int64 = 17_356_896_000_000_000
    return FakeSource(
      (0..<60).map { id in
        FakeSource.Row(
          time: Tick(rawValue: start + Int64(id / 10) * Timespan.hour.ticks + Int64(id % 10)), id: id, bucket: id)
      })
  }
}
