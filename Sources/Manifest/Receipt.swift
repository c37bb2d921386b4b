package import BlobStorage
package import Timeline

/// What a blob says of itself, in its metadata: enough to rebuild its manifest row.
package struct Receipt: Sendable, Equatable {
  package var lineage: String
  package var table: String
  package var sliceRange: TimeRange
  package var generation: Int
  /// The part's own range.
  package var range: TimeRange
  package var shard: Shard?
  package var rows: Int
  package var rawBytes: Int
  /// SHA-256 of the stored bytes, hexadecimal.
  package var sha256: String
  package var queryHash: String
  package var schemaHash: String
  package var format: String
  package var compression: String
  package var exportedAt: Tick
  package var runID: String

  package init(
    lineage: String, table: String, sliceRange: TimeRange, generation: Int, range: TimeRange, shard: Shard?,
    rows: Int, rawBytes: Int, sha256: String, queryHash: String, schemaHash: String, format: String,
    compression: String, exportedAt: Tick, runID: String
  ) {
    self.lineage = lineage
    self.table = table
    self.sliceRange = sliceRange
    self.generation = generation
    self.range = range
    self.shard = shard
    self.rows = rows
    self.rawBytes = rawBytes
    self.sha256 = sha256
    self.queryHash = queryHash
    self.schemaHash = schemaHash
    self.format = format
    self.compression = compression
    self.exportedAt = exportedAt
    self.runID = runID
  }
}

extension Receipt {
  /// Version of this set of keys.
  static let version = "1"

  /// Blob metadata: lower-case names with the tool's prefix, ASCII values.
  package var metadata: [String: String] {
    var values = [
      "version": Self.version, "lineage": lineage, "table": table, "slice_start": sliceRange.start.iso8601,
      "slice_end": sliceRange.end.iso8601, "generation": String(generation), "start": range.start.iso8601,
      "end": range.end.iso8601, "rows": String(rows), "raw_bytes": String(rawBytes), "sha256": sha256,
      "query_hash": queryHash, "schema_hash": schemaHash, "format": format, "compression": compression,
      "exported_at": exportedAt.iso8601, "run_id": runID,
    ]
    if let shard { values["shard"] = shard.description }
    return Dictionary(uniqueKeysWithValues: values.map { ("logexport_\($0.key)", $0.value) })
  }

  /// Reads a blob's metadata; nil where it carries no receipt of this version.
  package init?(metadata: BlobMetadata) {
    guard let receipt = ReceiptText.read(metadata, { Receipt($0) }) else { return nil }
    self = receipt
  }

  private init(_ text: borrowing ReceiptText) {
    self.init(
      lineage: text.string(.lineage), table: text.string(.table), sliceRange: text.sliceRange,
      generation: text.generation, range: text.range, shard: text.shard, rows: text.rows, rawBytes: text.rawBytes,
      sha256: text.string(.sha256), queryHash: text.string(.queryHash), schemaHash: text.string(.schemaHash),
      format: text.string(.format), compression: text.string(.compression), exportedAt: text.exportedAt,
      runID: text.string(.runID))
  }

  /// Whether both speak of the same rows of the same part in the same form, whoever wrote them: compressed in other
  /// pieces they are other bytes.
  package func agrees(with other: Receipt) -> Bool {
    lineage == other.lineage && table == other.table && sliceRange == other.sliceRange
      && generation == other.generation && range == other.range && shard == other.shard && rows == other.rows
      && queryHash == other.queryHash && format == other.format && compression == other.compression
  }
}

extension ManifestRow {
  /// The row of a blob as its receipt has it, one of so many parts; `counted_rows` stays empty.
  ///
  /// What the receipt does not say is what the store does: stored `bytes`, ETag, and MD5 in base64.
  package init(
    _ receipt: Receipt, part: Int, of parts: Int, url: String, bytes: Int, etag: String, contentMD5: String
  ) {
    self.init(
      table: receipt.table, range: receipt.range, rows: receipt.rows, status: .exported,
      sliceRange: receipt.sliceRange, exportedAt: receipt.exportedAt, runID: receipt.runID)
    blobURL = url
    generation = receipt.generation
    (self.part, self.parts) = (part, parts)
    shard = receipt.shard
    self.bytes = bytes
    rawBytes = receipt.rawBytes
    self.contentMD5 = contentMD5
    sha256 = receipt.sha256
    self.etag = etag
    queryHash = receipt.queryHash
    schemaHash = receipt.schemaHash
    format = receipt.format
    compression = receipt.compression
  }
}
