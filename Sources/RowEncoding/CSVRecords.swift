/// Counts the records of a document of CSV as it streams by, and checks that each is well formed: RFC 4180, lines
/// ended by CRLF or LF, the first of them the header.
struct CSVRecords {
  /// Records behind the header.
  var rows: Int { max(0, records - 1) }
  /// Of the current line, from 1; a quoted field may have several.
  private(set) var line = 1
  private var records = 0
  /// Fields of the header; 0 before its end.
  private var columns = 0
  /// Fields of the current record, the last one included.
  private var fields = 1
  private var state = State.record

  private enum State: UInt8 {
    /// Before a record, before a field.
    case record, field
    case plain, quoted
    /// Behind a quote within a quoted field: its end, or the first of two.
    case quote
    /// Behind a carriage return, which a line feed follows.
    case carriageReturn
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
}

extension CSVRecords {
  /// Takes the next bytes in. Throws at the first that cannot stand where it does.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    for byte in bytes { try take(byte) }
  }

  /// Ends the document; its last record need not have a line's end. Throws where it is cut off.
  mutating func finish() throws(RecordError) {
    switch state {
    case .record: break
    case .quoted: throw problem("a quoted field does not end")
    case .field, .plain, .quote, .carriageReturn: try endRecord()
    }
  }

  private func problem(_ reason: String) -> RecordError { RecordError(line: line, reason: reason) }

  private mutating func take(_ byte: UInt8) throws(RecordError) {
    switch state {
    case .quoted:
      if byte == Self.quote { state = .quote }
      if byte == 0x0A { line += 1 }
    case .carriageReturn:
      guard byte == 0x0A else { throw problem("a carriage return stands alone") }
      try endLine()
    case .record, .field, .plain, .quote:
      switch byte {
      case Self.comma:
        fields += 1
        state = .field
      case 0x0A: try endLine()
      case 0x0D: state = .carriageReturn
      case Self.quote:
        // Behind a quote it is the second of two, and stands for itself.
        guard state != .plain else { throw problem("a quote stands within a field that is not quoted") }
        state = .quoted
      default:
        guard state != .quote else { throw problem("a quoted field goes on behind its quote") }
        state = .plain
      }
    }
  }

  private mutating func endLine() throws(RecordError) {
    try endRecord()
    line += 1
    state = .record
  }

  private mutating func endRecord() throws(RecordError) {
    if records == 0 { columns = fields }
    guard fields == columns else {
      throw problem("the record has \(fields) \(fields == 1 ? "field" : "fields"), the header \(columns)")
    }
    records += 1
    fields = 1
  }
}
