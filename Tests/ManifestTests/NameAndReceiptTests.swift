import BlobStorage
import Manifest
import Testing
import Timeline

@Suite struct SegmentNames {
  @Test(arguments: [
    (ManifestSegment(table: "SecurityEvent", year: 2025), "SecurityEvent/2025.csv"),
    (ManifestSegment(table: "My_CL", year: 2025, number: 2), "My_CL/2025.0002.csv"),
    (ManifestSegment(table: "T", year: 999, number: 12_345), "T/0999.12345.csv"),
  ])
  func `a segment's name is written and read back`(segment: ManifestSegment, name: String) {
    #expect(segment.name == name)
    #expect(ManifestSegment(name: name) == segment)
  }

  @Test(arguments: [
    "lineage.json", "T/2025", "T/2025.csv.bak", "T/25.csv", "T/2025.1.csv", "T/2025.0001.csv", "T/2025.0000.csv",
    "/2025.csv", "a/T/2025.csv", "T/2025.0002.csv/x", "T/+025.csv", "T/-025.csv", "T/2025.-002.csv", "T/2025.csv ",
  ])
  func `any other name is none`(name: String) {
    #expect(ManifestSegment(name: name) == nil)
  }

  @Test func `segments are read in the order of years and numbers`() {
    let names = ["T/2024.csv", "T/2024.0002.csv", "T/2024.0010.csv", "T/2025.csv", "U/2023.csv"]
    #expect(names.reversed().compactMap(ManifestSegment.init(name:)).sorted().map(\.name) == names)
  }
}

@Suite struct Receipts {
  private var receipt: Receipt {
    Receipt(
      lineage: "l", table: "T", sliceRange: slice(0), generation: 3, range: TimeRange(hour(0), hour(0) + .tick),
      shard: Shard(index: 1, count: 4), rows: 12, rawBytes: 3456, sha256: "ab", queryHash: "q", schemaHash: "s",
      format: "ndjson", compression: "gzip", exportedAt: hour(9) + .tick, runID: "run-1")
  }

  @Test func `a receipt survives its blob's metadata`() {
    #expect(Receipt(metadata: BlobMetadata(receipt.metadata)) == receipt)
    var plain = receipt
    plain.shard = nil
    #expect(Receipt(metadata: BlobMetadata(plain.metadata)) == plain)
    var others = receipt.metadata
    others["owner"] = "somebody"
    #expect(Receipt(metadata: BlobMetadata(others)) == receipt)
  }

  @Test func `a receipt is read in whatever order its names come`() {
    var metadata = BlobMetadata()
    for (name, value) in receipt.metadata.sorted(by: { $0.key > $1.key }) {
      metadata.append(Array(name.utf8), Array(value.utf8))
      metadata.append(Array("x_\(name)".utf8), Array("?".utf8))
    }
    #expect(Receipt(metadata: metadata) == receipt)
  }

  @Test func `metadata has names and values that Blob storage takes`() {
    for (name, value) in receipt.metadata {
      #expect(name.wholeMatch(of: /[a-z_][a-z0-9_]*/) != nil)
      #expect(value.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }
  }

  @Test func `metadata that lacks anything, or is of another version, is no receipt`() {
    for name in receipt.metadata.keys where name != "logexport_shard" {
      var metadata = receipt.metadata
      metadata[name] = nil
      #expect(Receipt(metadata: BlobMetadata(metadata)) == nil, "\(name)")
      metadata[name] = "?"
      let isText = ["lineage", "table", "sha256", "query_hash", "schema_hash", "format", "compression", "run_id"]
        .contains(String(name.dropFirst("logexport_".count)))
      #expect((Receipt(metadata: BlobMetadata(metadata)) != nil) == isText, "\(name)")
    }
    var metadata = receipt.metadata
    metadata["logexport_shard"] = "5of4"
    #expect(Receipt(metadata: BlobMetadata(metadata)) == nil)
  }

  @Test func `receipts agree where rows and place are the same, whoever wrote them`() {
    var other = receipt
    other.runID = "run-2"
    other.exportedAt = hour(10)
    other.rawBytes = 1
    other.sha256 = "x"
    #expect(receipt.agrees(with: other))
    let changes: [(inout Receipt) -> Void] = [
      { $0.lineage = "x" }, { $0.table = "x" }, { $0.sliceRange = slice(1) }, { $0.generation = 4 },
      { $0.range = slice(0) }, { $0.shard = nil }, { $0.rows = 13 }, { $0.queryHash = "x" },
      { $0.format = "x" }, { $0.compression = "x" },
    ]
    for change in changes {
      var other = receipt
      change(&other)
      #expect(!receipt.agrees(with: other))
    }
  }

  @Test(arguments: ["1of4", "4of4", "2of2", "4096of4096"])
  func `a shard is written and read back`(text: String) {
    #expect(Shard(parsing: text)?.description == text)
  }

  @Test(arguments: ["", "of", "0of4", "5of4", "1of1", "1of", "-1of4", "1of4of4", "aofb", "+1of4"])
  func `what is no shard is refused`(text: String) {
    #expect(Shard(parsing: text) == nil)
  }
}

@Suite struct Lineages {
  @Test func `a lineage is written and read back`() throws {
    let lineage = Lineage.make(workspace: "w", at: hour(0))
    #expect(try Lineage(decoding: lineage.encoded(), place: "m/lineage.json") == lineage)
    #expect(Lineage.id(in: lineage.metadata) == lineage.id)
    #expect(lineage.id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
  }

  @Test(arguments: ["", "{}", "[1]", #"{"format_version":1,"lineage":1}"#])
  func `what is no lineage is refused`(text: String) throws {
    let error = try #require(throws: ManifestError.self) {
      _ = try Lineage(decoding: Array(text.utf8), place: "m/lineage.json")
    }
    #expect("\(error)".contains("m/lineage.json: it is no lineage file\n  Nothing was changed."))
  }

  @Test func `a newer lineage is refused with its version`() throws {
    var lineage = Lineage.make(workspace: "w", at: hour(0))
    lineage.formatVersion = 2
    let error = try #require(throws: ManifestError.self) {
      _ = try Lineage(decoding: lineage.encoded(), place: "m/lineage.json")
    }
    #expect(error.reason.contains("2"))
  }
}
