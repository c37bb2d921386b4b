import BlobStorage
import Export
import ExportSpec
import Planning
import Synchronization
import TestSupport
import Testing
import Timeline

/// How blobs are found that are to go by name.
@Suite struct `What is to go` {
  /// Lets nobody pass before so many have come.
  private final class Meeting: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let size: Int

    init(of size: Int) { self.size = size }

    func come() async {
      await withCheckedContinuation { continuation in
        let all = waiting.withLock { waiting in
          waiting.append(continuation)
          if waiting.count < size { return [CheckedContinuation<Void, Never>]() }
          defer { waiting = [] }
          return waiting
        }
        for one in all { one.resume() }
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func `blobs of different slices are looked at together`() async throws {
    var random = SplitMix64(seed: 90)
    var archive = try Archive(FakeSource(Archive.rows(2000, using: &random)))
    try await archive.apply()
    archive.spec.tables[0].from = .at(try #require(Tick(iso8601: "2025-01-01T16:00:00Z")))
    // One by one, the first would wait for ever.
    let meeting = Meeting(of: 8)
    let looked = Mutex((found: 0, looked: 0))
    let pruner = Pruner(
      spec: archive.spec, tables: archive.spec.tables, beyond: { _ in true },
      store: CrashingStore(archive.store, look: meeting.come) { _, _ in nil }, now: archive.now, runID: "run",
      report: { event in
        looked.withLock { looked in
          switch event {
          case .found(let blobs): looked.found += blobs
          case .looked: looked.looked += 1
          }
        }
      })
    var selection = PruneSelection()
    selection.undeclared = true
    let pruning = try await pruner.look(selection)
    #expect(pruning.items.count == 16 && pruning.items.allSatisfy { $0.blobs.count == 1 && $0.blobs[0].etag != nil })
    #expect(pruning.items.map(\.slice.range.start) == pruning.items.map(\.slice.range.start).sorted())
    #expect(looked.withLock { $0 } == (16, 16))
  }
}
