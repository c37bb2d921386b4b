/// Counts the rows of a document that is read back, and checks that each is well formed; nothing of it is kept.
package struct RecordCounter: Sendable {
  private var reader: Reader

  private enum Reader: Sendable {
    case json(JSONRecords)
    case csv(CSVRecords)
    /// Of which the first byte tells.
    case unknown
  }

  /// Nil where nobody said the form: then an object or an array is JSON, and anything else CSV.
  package init(_ format: EncodingOptions.Format?) {
    reader =
      switch format {
      case .ndjson: .json(JSONRecords(isArray: false))
      case .json: .json(JSONRecords(isArray: true))
      case .csv: .csv(CSVRecords())
      case nil: .unknown
      }
  }
}

extension RecordCounter {
  /// Rows that have begun so far.
  package var rows: Int {
    switch reader {
    case .json(let json): json.rows
    case .csv(let csv): csv.rows
    case .unknown: 0
    }
  }

  /// Takes the next bytes in. Throws at the first that cannot stand where it does.
  package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    if case .unknown = reader {
      guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else { return }
      let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
      reader = isJSON ? .json(JSONRecords(isArray: nil)) : .csv(CSVRecords())
    }
    switch reader {
    case .json(var json):
      reader = .unknown
      defer { reader = .json(json) }
      try json.read(bytes)
    case .csv(var csv):
      reader = .unknown
      defer { reader = .csv(csv) }
      try csv.read(bytes)
    case .unknown: break
    }
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
    case .unknown: break
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
