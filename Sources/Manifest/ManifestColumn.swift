/// The columns of the manifest, in the order of the file.
///
/// The first five are what an auditor looks for. Version 1 of the manifest has
/// exactly these; a file with others is refused.
enum ManifestColumn: String, CaseIterable {
  case table, start, end, rows
  case blobURL = "blob_url"
  case status
  case sliceStart = "slice_start"
  case sliceEnd = "slice_end"
  case generation, part, parts, shard, bytes
  case rawBytes = "raw_bytes"
  case contentMD5 = "content_md5"
  case sha256, etag
  case queryHash = "query_hash"
  case schemaHash = "schema_hash"
  case format, compression
  case countedRows = "counted_rows"
  case exportedAt = "exported_at"
  case runID = "run_id"

  /// The position of the column in a line.
  var index: Int { Self.positions[self] ?? 0 }

  private static let positions = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })

  /// The first line of every segment, without its line end.
  static let header = allCases.map(\.rawValue).joined(separator: ",")
}
