/// A CSV file of any columns, whole in memory: RFC 4180 with LF or CRLF, with or without a byte order mark.
package struct CSVDocument: Sendable, Equatable {
  /// The fields of each record, without their quoting; blank lines are none.
  package private(set) var records: [Record] = []

  /// One record.
  package struct Record: Sendable, Equatable {
    /// The line that it begins on, from 1.
    package var line: Int
    package var fields: [String]
  }

  /// Throws at the first line whose quoting is broken.
  package init(_ bytes: [UInt8], place: String) throws(ManifestError) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var (field, fields) = ([UInt8](), [String]())
    var (line, first) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    var index = bytes.starts(with: mark) ? mark.count : 0

    func problem(_ reason: String) -> ManifestError {
      ManifestError(place: place, line: line, reason: reason, remedy: "Nothing was changed. Correct the file.")
    }
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      (field, wasQuoted) = ([], false)
    }
    func endRecord() {
      let isBlank = fields.isEmpty && field.isEmpty && !wasQuoted
      endField()
      if !isBlank { records.append(Record(line: first, fields: fields)) }
      fields = []
    }

    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : nil
      index += 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted && next == UInt8(ascii: "\""):
        field.append(byte)
        index += 1
      case UInt8(ascii: "\"") where isQuoted: isQuoted = false
      case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
      case UInt8(ascii: "\n") where isQuoted:
        field.append(byte)
        line += 1
      case _ where isQuoted: field.append(byte)
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"): break
      case UInt8(ascii: "\n"):
        endRecord()
        line += 1
        first = line
      case _ where wasQuoted: throw problem("a quoted field goes on behind its quote")
      default: field.append(byte)
      }
    }
    guard !isQuoted else { throw problem("a quoted field does not end") }
    if !fields.isEmpty || !field.isEmpty || wasQuoted { endRecord() }
  }
}
