/// Counts the rows of a document that is read back, and checks that each is well formed; nothing of it is kept.
package struct RecordCounter: Sendable {
  private var reader: Reader

  private enum Reader: Sendable {
    case json(JSONRecords)
    case csv(CSVRecords)
    /// Of which the first byte that is no white space tells; until then it may be either.
    case either(JSONRecords, Result<CSVRecords, RecordError>)
  }

  /// Nil where nobody said the form: then an object or an array is JSON, and anything else CSV.
  package init(_ format: EncodingOptions.Format?) {
    reader =
      switch format {
      case .ndjson: .json(JSONRecords(isArray: false))
      case .json: .json(JSONRecords(isArray: true))
      case .csv: .csv(CSVRecords())
      case nil: .either(JSONRecords(isArray: nil), .success(CSVRecords()))
      }
  }
}

extension RecordCounter {
  /// Rows that have begun so far.
  package var rows: Int {
    switch reader {
    case .json(let json): json.rows
    case .csv(let csv): csv.rows
    case .either: 0
    }
  }

  /// Takes the next bytes in. Throws at the first that cannot stand where it does.
  package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    switch reader {
    case .json(var json):
      defer { reader = .json(json) }
      try json.read(bytes)
    case .csv(var csv):
      defer { reader = .csv(csv) }
      try csv.read(bytes)
    case .either(var json, var csv):
      let end = bytes.firstIndex { !Self.isWhite($0) } ?? bytes.count
      let white = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      try json.read(white)
      csv = csv.flatMap { Self.read(white, $0) }
      reader = .either(json, csv)
      guard end < bytes.count else { return }
      let isJSON = bytes[end] == UInt8(ascii: "{") || bytes[end] == UInt8(ascii: "[")
      reader = isJSON ? .json(json) : .csv(try csv.get())
      try read(UnsafeRawBufferPointer(rebasing: bytes[end...]))
    }
  }

  private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  private static func read(_ bytes: UnsafeRawBufferPointer, _ csv: CSVRecords) -> Result<CSVRecords, RecordError> {
    var csv = csv
    do throws(RecordError) {
      try csv.read(bytes)
      return .success(csv)
    } catch { return .failure(error) }
  }

  /// Ends the document. Throws where it is cut off.
  package mutating func finish() throws(RecordError) {
    switch reader {
    case .json(var json):
      try json.finish()
      reader = .json(json)
    case .csv(var csv):
      try csv.finish()
      reader = .csv(csv)
    case .either: break
    }
  }
}

/// A document that is not of its form.
package struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 1.
  package var line: Int
  package var reason: String

  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  package var description: String { "line \(line): \(reason)" }
}
