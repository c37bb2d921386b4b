import BlobStorage
import Manifest
import Synchronization
import Testing
import Timeline

@Suite struct Ledgers {
  private let store = UnreliableStore()
  private var ledger: Ledger { Ledger(store: store, container: "manifest") }

  private func makeContainer() async throws { try await store.createContainer("manifest", metadata: [:]) }

  private func text(_ name: String) async throws -> String {
    String(decoding: try await store.read(BlobAddress(container: "manifest", name: name), range: nil), as: UTF8.self)
  }

  private func table() async throws -> ArchivedTable {
    try await ledger.read("T", from: ledger.segments())
  }

  @Test func `the header stands once, before the first rows`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    try await writer.prepare("T", years: [2025])
    #expect(try await text("T/2025.csv").utf8.elementsEqual(ManifestWriter.header))
    try await writer.append([exported(slice(0))])
    try await writer.append([exported(slice(1))])
    try await LedgerWriter(ledger).append([exported(slice(2))])
    #expect(try await text("T/2025.csv").utf8.elementsEqual(segment((0..<3).map { exported(slice($0)) })))
  }

  @Test func `a writer that meets another asks again whether it may write`() async throws {
    struct Lost: Error {}
    try await makeContainer()
    let first = LedgerWriter(ledger) { isContested in if isContested { throw Lost() } }
    try await first.append([exported(slice(0))])
    try await LedgerWriter(ledger).append([exported(slice(1))])
    await #expect(throws: Lost.self) { try await first.append([exported(slice(2))]) }
    #expect(try await text("T/2025.csv").utf8.elementsEqual(segment((0..<2).map { exported(slice($0)) })))
  }

  @Test func `a writer that may write no more writes nothing, and says why`() async throws {
    struct Lost: Error {}
    try await makeContainer()
    let mayWrite = Mutex(true)
    let writer = LedgerWriter(ledger) { _ in if !mayWrite.withLock({ $0 }) { throw Lost() } }
    try await writer.append([exported(slice(0))])
    mayWrite.withLock { $0 = false }
    await #expect(throws: Lost.self) { try await writer.append([exported(slice(1))]) }
    #expect(try await table().slices.map(\.range) == [slice(0)])
  }

  @Test func `a segment that was left without its header gets it`() async throws {
    try await makeContainer()
    _ = try await store.createAppendBlob(
      BlobAddress(container: "manifest", name: "T/2025.csv"), BlobProperties(contentType: "text/csv"))
    #expect(try await table().slices.isEmpty)
    try await LedgerWriter(ledger).append([exported(slice(0))])
    #expect(try await table().slices.count == 1)
  }

  @Test func `rows go to the year in which their slice starts`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    let turn = TimeRange(hour(-1), hour(1))
    try await writer.append([exported(turn)])
    try await writer.append([exported(slice(1))])
    #expect(try await ledger.segments().keys.sorted().map(\.name) == ["T/2024.csv", "T/2025.csv"])
    #expect(try await table().slices.map(\.range) == [turn, slice(1)])
  }

  @Test func `slices that end together share appends, and every one is recorded`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    try await writer.prepare("T", years: [2025])
    try await withThrowingTaskGroup { group in
      for index in 0..<300 {
        group.addTask {
          try await writer.append([
            exported(slice(Int64(index)), part: 1, of: 2), exported(slice(Int64(index)), part: 2, of: 2),
          ])
        }
      }
      try await group.waitForAll()
    }
    #expect(try await table().slices.map(\.range) == (0..<300).map { slice($0) })
    #expect(store.state.withLock { $0.appends } <= 301)
  }

  @Test func `two writers never lose or tear a row`() async throws {
    try await makeContainer()
    let writers = [LedgerWriter(ledger), LedgerWriter(ledger)]
    try await withThrowingTaskGroup { group in
      for index in 0..<200 {
        group.addTask { try await writers[index % 2].append([exported(slice(Int64(index)))]) }
      }
      try await group.waitForAll()
    }
    #expect(try await table().slices.map(\.range) == (0..<200).map { slice($0) })
    #expect(try await text("T/2025.csv").split(separator: "\n").count == 201)
  }

  @Test func `a lost reply is settled by what lies there`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    store.state.withLock { $0.mishaps = [.lostReply, .lostReply, nil, .lostReply] }
    for index in 0..<4 { try await writer.append([exported(slice(Int64(index)))]) }
    #expect(try await text("T/2025.csv").utf8.elementsEqual(segment((0..<4).map { exported(slice($0)) })))
  }

  @Test func `a writer that was overtaken appends behind the other`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    try await writer.prepare("T", years: [2025])
    store.state.withLock { $0.mishaps = [.overtaken(by: ManifestWriter.lines([exported(slice(5))]))] }
    try await writer.append([exported(slice(0))])
    #expect(try await table().slices.map(\.range) == [slice(0), slice(5)])
  }

  @Test func `an append that did not happen fails, and the next one goes on`() async throws {
    try await makeContainer()
    let writer = LedgerWriter(ledger)
    try await writer.prepare("T", years: [2025])
    store.state.withLock { $0.mishaps = [.busy] }
    await #expect(throws: StoreError.self) { try await writer.append([exported(slice(0))]) }
    try await writer.append([exported(slice(1))])
    #expect(try await table().slices.map(\.range) == [slice(1)])
  }

  @Test func `near fifty thousand appends a new segment begins`() async throws {
    try await makeContainer()
    try await LedgerWriter(ledger).append([exported(slice(0))])
    // Header and row were two appends.
    store.state.withLock { $0.earlierAppends = 49_000 - 3 }
    let writer = LedgerWriter(ledger)
    try await writer.append([exported(slice(1))])
    try await writer.append([exported(slice(2))])
    store.state.withLock { $0.earlierAppends = 0 }
    #expect(try await ledger.segments().keys.sorted().map(\.name) == ["T/2025.csv", "T/2025.0002.csv"])
    #expect(try await text("T/2025.csv").split(separator: "\n").count == 3)
    #expect(try await text("T/2025.0002.csv").utf8.elementsEqual(segment([exported(slice(2))])))
    #expect(try await table().slices.map(\.range) == (0..<3).map { slice($0) })
  }

  @Test func `a slice of more parts than one append can record is refused by name`() async throws {
    try await makeContainer()
    let rows = (1...30_000).map { exported(slice(0), part: $0, of: 30_000) }
    let error = try await #require(throws: ManifestError.self) { try await LedgerWriter(ledger).append(rows) }
    #expect(error.place == "T/2025-01-01T00:00:00Z")
  }

  @Test func `a manifest that is not there is empty`() async throws {
    #expect(try await ledger.segments().isEmpty)
    #expect(try await ledger.lineage() == nil)
    #expect(try await table().slices.isEmpty)
  }
}
