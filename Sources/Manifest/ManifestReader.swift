internal import Timeline

/// Reads the lines of one manifest segment.
///
/// The manifest of a year of many tables is hundreds of megabytes, so a line is
/// cut into byte ranges and only the fields asked for are ever turned into values.
package struct ManifestReader {
  /// Container and name, for errors.
  private let place: String
  private let bytes: [UInt8]
  private var offset: Int
  private var line = 0
  /// Byte ranges of the current line's fields.
  private var fields: [Range<Int>] = []
  /// Whether the current line has any quoted field that holds a doubled quote.
  private var hasEscapes = false

  /// Throws where the header is not this version's.
  package init(_ bytes: [UInt8], place: String) throws(ManifestError) {
    self.place = place
    self.bytes = bytes
    offset = 0
    fields.reserveCapacity(ManifestColumn.allCases.count)
    guard !bytes.isEmpty else { return }
    guard try nextLine(), header == ManifestColumn.header else {
      throw problem("the header is not that of a manifest of version 1")
    }
  }

  /// Reads a segment from a position behind its header, such as the tail that others appended.
  package init(tail bytes: [UInt8], place: String) {
    self.place = place
    self.bytes = bytes
    offset = 0
  }
}

extension ManifestReader {
  private var header: String { fields.map { text($0) }.joined(separator: ",") }

  private func problem(_ reason: String) -> ManifestError {
    ManifestError(
      place: place, line: line, reason: reason,
      remedy: "Nothing was changed. Restore this file from a copy, or rebuild it from the receipts of the blobs.")
  }

  /// Calls `body` with each row, in the order of the file.
  package mutating func forEach(_ body: (ManifestRow) throws(ManifestError) -> Void) throws(ManifestError) {
    while try nextLine() { try body(try row()) }
  }

  /// Cuts the next line into fields; false at the end.
  private mutating func nextLine() throws(ManifestError) -> Bool {
    guard offset < bytes.count else { return false }
    line += 1
    fields.removeAll(keepingCapacity: true)
    hasEscapes = false
    var index = offset
    let count = bytes.count
    let cut = bytes.withUnsafeBufferPointer { bytes -> Bool in
      while index < count {
        let start = index
        if bytes[index] == 0x22 {
          index += 1
          while index < count {
            if bytes[index] != 0x22 {
              index += 1
            } else if index + 1 < count, bytes[index + 1] == 0x22 {
              hasEscapes = true
              index += 2
            } else {
              break
            }
          }
          fields.append(start + 1..<index)
          index += 1
        } else {
          while index < count, bytes[index] != 0x2C, bytes[index] != 0x0A { index += 1 }
          fields.append(start..<index)
        }
        guard index < count else { return false }
        if bytes[index] == 0x0A { return true }
        // A comma; at the line's end it begins one more, empty field.
        guard bytes[index] == 0x2C else { return false }
        index += 1
      }
      return false
    }
    guard cut else { throw problem("the line is cut off or its quoting is broken") }
    offset = index + 1
    // Editors and spreadsheets end lines with CRLF.
    if let last = fields.last, !last.isEmpty, bytes[last.upperBound - 1] == 0x0D {
      fields[fields.count - 1] = last.lowerBound..<last.upperBound - 1
    }
    return true
  }

  private func row() throws(ManifestError) -> ManifestRow {
    guard fields.count == ManifestColumn.allCases.count else {
      throw problem("the line has \(fields.count) fields, not \(ManifestColumn.allCases.count)")
    }
    guard let status = ManifestRow.Status(rawValue: string(.status)) else {
      throw problem(
        string(.status) == ManifestColumn.status.rawValue
          ? "the header stands here a second time" : "'\(string(.status))' is no status")
    }
    var row = ManifestRow(
      table: string(.table), range: try range(.start, .end), rows: try integer(.rows), status: status,
      sliceRange: try range(.sliceStart, .sliceEnd), exportedAt: try tick(.exportedAt), runID: string(.runID))
    row.blobURL = string(.blobURL)
    row.generation = try integer(.generation)
    row.part = try integer(.part)
    row.parts = try integer(.parts)
    if !field(.shard).isEmpty {
      guard let shard = Shard(parsing: string(.shard)) else { throw problem("'\(string(.shard))' is no shard") }
      row.shard = shard
    }
    row.bytes = try integer(.bytes)
    row.rawBytes = try integer(.rawBytes)
    row.contentMD5 = string(.contentMD5)
    row.sha256 = string(.sha256)
    row.etag = string(.etag)
    row.queryHash = string(.queryHash)
    row.schemaHash = string(.schemaHash)
    row.format = string(.format)
    row.compression = string(.compression)
    row.countedRows = field(.countedRows).isEmpty ? nil : try integer(.countedRows)
    return row
  }
}

// MARK: - Fields

extension ManifestReader {
  private func field(_ column: ManifestColumn) -> Range<Int> { fields[column.index] }

  private func string(_ column: ManifestColumn) -> String { text(field(column)) }

  private func text(_ range: Range<Int>) -> String {
    let text = String(decoding: bytes[range], as: UTF8.self)
    guard hasEscapes, text.contains("\"\"") else { return text }
    return text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }

  private func integer(_ column: ManifestColumn) throws(ManifestError) -> Int {
    let range = field(column)
    var value = 0
    for index in range {
      let digit = Int(bytes[index]) - 0x30
      guard (0...9).contains(digit), value <= (Int.max - 9) / 10 else {
        throw problem("'\(string(column))' is no count (\(column.rawValue))")
      }
      value = value * 10 + digit
    }
    guard !range.isEmpty else { throw problem("\(column.rawValue) is empty") }
    return value
  }

  private func tick(_ column: ManifestColumn) throws(ManifestError) -> Tick {
    guard let tick = Tick(iso8601UTF8: bytes[field(column)]) else {
      throw problem("'\(string(column))' is no time (\(column.rawValue))")
    }
    return tick
  }

  private func range(_ start: ManifestColumn, _ end: ManifestColumn) throws(ManifestError) -> TimeRange {
    let (from, to) = (try tick(start), try tick(end))
    guard from < to else { throw problem("\(end.rawValue) does not lie after \(start.rawValue)") }
    return TimeRange(from, to)
  }
}
