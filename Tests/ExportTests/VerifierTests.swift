import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// What reading blobs and counting at the source show of an archive.
@Suite struct Verifying {
  private func archive(seed: UInt64 = 40, rows: Int = 60) async throws -> Archive {
    var random = SplitMix64(seed: seed)
    let archive = try Archive(FakeSource(Archive.rows(rows, using: &random)), slice: "6h")
    try await archive.apply()
    return archive
  }

  private func verify(
    _ archive: Archive, content: Bool = true, source: Bool = false, from: Tick? = nil
  ) async throws -> Verification {
    var options = VerifyOptions()
    (options.content, options.source, options.parallelism) = (content, source, 2)
    var plan = PlanOptions()
    plan.from = from
    return try await Verifier(
      spec: archive.spec, tables: archive.spec.tables, source: archive.source, store: archive.store, now: archive.now,
      plan: plan, options: options
    ).run()
  }

  /// Writes other bytes over a blob, under the properties that it had.
  private func overwrite(_ archive: Archive, _ row: ManifestRow, with bytes: [UInt8]) async throws {
    let address = try #require(BlobAddress(url: row.blobURL, in: archive.store.url))
    let info = try #require(try await archive.store.properties(of: address))
    try await archive.store.delete(address, ifMatch: nil)
    _ = try await archive.store.put(
      bytes, to: address,
      BlobProperties(contentType: "x", contentMD5: info.contentMD5, metadata: info.metadata.values))
  }

  @Test func `an archive that is whole has every row read and counted`() async throws {
    let result = try await verify(archive(), source: true)
    #expect(result.findings.isEmpty)
    #expect(result.read.rows == 60 && result.rows == 60 && result.read.bytes == result.bytes)
    #expect(result.counted == 4 && result.uncounted == 0)
  }

  @Test func `bytes of the same size that are others are found by reading alone`() async throws {
    let archive = try await archive()
    let row = try #require(try await archive.archivedParts().first)
    let address = try #require(BlobAddress(url: row.blobURL, in: archive.store.url))
    var bytes = try await archive.store.read(address, range: nil)
    let last = try #require(bytes.lastIndex { $0 != UInt8(ascii: "\n") })
    bytes[last] = UInt8(ascii: "x")
    try await overwrite(archive, row, with: bytes)
    #expect(try await verify(archive, content: false).findings.isEmpty)
    let finding = try #require(try await verify(archive).findings.first)
    #expect(finding.kind == .sha256 && finding.remedy == .replace)
    #expect(finding.what.contains("another MD5") && finding.what.contains("line \(row.rows)"))
    #expect(try await archive.plan().isEmpty, "no listing shows it")
    var options = PlanOptions()
    options.replace = [finding.slice.address]
    try await archive.apply(options)
    #expect(try await verify(archive).findings.isEmpty)
  }

  @Test func `blobs of many chunks are read to their end`() async throws {
    let archive = try await archive()
    let row = try #require(try await archive.archivedParts().first)
    // Lines that straddle the chunks in which blobs are read.
    let line = Array("{\"A\":\"\(String(repeating: "x", count: 1_000_003))\"}\n".utf8)
    try await overwrite(archive, row, with: Array(repeatElement(line, count: 13).joined()))
    let result = try await verify(archive)
    let found = result.findings.filter { $0.kind != .size }
    #expect(found.map(\.kind) == [.sha256])
    #expect(found[0].what.contains("it has 13 rows, not \(row.rows)"))
    #expect(result.read.bytes > 13_000_000)
  }

  @Test func `what the source gained and lost is told apart`() async throws {
    let archive = try await archive()
    let slices = try await archive.archived().slices
    archive.source.change { state in
      state.rows.removeAll { slices[0].range.contains($0.time) }
      state.rows.append(FakeSource.Row(time: slices[1].range.start, id: 1000, bucket: 0))
    }
    let result = try await verify(archive, content: false, source: true)
    #expect(result.findings.map(\.kind) == [.sourceFewer, .sourceMore])
    #expect(result.findings.map(\.remedy) == [.keep, .refresh])
    let rest = try await verify(archive, content: false, source: true, from: slices[1].range.start)
    #expect(rest.findings.map(\.kind) == [.sourceMore] && rest.slices == 3)
  }

  @Test func `blobs in the archive tier are unread, and a store that fails stops it`() async throws {
    var archive = try await archive()
    let whole = archive.store
    archive.store = RefusingStore(whole, .archived)
    let result = try await verify(archive)
    #expect(result.unread == result.blobs && result.findings.isEmpty && result.read.blobs == 0)
    archive.store = RefusingStore(whole, .unavailable)
    let broken = archive
    await #expect(throws: StoreError.self) { try await verify(broken) }
  }
}

/// A store whose blobs of rows cannot be read.
private struct RefusingStore: BlobStore {
  let store: any BlobStore
  let code: StoreError.Code

  init(_ store: any BlobStore, _ code: StoreError.Code) {
    self.store = store
    self.code = code
  }

  var url: String { store.url }

  func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    guard address.container == "logs-t" else { return try await store.read(address, range: range) }
    throw StoreError(code, operation: "read \(address)", message: "refused")
  }

  func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    try await store.createContainer(name, metadata: metadata)
  }
  func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    try await store.containerMetadata(name)
  }
  func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError) { try await store.setContainerMetadata(name, metadata, ifMatch: etag) }
  func put(
    _ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion { try await store.put(bytes, to: address, properties) }
  func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    try await store.stage(bytes, block: index, of: upload)
  }
  func commit(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion { try await store.commit(upload, blocks: count, properties) }
  func abandon(_ upload: BlobUpload) async { await store.abandon(upload) }
  func createAppendBlob(
    _ address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion { try await store.createAppendBlob(address, properties) }
  func append(
    _ bytes: [UInt8], to address: BlobAddress, at position: Int
  ) async throws(StoreError) -> BlobVersion { try await store.append(bytes, to: address, at: position) }
  func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    try await store.properties(of: address)
  }
  func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try await store.list(container, prefix: prefix, metadata: metadata, page: page)
  }
  func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    try await store.delete(address, ifMatch: etag)
  }
}
