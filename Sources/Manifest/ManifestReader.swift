internal import Timeline

/// Reads one segment of the manifest: its header, then its lines.
package struct ManifestReader: Sendable {
  /// Container and name, for errors.
  private let place: String
  private let bytes: [UInt8]
  /// Where the line behind the header begins; 0 where there is no header yet.
  private let body: Int

  /// The mark that spreadsheets put in front of UTF-8.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A segment without any byte has no rows: its writer was killed before the header.
  ///
  /// Throws where the header is not this version's.
  package init(_ bytes: [UInt8], place: String) throws(ManifestError) {
    self.place = place
    self.bytes = bytes
    let first = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    body = try bytes.withUnsafeBufferPointer { buffer throws(ManifestError) in
      var lines = ManifestLines(buffer, place: place, offset: first)
      guard try lines.advance() else { return first }
      if let difference = ManifestColumn.difference(from: lines.texts) {
        throw lines.problem("this is no manifest of version 1: \(difference)")
      }
      return lines.next
    }
  }
}

extension ManifestReader {
  /// Calls `body` with each row, in the order of the file.
  package func readRows(_ body: (ManifestRow) throws(ManifestError) -> Void) throws(ManifestError) {
    try readLines { line throws(ManifestError) in try body(try ManifestRow(line)) }
  }

  /// Calls `body` with each line, in the order of the file.
  func readLines(_ body: (borrowing ManifestLines) throws(ManifestError) -> Void) throws(ManifestError) {
    try bytes.withUnsafeBufferPointer { buffer throws(ManifestError) in
      // Where there is a header, it was the first line.
      var lines = ManifestLines(buffer, place: place, offset: self.body, number: self.body == 0 ? 0 : 1)
      while try lines.advance() { try body(lines) }
    }
  }

  /// Calls `body` with the lines, to go to any of them.
  func withLines(_ body: (inout ManifestLines) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      var lines = ManifestLines(buffer, place: place)
      body(&lines)
    }
  }

  /// The row whose line begins at `offset`, as `readLines` told it.
  func row(at offset: Int) throws(ManifestError) -> ManifestRow? {
    try bytes.withUnsafeBufferPointer { buffer throws(ManifestError) in
      var lines = ManifestLines(buffer, place: place, offset: offset)
      return try lines.advance() ? try ManifestRow(lines) : nil
    }
  }
}
