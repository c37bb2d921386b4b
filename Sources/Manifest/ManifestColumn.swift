/// The columns of the manifest, in the order of the file.
///
/// The first five are what an auditor looks for. Version 1 of the manifest has
/// exactly these; a file with others is refused.
enum ManifestColumn: Int, CaseIterable {
  case table, start, end, rows, blobURL
  case status, sliceStart, sliceEnd, generation, part, parts, shard, bytes, rawBytes, contentMD5, sha256, etag
  case queryHash, schemaHash, format, compression, countedRows, exportedAt, runID

  /// The position of the column in a line.
  var index: Int { rawValue }

  /// The column's name in the header.
  var name: String { Self.names[rawValue] }

  private static let names = [
    "table", "start", "end", "rows", "blob_url", "status", "slice_start", "slice_end", "generation", "part", "parts",
    "shard", "bytes", "raw_bytes", "content_md5", "sha256", "etag", "query_hash", "schema_hash", "format",
    "compression", "counted_rows", "exported_at", "run_id",
  ]

  /// The first line of every segment, without its line end.
  static let header = names.joined(separator: ",")

  /// What tells a header from this version's, for people; nil where nothing does.
  static func difference(from found: [String]) -> String? {
    if found == names { return nil }
    if let twice = found.first(where: { name in found.count { $0 == name } > 1 }) {
      return "column '\(twice.prefix(40))' stands in the header twice"
    }
    let foreign = found.first { !names.contains($0) }.map { String($0.prefix(40)) }
    let missing = names.first { !found.contains($0) }
    switch (foreign, missing) {
    case (let foreign?, let missing?): return "column '\(missing)' is missing, and '\(foreign)' is unknown"
    case (let foreign?, nil): return "column '\(foreign)' is unknown"
    case (nil, let missing?): return "column '\(missing)' is missing"
    case (nil, nil): return "its columns stand in another order"
    }
  }
}
