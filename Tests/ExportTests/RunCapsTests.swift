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
    #expect(next(first) == "T/2025-01-01T03:00:00Z, 10 rows")
    let second = try await run(archive, RunCaps(rows: 1000))
    #expect(second.exported.slices == 3 && second.capped == nil)
    try await archive.expectComplete()
  }

  @Test func `a batch is cut to what is left`() async throws {
    let archive = try Archive(Self.source())
    let outcome = try await run(archive, RunCaps(rows: 25))
    #expect(outcome.exported.rows == 20 && next(outcome) == "T/2025-01-01T02:00:00Z, 10 rows")
  }

  @Test func `a slice that is larger than the cap is not begun`() async throws {
    let archive = try Archive(Self.source())
    let outcome = try await run(archive, RunCaps(rows: 9))
    #expect(outcome.exported.slices == 0 && next(outcome) == "T/2025-01-01T00:00:00Z, 10 rows, the first")
    #expect(archive.source.state.withLock { $0.exportQueries } == 0)
  }

  @Test func `a table says that it stopped, and why`() async throws {
    let archive = try Archive(Self.source())
    let ends = Mutex<[ApplyEvent.Stop?]>([])
    @Sendable func report(_ event: ApplyEvent) {
      if case .tableFinished(_, _, _, _, let stopped) = event { ends.withLock { $0.append(stopped) } }
    }
    _ = try await run(archive, RunCaps(rows: 25), report: report)
    _ = try await run(archive, RunCaps(), report: report)
    let found = ends.withLock { $0 }
    guard found.count == 2, case .capped(.volume) = found[0] else {
      Issue.record("\(found)")
      return
    }
    #expect(found[1] == nil)
  }

  @Test func `no slice is begun once the time is over`() async throws {
    let archive = try Archive(Self.source(), limits: .init(rows: 12))
    let looks = Mutex(0)
    let outcome = try await run(
      archive, RunCaps(duration: .seconds(60)),
      elapsed: {
        looks.withLock { looks in
          looks += 1
          return looks > 2 ? .seconds(61) : .zero
        }
      })
    #expect(outcome.capped == .duration)
    #expect(outcome.exported.slices == 2)
    _ = try await run(archive, RunCaps())
    try await archive.expectComplete()
  }

  /// What the run stopped before.
  private func next(_ outcome: ApplyOutcome) -> String? {
    guard case .volume(let next) = outcome.capped else { return nil }
    return "\(next.slice), \(next.rows) rows\(next.isFirst ? ", the first" : "")"
  }

  private func run(
    _ archive: Archive, _ caps: RunCaps, elapsed: (@Sendable () -> Duration)? = nil,
    report: @escaping @Sendable (ApplyEvent) -> Void = { _ in }
  ) async throws -> ApplyOutcome {
    var applier = Applier(
      spec: archive.spec, plan: try await archive.plan(), source: archive.source, store: archive.store, parallelism: 1,
      runID: "run", clock: { archive.now }, report: report)
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
