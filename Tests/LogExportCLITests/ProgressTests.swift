import Export
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
    progress.requests = (17, 200)
    return progress
  }

  @Test func `bars are weighted by rows, and tables that are done go`() {
    var progress = progress()
    progress.take(.progressed(table: "Table0", rows: 7500, bytes: 1))
    progress.take(.tableFinished(table: "Table1", slices: 24, rows: 10_000, failed: 0))
    #expect(
      progress.block(at: start + .second * 10, width: 80, height: 10) == """
        Table0 ██████████████████████░░░░░░░░  75%  0/24 slices
        7500 of 20.0k rows, 750 rows/s, 0 retries, 17/200 requests, 1 min left

        """)
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
    let lines = progress(tables: 100).block(at: start + .second, width: width, height: height).split(separator: "\n")
    #expect(lines.count <= height)
    #expect(lines.allSatisfy { $0.count < width })
  }
}
