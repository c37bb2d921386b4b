internal import BlobStorage
internal import Manifest
internal import Timeline

/// A listed blob in few bytes: there may be millions.
///
/// Its texts lie side by side among those of the inventory.
struct ListedBlob: Sendable {
  /// Where its texts begin.
  var start: Int
  var nameCount: Int32
  var etagCount: Int32
  /// Of the base64; 0 where the listing has no MD5.
  var md5Count: Int32 = 0
  /// 0 where there is no receipt.
  var sha256Count: Int32 = 0
  /// In bytes.
  var size: Int
  var lastModified: Tick
  /// Its receipt of this archive.
  var receipt: PackedReceipt?

  var name: Range<Int> { start..<start + Int(nameCount) }
  var etag: Range<Int> { name.upperBound..<name.upperBound + Int(etagCount) }
  var md5: Range<Int> { etag.upperBound..<etag.upperBound + Int(md5Count) }
  var sha256: Range<Int> { md5.upperBound..<md5.upperBound + Int(sha256Count) }
}

/// A receipt without the texts that many share, and those that its blob has.
struct PackedReceipt: Sendable {
  var sliceRange: TimeRange
  var range: TimeRange
  var generation: Int
  var shard: Shard?
  var rows: Int
  var rawBytes: Int
  var exportedAt: Tick
  /// Positions among the shared texts.
  var query: Int32
  var schema: Int32
  var format: Int32
  var compression: Int32
  var run: Int32
}

/// The texts that many receipts share, by what they are.
struct ReceiptTexts: Sendable {
  private var query = RepeatedTexts()
  private var schema = RepeatedTexts()
  private var format = RepeatedTexts()
  private var compression = RepeatedTexts()
  private var run = RepeatedTexts()

  mutating func pack(_ text: borrowing ReceiptText) -> PackedReceipt {
    PackedReceipt(
      sliceRange: text.sliceRange, range: text.range, generation: text.generation, shard: text.shard, rows: text.rows,
      rawBytes: text.rawBytes, exportedAt: text.exportedAt, query: Int32(query.position(of: text[.queryHash])),
      schema: Int32(schema.position(of: text[.schemaHash])), format: Int32(format.position(of: text[.format])),
      compression: Int32(compression.position(of: text[.compression])), run: Int32(run.position(of: text[.runID])))
  }

  func receipt(_ packed: PackedReceipt, lineage: String, table: String, sha256: String) -> Receipt {
    Receipt(
      lineage: lineage, table: table, sliceRange: packed.sliceRange, generation: packed.generation,
      range: packed.range, shard: packed.shard, rows: packed.rows, rawBytes: packed.rawBytes, sha256: sha256,
      queryHash: query.all[Int(packed.query)], schemaHash: schema.all[Int(packed.schema)],
      format: format.all[Int(packed.format)], compression: compression.all[Int(packed.compression)],
      exportedAt: packed.exportedAt, runID: run.all[Int(packed.run)])
  }
}
