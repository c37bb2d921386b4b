internal import Timeline

/// Rows to RFC 4180 lines that end in LF.
package enum ManifestWriter {
  /// The header line, with its line end.
  package static let header = Array((ManifestColumn.header + "\n").utf8)

  /// Appends one line for `row`.
  package static func write(_ row: ManifestRow, into output: inout [UInt8]) {
    let fields = [
      row.table, row.range.start.iso8601, row.range.end.iso8601, String(row.rows), row.blobURL,
      row.status.rawValue, row.sliceRange.start.iso8601, row.sliceRange.end.iso8601, String(row.generation),
      String(row.part), String(row.parts), row.shard?.description ?? "", String(row.bytes), String(row.rawBytes),
      row.contentMD5, row.sha256, row.etag, row.queryHash, row.schemaHash, row.format, row.compression,
      row.countedRows.map(String.init) ?? "", row.exportedAt.iso8601, row.runID,
    ]
    for (index, field) in fields.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      quote(field, into: &output)
    }
    output.append(UInt8(ascii: "\n"))
  }

  /// All of `rows`, as one append.
  package static func lines(_ rows: some Sequence<ManifestRow>) -> [UInt8] {
    var output: [UInt8] = []
    for row in rows { write(row, into: &output) }
    return output
  }

  private static func quote(_ field: String, into output: inout [UInt8]) {
    let mustQuote = field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard mustQuote else { return output.append(contentsOf: field.utf8) }
    output.append(0x22)
    for byte in field.utf8 {
      if byte == 0x22 { output.append(0x22) }
      output.append(byte)
    }
    output.append(0x22)
  }
}
