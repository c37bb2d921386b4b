import BlobStorage
import Compression
import Export
import ExportSpec
import Manifest
import Synchronization
import TestSupport
import Testing
import Timeline

/// Reading, compressing and staging go on at the same time: in order, and with one end for all.
@Suite struct Streaming {
  @Test(arguments: [CompressionKind.none, .gzip, .zstd])
  func `blobs of one block or of many hold what was sent, and their hashes say so`(kind: CompressionKind) async throws {
    var random = SplitMix64(seed: 30)
    var archive = try Archive(FakeSource(Archive.rows(60_000, using: &random)), slice: "1d")
    archive.spec.tables[0].compression = kind
    let counted = CrashingStore(archive.store) { _, _ in nil }
    #expect(try await archive.apply(through: counted).failures.isEmpty)
    let part = try #require(try await archive.archivedParts().first)
    #expect(part.rows == 60_000)
    let bytes = try await archive.store.read(
      try #require(BlobAddress(url: part.blobURL, in: archive.store.url)), range: nil)
    #expect(bytes.count == part.bytes)
    let (md5, sha256) = (try #require(Digest(.md5)), try #require(Digest(.sha256)))
    bytes.withUnsafeBytes {
      md5.update($0)
      sha256.update($0)
    }
    #expect(part.contentMD5 == Base64.encode(md5.finish()))
    #expect(part.sha256 == hexadecimal(sha256.finish()))
    if kind == .none { try await archive.expectComplete() }
  }

  @Test func `a block that cannot be staged ends an answer that has fallen silent`() async throws {
    let (archive, source) = try silent()
    let store = CrashingStore(archive.store) { operation, _ in operation == "stage" ? .refused : nil }
    let outcome = try await archive.run(archive.plan(), through: store, source: source)
    #expect(outcome.failures.map(\.message) == ["stage: not now"])
    #expect(source.isCancelled)
    #expect(try await archive.archivedParts().isEmpty)
  }

  @Test func `a run that is stopped does not wait for an answer that has fallen silent`() async throws {
    let (archive, source) = try silent()
    let plan = try await archive.plan()
    let run = Task { try await archive.run(plan, source: source) }
    await source.silence()
    run.cancel()
    #expect(try await run.value.cancelled)
    #expect(source.isCancelled)
    #expect(try await archive.archivedParts().isEmpty)
  }

  private func silent() throws -> (Archive, SilentSource) {
    var random = SplitMix64(seed: 31)
    let source = FakeSource(Archive.rows(60_000, using: &random))
    return (try Archive(source, slice: "1d"), SilentSource(source))
  }
}

/// Answers like another source, but for the last chunk of rows, which never comes.
final class SilentSource: LogSource {
  private let source: FakeSource
  private let stream = Mutex<SilentStream?>(nil)

  init(_ source: FakeSource) { self.source = source }

  var isCancelled: Bool { stream.withLock { $0?.isCancelled ?? false } }

  /// Waits until an answer has fallen silent.
  func silence() async {
    while stream.withLock({ $0?.isWaiting ?? false }) == false { await Task.yield() }
  }

  func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] { try await source.table(query) }

  func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream {
    let answer = SilentStream(try await source.rows(query))
    stream.withLock { $0 = answer }
    return answer
  }
}

final class SilentStream: ResponseStream {
  private enum State {
    case reading
    case waiting(CheckedContinuation<Void, Never>)
    case cancelled
  }

  private let stream: any ResponseStream
  private let state = Mutex(State.reading)
  let requestID: String? = "silent"

  init(_ stream: any ResponseStream) { self.stream = stream }

  var isCancelled: Bool { state.withLock { if case .cancelled = $0 { true } else { false } } }
  var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

  func next() async throws(SourceError) -> [UInt8]? {
    if let chunk = try await stream.next(), chunk.count == FakeStream.chunk { return chunk }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        state.withLock { state in
          if case .cancelled = state { return waiter.resume() }
          state = .waiting(waiter)
        }
      }
    } onCancel: {
      cancel()
    }
    throw SourceError(.cancelled, "cancelled")
  }

  func cancel() {
    state.withLock { state in
      if case .waiting(let waiter) = state { waiter.resume() }
      state = .cancelled
    }
  }
}
