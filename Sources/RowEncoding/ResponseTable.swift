/// An answer of few rows, read whole: counts and schemas.
///
/// Rows are exported by the `RowEncoder`, which keeps values as they came; here they become numbers.
package struct ResponseTable: Sendable {
  /// Those of the first table; none where the answer holds an error and no table.
  package private(set) var columns: [ResponseColumn]
  /// Each as wide as the columns.
  package private(set) var rows: [[Value]] = []
  /// The `error` member of an incomplete answer.
  package private(set) var error: ServiceError?

  /// One value. Reals come as numbers, and as texts where they are none, such as `NaN`.
  package enum Value: Sendable, Equatable {
    case null
    /// Exact.
    case integer(Int64)
    case real(Double)
    case bool(Bool)
    case text(String)
  }

  /// Throws where the body is no whole answer of the query service, or one with neither a table nor an error.
  package init(_ body: [UInt8]) throws(RowEncodingError) {
    guard !body.isEmpty else { throw RowEncodingError(reason: "it is empty", offset: 0, row: 0) }
    // The scans run up to the slack behind the last byte.
    let document = ByteBuffer(capacity: body.count)
    body.withUnsafeBufferPointer { document.append($0) }
    document.terminate()
    // Only its pointer is used from here on.
    defer { withExtendedLifetime(document) {} }
    var scan = Scan(bytes: document.bytes, end: document.count)
    do throws(ScanError) { self = try scan.table() } catch { throw scan.fault(error) }
  }

  private init(_ envelope: ResponseEnvelope, _ rows: [[Value]]) {
    columns = envelope.columns
    error = envelope.error
    self.rows = rows
  }
}

extension ServiceError {
  /// The error of a refusal, whose body is nothing else; nil where it is no such document.
  package init?(refusal body: [UInt8]) {
    // A body of another shape is reported by its status alone.
    guard let error = try? ResponseTable(body).error else { return nil }
    self = error
  }
}

extension ResponseTable {
  /// The document, and how far it has been read.
  private struct Scan {
    let bytes: Bytes
    let end: Int
    var index = 0
    private var rows: [[Value]] = []

    init(bytes: Bytes, end: Int) {
      self.bytes = bytes
      self.end = end
    }

    mutating func table() throws(ScanError) -> ResponseTable {
      var (envelope, start) = try ResponseEnvelope.head(bytes, to: end)
      index = start
      if envelope.hasRows { try readRows(envelope.columns.count) }
      try envelope.readTail(bytes, from: index, to: end)
      guard envelope.hasRows || envelope.error != nil else { throw .invalid("it holds no table", at: 0) }
      return ResponseTable(envelope, rows)
    }

    /// Up to the bracket that closes the rows, and behind it.
    private mutating func readRows(_ width: Int) throws(ScanError) {
      if try JSONPunctuation.accept(0x5D, bytes, at: &index, to: end) { return }
      repeat {
        rows.append(try row(width))
      } while try JSONPunctuation.continues(
        bytes, at: &index, to: end, closing: 0x5D)
    }

    private mutating func row(_ width: Int) throws(ScanError) -> [Value] {
      let start = index
      var values: [Value] = []
      values.reserveCapacity(width)
      try JSONPunctuation.expect(0x5B, bytes, at: &index, to: end)
      if try !JSONPunctuation.accept(0x5D, bytes, at: &index, to: end) {
        repeat {
          values.append(try value())
        } while try JSONPunctuation.continues(
          bytes, at: &index, to: end, closing: 0x5D)
      }
      guard values.count == width else {
        throw .invalid("a row of \(values.count) values under \(width) columns", at: start)
      }
      return values
    }

    private mutating func value() throws(ScanError) -> Value {
      index = ValueScan.skipSpace(bytes, from: index)
      guard index < end else { throw .needMore }
      let start = index
      if bytes[start] == 0x22 { return .text(try JSONTree.string(bytes, at: &index, to: end)) }
      index = try ValueScan.scalar(bytes, at: start, to: end)
      switch bytes[start] {
      case 0x74: return .bool(true)
      case 0x66: return .bool(false)
      case 0x6E: return .null
      default: return try Self.number(UnsafeBufferPointer(start: bytes + start, count: index - start), at: start)
      }
    }

    /// A number that has been scanned: an integer where it is written as one and fits 64 bits, else a real.
    private static func number(_ digits: UnsafeBufferPointer<UInt8>, at start: Int) throws(ScanError) -> Value {
      let text = String(decoding: digits, as: UTF8.self)
      if let integer = Int64(text) { return .integer(integer) }
      guard let real = Double(text), real.isFinite else { throw .invalid("a number beyond all reals", at: start) }
      return .real(real)
    }

    /// A fault with its place in the whole document.
    func fault(_ error: ScanError) -> RowEncodingError {
      switch error {
      case .needMore: RowEncodingError(reason: "it ends early", offset: end, row: rows.count)
      case .invalid(let reason, let index): RowEncodingError(reason: reason, offset: index, row: rows.count)
      case .unfit(_, let index): RowEncodingError(reason: "an unfit value", offset: index, row: rows.count)
      }
    }
  }
}
