package import BlobStorage
internal import Compression
package import Manifest

/// A committed blob that is known by its receipt.
package struct AdoptedBlob: Sendable {
  /// Without its metadata, which the receipt was read from.
  package var info: BlobInfo
  package var receipt: Receipt
}

extension AdoptedBlob {
  /// The row of the manifest that its receipt gives, as one of so many parts; `counted_rows` stays empty.
  package func row(part: Int, of parts: Int, at url: String) -> ManifestRow {
    var row = ManifestRow(
      table: receipt.table, range: receipt.range, rows: receipt.rows, status: .exported,
      sliceRange: receipt.sliceRange, exportedAt: receipt.exportedAt, runID: receipt.runID)
    row.blobURL = url
    row.generation = receipt.generation
    (row.part, row.parts) = (part, parts)
    row.shard = receipt.shard
    row.bytes = info.size
    row.rawBytes = receipt.rawBytes
    row.contentMD5 = info.contentMD5.map(Base64.encode) ?? ""
    row.sha256 = receipt.sha256
    row.etag = info.etag
    row.queryHash = receipt.queryHash
    row.schemaHash = receipt.schemaHash
    row.format = receipt.format
    row.compression = receipt.compression
    return row
  }
}
