import Export
import Pacing
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `Progress` {
  private let start = Tick(unixSeconds: 1_750_000_000)

  private func progress(tables: Int = 2) -> ApplyProgress {
    var progress = ApplyProgress(startedAt: start)
    for number in 0..<tables {
      progress.take(.tableStarted(table: "Table\(number)", slices: 24, rows: 10_000))
    }
    return progress
  }

  private func pace(queries: Int = 5, searches: Int = 2, heldBack: Duration = .zero) -> PaceState {
    PaceState(requests: (17, 200), queries: (queries, 5), searches: (searches, 2), heldBack: heldBack)
  }

  @Test func `bars are weighted by rows, and tables that are done go`() {
    var progress = progress()
    progress.take(.progressed(table: "Table0", rows: 7500, bytes: 1))
    progress.take(.tableFinished(table: "Table1", slices: 24, rows: 10_000, failed: 0))
    #expect(
      progress.block(pace(), at: start + .second * 10, width: 80, height: 10) == """
        Table0 ██████████████████████░░░░░░░░  75%  0/24 slices
        7500 of 20.0k rows, 750 rows/s, 17 s left
        17/200 requests, 5 of 5 queries at once, 0 retries

        """)
  }

  @Test func `a table that was stopped has no bar any more`() {
    var progress = progress()
    progress.take(.tableFinished(table: "Table0", slices: 3, rows: 10, failed: 1, stopped: .cancelled))
    #expect(!progress.block(pace(), at: start + .second, width: 80, height: 10).contains("Table0"))
    progress.take(.tableStarted(table: "Table0", slices: 5, rows: 100))
    #expect(progress.block(pace(), at: start + .second, width: 80, height: 10).contains("Table0"))
  }

  @Test(arguments: [(80, 3), (40, 3), (39, 4), (20, 4), (13, 6)])
  func `a block that was drawn for a wider terminal takes more rows`(columns: Int, rows: Int) {
    let block = "\(String(repeating: "█", count: 40))\n\(String(repeating: "x", count: 13))\n\n"
    #expect(Log.rows(block, columns: columns) == rows)
  }

  @Test(arguments: [
    (1000, "32 min left"), (15_000, "34 s left"), (12_400, "2 min left"), (19_999, "3 s left"), (20_000, "3 s left"),
    (20_400, "3 s left"),
  ])
  func `the time left is rounded up, and as long as slices are not committed`(rows: Int, wanted: String) {
    var progress = progress()
    progress.take(.tableFinished(table: "Table1", slices: 24, rows: 10_000, failed: 0))
    let slice = Slice(table: "Table0", range: TimeRange(start, start + .hour))
    for _ in 0..<23 { progress.take(.sliceFinished(slice, rows: 1, parts: 1, bytes: 1)) }
    progress.take(.progressed(table: "Table0", rows: rows, bytes: 1))
    let line = progress.block(pace(), at: start + .second * 100, width: 80, height: 10).split(separator: "\n")[1]
    #expect(line.hasSuffix(wanted), "\(line)")
  }

  @Test func `what was read and not committed is neither done nor about to be`() {
    var progress = progress(tables: 1)
    progress.take(.progressed(table: "Table0", rows: 10_000, bytes: 1))
    let lines = progress.block(pace(), at: start + .second * 10, width: 80, height: 10).split(separator: "\n")
    #expect(lines[0].hasSuffix("░  99%  0/24 slices") && lines[1] == "10.0k of 10.0k rows, 1000 rows/s")
  }

  @Test func `in a pipeline all stands on one line`() {
    var progress = progress()
    progress.take(.progressed(table: "Table0", rows: 7500, bytes: 1))
    progress.take(.tableFinished(table: "Table1", slices: 24, rows: 10_000, failed: 0))
    progress.retries = 1
    #expect(
      progress.line(pace(queries: 2, heldBack: .milliseconds(11_001)), at: start + .second * 10)
        == "7500 of 20.0k rows, 750 rows/s, 17 s left, 17/200 requests, 2 of 5 queries at once, "
        + "throttled, waiting 12 s, 1 retry")
  }

  @Test func `planning shows the pace of its counts`() {
    #expect(
      PlanningView.text(planned: 3, of: 100, counts: 12, pace())
        == "Planning: 3 of 100 tables, 12 counts, 17/200 requests, 5 of 5 queries at once")
    #expect(
      PlanningView.text(planned: 0, of: 1, counts: 1, pace(queries: 4, searches: 1, heldBack: .seconds(300)))
        == "Planning: 0 of 1 table, 1 count, 17/200 requests, 4 of 5 queries at once, 1 of 2 searches at once, "
        + "throttled, waiting 300 s")
  }

  @Test func `looking at blobs tells how far it has come`() {
    #expect(LookProgress.text("Importing", looked: 0, of: 0) == "Importing")
    #expect(LookProgress.text("Importing", looked: 12, of: 8760) == "Importing: 12 of 8760 blobs looked at")
  }

  @Test func `rows of a part that starts over do not count`() {
    var progress = progress(tables: 1)
    progress.take(.progressed(table: "Table0", rows: 500, bytes: 1))
    progress.take(.restarted(table: "Table0", rows: 500, reason: "it broke off"))
    #expect(progress.tables[0].done == 0)
  }

  @Test func `a stall is shown, though nothing happens in it`() async throws {
    let output = ProgressOutput(.none, try Log(threshold: .error, json: false, file: nil))
    let (shown, continuation) = AsyncStream.makeStream(of: Void.self)
    // The work ends only because it is shown.
    let refresh = { @Sendable () -> Void in continuation.yield() }
    try await output.during(refresh) { for await _ in shown { break } }
    struct Failed: Error {}
    await #expect(throws: Failed.self) { try await output.during(refresh) { throw Failed() } }
  }

  @Test(arguments: [20, 40, 80, 120], [3, 5, 14]) func `a block fits its terminal`(width: Int, height: Int) {
    let lines = progress(tables: 100).block(pace(), at: start + .second, width: width, height: height)
      .split(separator: "\n")
    #expect(lines.count <= height)
    #expect(lines.allSatisfy { $0.count < width })
  }
}
