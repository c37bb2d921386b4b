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
    ManifestRow(
      receipt, part: part, of: parts, url: url, bytes: info.size, etag: info.etag,
      contentMD5: info.contentMD5.map(Base64.encode) ?? "")
  }
}
