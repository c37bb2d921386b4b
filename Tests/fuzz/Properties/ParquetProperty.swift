import Compression
import Parquet
import RowEncoding

/// A response becomes Parquet however it is cut into chunks, or not at all, and what comes out is whole: as many rows
/// as were read, and each page as its checksum says. Bytes that are read as a file, or as a file's footer, are refused
/// or followed to their end.
func parquetFault(in bytes: [UInt8]) -> String? {
  readAsFile(bytes)
  readAsFooter(bytes)
  var cuts = Cuts(of: bytes)
  var options = ParquetOptions(
    codec: cuts.choice(of: [.none, .snappy, .zstd]),
    types: cuts.choice(of: [[:], ["d": .decimal(scale: 3), "t": .microseconds, "x": .string]]))
  options.groupBytes = cuts.choice(of: [64 << 20, 2000])
  let sections = cuts.choice(of: [RowSections.unplaced, .halfHours])
  let chunks = cuts.chunks(of: bytes)
  let whole = Files([bytes], options, sections)
  let cut = Files(chunks, options, sections)
  guard whole.summary == cut.summary else {
    return "in one chunk \(String(describing: whole.summary)), in chunks \(String(describing: cut.summary))"
  }
  for files in [whole, cut] {
    guard let summary = files.summary else { continue }
    for (file, section) in zip(files.files, summary.sections) where !file.isEmpty {
      do throws(ParquetError) {
        let rows = try rows(file)
        guard rows == section.rows else { return "\(section.rows) rows became \(rows)" }
      } catch { return "what was written is refused: \(error)" }
    }
  }
  return nil
}

/// What became of a response: a file for each section, and nothing where it is refused.
private struct Files {
  var files: [[UInt8]]
  var summary: ResponseSummary?

  init(_ chunks: [[UInt8]], _ options: ParquetOptions, _ sections: RowSections) {
    files = sections.ranges.map { _ in [] }
    do {
      var encoder = RowEncoder(sink: try ParquetSink(options), sections: sections)
      for chunk in chunks {
        encoder.feed(chunk)
        while try encoder.next() != .needsInput { take(encoder) }
        take(encoder)
      }
      let summary = try encoder.finish()
      take(encoder)
      self.summary = summary
    } catch {
      // A refusal is an answer.
    }
  }

  private mutating func take(_ encoder: RowEncoder) {
    guard let section = encoder.outputSection else { return }
    files[section] += encoder.withOutput { Array($0) }
  }
}

/// The rows of a file that is whole.
private func rows(_ file: [UInt8]) throws(ParquetError) -> Int {
  let size = try FileMetadata.footerSize(tail: Array(file.suffix(FileMetadata.tailSize)))
  let end = file.count - FileMetadata.tailSize
  guard size <= end else { throw .damaged("the footer is larger than the file") }
  let metadata = try FileMetadata(footer: Array(file[(end - size)..<end]), fileSize: file.count)
  var walk = PageWalk(metadata, fileSize: file.count)
  for start in stride(from: 0, to: file.count, by: 97) {
    let piece = Array(file[start..<min(start + 97, file.count)])
    try read(piece, &walk)
  }
  try walk.finish()
  return metadata.rows
}

private func readAsFile(_ bytes: [UInt8]) {
  // A refusal is an answer.
  _ = try? rows(bytes)
}

private func readAsFooter(_ bytes: [UInt8]) {
  // A refusal is an answer.
  guard let metadata = try? FileMetadata(footer: bytes, fileSize: 1 << 20) else { return }
  var walk = PageWalk(metadata, fileSize: 1 << 20)
  _ = try? read(FileMetadata.magic + bytes, &walk)
}

private func read(_ piece: [UInt8], _ walk: inout PageWalk) throws(ParquetError) {
  let result = piece.withUnsafeBytes { (bytes) -> Result<Void, ParquetError> in
    do throws(ParquetError) { return .success(try walk.read(bytes)) } catch { return .failure(error) }
  }
  try result.get()
}
