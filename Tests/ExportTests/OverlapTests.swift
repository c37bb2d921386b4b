import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// Slices in force that cover the same time.
@Suite struct `Two slices of the same time` {
  /// A day in hours, of which a run that was planned before took 04:00 to 06:00 at once as well.
  private static func archive() async throws -> Archive {
    var random = SplitMix64(seed: 31)
    let archive = try Archive(FakeSource(Archive.rows(500, using: &random)))
    var wide = try Archive(archive.source, store: archive.store, slice: "2h")
    wide.spec.tables[0].from = .at(try tick(4))
    wide.spec.tables[0].to = .at(try tick(6))
    let plan = try await wide.plan()
    try await archive.apply()
    try await wide.run(plan)
    return archive
  }

  private static func tick(_ hour: Int64) throws -> Tick { try #require(Tick(iso8601: "2025-01-01")) + .hour * hour }

  private func verified(_ archive: Archive) async throws -> [Finding] {
    try await Verifier(
      spec: archive.spec, tables: archive.spec.tables, source: archive.source, store: archive.store, now: archive.now,
      plan: PlanOptions(), options: VerifyOptions()
    ).run().findings
  }

  private func pruner(_ archive: Archive) -> Pruner {
    Pruner(
      spec: archive.spec, tables: archive.spec.tables, beyond: { _ in true }, store: archive.store, now: archive.now,
      runID: "run")
  }

  private func look(_ archive: Archive, _ address: String) async throws -> Pruning {
    var selection = PruneSelection()
    selection.addresses = [address]
    return try await pruner(archive).look(selection)
  }

  @Test func `are a finding that names what is given up, and that mends it`() async throws {
    let archive = try await Self.archive()
    let before = try await archive.ids()
    let found = try await verified(archive)
    #expect(found.map(\.kind) == [.overlap] && found.map(\.remedy) == [.prune])
    let address = "T/2025-01-01T04:00:00Z/2025-01-01T06:00:00Z"
    #expect(found[0].remedyText.contains("logexport prune \(address) "))
    let pruning = try await look(archive, address)
    #expect(pruning.items.map(\.slice.fullAddress) == [address] && pruning.items[0].blobs.count == 1)
    let outcome = try await pruner(archive).prune(pruning, permit: { _ in })
    #expect(outcome.slices == 1 && outcome.deleted == 1)
    #expect(try await verified(archive).isEmpty)
    #expect(try await archive.plan().isEmpty)
    let after = try await archive.ids()
    #expect(before.count > 500 && after.count == 500 && Set(after) == Set(before))
  }

  @Test func `are not given up together, nor by a name that both have`() async throws {
    let archive = try await Self.archive()
    for address in ["T/2025-01-01T04:00:00Z", "T/2025-01-01T07:00:00Z"] {
      let pruning = try await look(archive, address)
      #expect(pruning.items.isEmpty && pruning.obstacles.map(\.address) == [address])
    }
    var selection = PruneSelection()
    selection.addresses = [
      "T/2025-01-01T04:00:00Z/2025-01-01T06:00:00Z", "T/2025-01-01T05:00:00Z/2025-01-01T06:00:00Z",
    ]
    let pruning = try await pruner(archive).look(selection)
    #expect(
      pruning.items.map(\.slice.range) == [TimeRange(try Self.tick(5), try Self.tick(6))] || pruning.items.isEmpty)
    #expect(!pruning.obstacles.isEmpty)
  }

  @Test func `are not given up where a blob of the others is gone`() async throws {
    let archive = try await Self.archive()
    let part = try #require(
      try await archive.archivedParts().first { $0.sliceRange == TimeRange(try Self.tick(4), try Self.tick(5)) })
    try await archive.store.delete(try #require(BlobAddress(url: part.blobURL, in: archive.store.url)), ifMatch: nil)
    let pruning = try await look(archive, "T/2025-01-01T04:00:00Z/2025-01-01T06:00:00Z")
    #expect(pruning.items.isEmpty && pruning.obstacles.count == 1)
  }

  @Test func `that name one blob leave it to the slice that it is of`() async throws {
    let archive = try await Self.archive()
    _ = try await pruner(archive).prune(
      look(archive, "T/2025-01-01T04:00:00Z/2025-01-01T06:00:00Z"), permit: { _ in })
    var row = try #require(try await archive.archivedParts().first { $0.range.start == (try Self.tick(4)) })
    row.range.end = try Self.tick(23)
    row.sliceRange = row.range
    let ledger = Ledger(store: archive.store, container: archive.spec.destination.manifest)
    try await LedgerWriter(ledger).append([row])
    let address = "T/2025-01-01T04:00:00Z/2025-01-01T23:00:00Z"
    #expect(try await verified(archive).contains { $0.kind == .overlap && $0.slice.fullAddress == address })
    let pruning = try await look(archive, address)
    let outcome = try await pruner(archive).prune(pruning, permit: { _ in })
    #expect(outcome.slices == 1 && outcome.deleted == 0)
    #expect(try await verified(archive).isEmpty)
    #expect(try await archive.ids().count == 500)
  }
}
