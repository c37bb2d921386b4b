import BlobStorage
import Manifest
import Planning
import Testing
import Timeline

/// What is kept of a listing.
@Suite struct Inventories {
  private func info(_ name: String, size: Int = 1, metadata: [String: String] = [:]) -> BlobInfo {
    BlobInfo(
      name: name, size: size, etag: "\"\(name.count)\"", lastModified: Tick(unixSeconds: 7),
      contentMD5: size == 0 ? nil : [UInt8](repeating: UInt8(size), count: 16), metadata: metadata)
  }

  private func inventory(_ blobs: [BlobInfo]) -> BlobInventory {
    var fold = InventoryFold(lineage: "l", table: "T")
    for blob in blobs { fold.add(blob) }
    return fold.result()
  }

  private func receipt(_ hour: Int64, lineage: String = "l", table: String = "T") -> Receipt {
    let start = Tick(unixSeconds: 1_735_689_600) + .hour * hour
    return Receipt(
      lineage: lineage, table: table, sliceRange: TimeRange(start, start + .hour), generation: 1,
      range: TimeRange(start, start + .hour), shard: nil, rows: 1, rawBytes: 2, sha256: "ab", queryHash: "q",
      schemaHash: "s", format: "ndjson", compression: "none", exportedAt: start, runID: "run")
  }

  @Test func `every blob is found by its name, in whatever order a listing came`() {
    // As a hierarchical namespace lists: what lies in a folder before what only begins like it.
    let blobs = ["y/1", "y/2", "y-1", "a", "e\u{301}", "\u{E9}", ""].map { info($0) } + [info("no MD5", size: 0)]
    for listed in [blobs, blobs.reversed(), blobs.sorted { $0.name < $1.name }] {
      let inventory = inventory(listed)
      for blob in blobs { #expect(inventory[blob.name] == blob) }
      #expect(inventory["y"] == nil)
      #expect(inventory["z"] == nil)
    }
    #expect(inventory([])["a"] == nil)
  }

  @Test func `a blob that is listed twice counts once, as it was listed last`() {
    let first = info("b", size: 2, metadata: receipt(0).metadata)
    let last = info("b", size: 3, metadata: receipt(1).metadata)
    for listed in [[first, last], [info("a"), first, info("c"), last], [first, info("a"), last]] {
      let inventory = inventory(listed)
      #expect(inventory["b"]?.size == 3)
      #expect(inventory.slices == [receipt(1).sliceRange])
    }
  }

  @Test func `only receipts of this archive and table count`() {
    let inventory = inventory([
      info("a", metadata: receipt(3).metadata), info("b", metadata: receipt(1).metadata),
      info("c", metadata: receipt(0, lineage: "other").metadata),
      info("d", metadata: receipt(0, table: "U").metadata), info("e"), info("f", metadata: ["owner": "somebody"]),
    ])
    #expect(inventory.slices == [receipt(1).sliceRange, receipt(3).sliceRange])
    var fold = InventoryFold(lineage: nil, table: "T")
    fold.add(info("a", metadata: receipt(0, lineage: "").metadata))
    #expect(fold.result().slices.isEmpty, "before the first apply there is no archive")
  }
}
