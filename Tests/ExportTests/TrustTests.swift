import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// A manifest that cannot be trusted stops plan and apply, and changes nothing.
@Suite struct Trust {
  private let segment = BlobAddress(container: "export-manifest", name: "T/2025.csv")
  private let lineage = BlobAddress(container: "export-manifest", name: "lineage.json")

  /// An archive of one day, exported.
  private func archive() async throws -> Archive {
    var random = SplitMix64(seed: 30)
    let archive = try Archive(FakeSource(Archive.rows(50, using: &random)), slice: "6h")
    try await archive.apply()
    return archive
  }

  private func replace(_ address: BlobAddress, in archive: Archive, with bytes: [UInt8]?) async throws {
    try await archive.store.delete(address, ifMatch: nil)
    guard let bytes else { return }
    _ = try await archive.store.put(bytes, to: address, BlobProperties(contentType: "text/csv"))
  }

  /// Names, sizes and ETags of everything that is stored.
  private func contents(_ archive: Archive) async throws -> [String] {
    var found: [String] = []
    for container in ["export-manifest", "logs-t"] {
      try await archive.store.list(container, prefix: "", metadata: false) { page in
        found += page.map { "\(container)/\($0.name) \($0.size) \($0.etag)" }
      }
      found.append("\(try await archive.store.containerMetadata(container)?.values.count ?? -1)")
    }
    return found
  }

  private func expectRefused(_ archive: Archive, _ parts: String...) async throws {
    let before = try await contents(archive)
    let error = try await #require(throws: ManifestError.self) { try await archive.plan() }
    for part in parts { #expect("\(error)".contains(part), "\(error)") }
    #expect(error.remedy.contains("Nothing was changed."))
    await #expect(throws: ManifestError.self) { try await archive.apply() }
    #expect(try await contents(archive) == before)
  }

  @Test func `a segment that was emptied beside its blobs`() async throws {
    let archive = try await archive()
    try await replace(segment, in: archive, with: [])
    try await expectRefused(archive, "export-manifest/T/2025.csv: it is empty, but container logs-t holds blobs")
  }

  @Test func `a segment that is gone beside its blobs`() async throws {
    let archive = try await archive()
    try await replace(segment, in: archive, with: nil)
    try await expectRefused(archive, "export-manifest/T/2025.csv: it is absent, but container logs-t holds blobs")
  }

  @Test func `a segment whose last line is cut off`() async throws {
    let archive = try await archive()
    let bytes = try await archive.store.read(segment, range: nil)
    for cut in [1, 2, 30, 100] {
      try await replace(segment, in: archive, with: bytes.dropLast(cut))
      try await expectRefused(archive, "export-manifest/T/2025.csv:5: the line is cut off")
    }
  }

  @Test func `a segment with a second header`() async throws {
    let archive = try await archive()
    let bytes = try await archive.store.read(segment, range: nil)
    try await replace(segment, in: archive, with: bytes + ManifestWriter.header)
    try await expectRefused(archive, "export-manifest/T/2025.csv:6: the header stands here a second time")
  }

  @Test func `a segment with foreign columns`() async throws {
    let archive = try await archive()
    try await replace(segment, in: archive, with: Array("time,message\n2025,hello\n".utf8))
    try await expectRefused(archive, "export-manifest/T/2025.csv:1: this is no manifest of version 1")
  }

  @Test func `another archive's lineage`() async throws {
    let archive = try await archive()
    let other = Lineage.make(workspace: archive.spec.source.workspace, at: archive.now)
    try await replace(lineage, in: archive, with: try other.encoded())
    try await expectRefused(archive, "the container belongs to archive", "this one is \(other.id)")
  }

  @Test func `a lineage that is gone`() async throws {
    let archive = try await archive()
    try await replace(lineage, in: archive, with: nil)
    try await expectRefused(archive, "export-manifest/lineage.json is absent")
  }

  @Test func `a lineage of another workspace`() async throws {
    var archive = try await archive()
    archive.spec.source.workspace = "00000000-0000-0000-0000-000000000002"
    try await expectRefused(archive, "lineage.json: this archive is of workspace 00000000-0000-0000-0000-000000000001")
  }

  @Test func `a lineage that is none`() async throws {
    let archive = try await archive()
    try await replace(lineage, in: archive, with: Array("{".utf8))
    try await expectRefused(archive, "lineage.json: it is no lineage file")
  }

  @Test func `a table's container that another archive took`() async throws {
    let archive = try await archive()
    let metadata = try #require(try await archive.store.containerMetadata("logs-t"))
    try await archive.store.setContainerMetadata("logs-t", ["logexport_lineage": "other"], ifMatch: metadata.etag)
    try await expectRefused(archive, "logs-t: the container belongs to archive other")
  }
}
