package import Manifest

/// How many bytes of response to expect of counted rows.
package struct Sizing: Sendable, Equatable {
  /// Bytes a row, as earlier exports of the table measured; nil before the first.
  package var bytesPerRow: Double?
  /// Bytes of response for one billed byte, before anything is measured.
  ///
  /// `_BilledSize` leaves out names, nulls and escapes; exports of security
  /// tables come to between one and two times of it.
  package static let bytesPerBilledByte = 2.0
  /// Bytes a row where a table tells nothing of its size.
  package static let unknownBytesPerRow = 1000.0

  package init(bytesPerRow: Double? = nil) {
    self.bytesPerRow = bytesPerRow
  }

  /// What the archived slices of a table teach; needs a thousand rows to say anything.
  package init(_ archived: ArchivedTable) {
    var (rows, bytes) = (0, 0)
    for slice in archived.slices where slice.status == .exported {
      rows += slice.rows
      bytes += slice.rawBytes
    }
    bytesPerRow = rows >= 1000 ? Double(bytes) / Double(rows) : nil
  }

  /// The bytes of a response of so many rows, by the best that is known.
  package func bytes(_ count: Count) -> Int {
    if let bytesPerRow { return Int(Double(count.rows) * bytesPerRow) }
    if count.billed > 0 { return Int(Double(count.billed) * Self.bytesPerBilledByte) }
    return Int(Double(count.rows) * Self.unknownBytesPerRow)
  }
}
