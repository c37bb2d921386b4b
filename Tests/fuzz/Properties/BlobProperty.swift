import Compression
import RowEncoding

/// A blob is decompressed and its rows are counted the same however it is cut into chunks, and lines that are
/// counted as rows are rows to the encoder as well.
func blobFault(in bytes: [UInt8]) -> String? {
  var cuts = Cuts(of: bytes)
  let chunks = cuts.chunks(of: bytes)
  let (whole, cut) = (decompressed([bytes]), decompressed(chunks))
  guard whole == cut else { return "decompressed in one chunk and in chunks of \(chunks.map(\.count))" }
  guard let content = whole else { return nil }
  let pieces = cuts.chunks(of: content)
  for format in [nil, EncodingOptions.Format.ndjson, .json, .csv] {
    let (once, often) = (Count([content], format), Count(pieces, format))
    guard once == often else { return "\(once) in one piece, \(often) in pieces of \(pieces.map(\.count))" }
    guard format == .ndjson, case .rows(let rows) = once else { continue }
    if let fault = lineFault(content, rows: rows) { return fault }
  }
  return nil
}

/// What a stream holds, as its first bytes say that it is compressed; nil where it is refused, or longer than a fuzzer
/// has time for.
private func decompressed(_ chunks: [[UInt8]]) -> [UInt8]? {
  var output: [UInt8] = []
  do throws(CompressionError) {
    var decompressor = try Decompressor(Compressor.Method(startingWith: chunks.joined().prefix(4)))
    for chunk in chunks {
      let result = chunk.withUnsafeBytes { (bytes) -> Result<Void, CompressionError> in
        do throws(CompressionError) {
          return .success(
            try decompressor.decompress(bytes) { if output.count <= 1 << 20 { output += $0 } })
        } catch { return .failure(error) }
      }
      try result.get()
    }
    try decompressor.finish()
  } catch {
    // A refusal is an answer.
    return nil
  }
  return output.count <= 1 << 20 ? output : nil
}

/// What a count of a document came to.
enum Count: Equatable {
  case rows(Int)
  case refused(RecordError)

  init(_ pieces: [[UInt8]], _ format: EncodingOptions.Format?) {
    var counter = RecordCounter(format)
    do throws(RecordError) {
      for piece in pieces {
        let result = piece.withUnsafeBytes { (bytes) -> Result<Void, RecordError> in
          do throws(RecordError) { return .success(try counter.read(bytes)) } catch { return .failure(error) }
        }
        try result.get()
      }
      try counter.finish()
      self = .rows(counter.rows)
    } catch {
      self = .refused(error)
    }
  }
}

/// Each line that is counted is an object to the encoder, which takes it as the value of a row; it alone asks for UTF-8,
/// and for less depth.
private func lineFault(_ content: [UInt8], rows: Int) -> String? {
  guard String(validating: content, as: UTF8.self) != nil else { return nil }
  let lines = content.split { $0 == 0x0A }.filter { line in !line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }
  guard lines.count == rows else { return "\(rows) rows on \(lines.count) lines" }
  var response = Array(#"{"tables":[{"columns":[{"name":"line","type":"dynamic"}],"rows":["#.utf8)
  for (index, line) in lines.enumerated() { response += (index > 0 ? ",[" : "[").utf8 + line + "]".utf8 }
  response += "]}]}".utf8
  var encoder = RowEncoder(EncodingOptions(format: .ndjson, dynamic: .nested, nulls: .keep), sections: .unplaced)
  do throws(RowEncodingError) {
    encoder.feed(response)
    while try encoder.next() != .needsInput {}
    let found = try encoder.finish().rows
    return found == rows ? nil : "\(rows) rows counted, \(found) encoded"
  } catch {
    return "what is counted is refused: \(error)"
  }
}
