package import Manifest

/// How many bytes of response to expect of counted rows.
package struct Sizing: Sendable {
  /// Bytes a row, as exports of the table measured; nil before the first.
  package var bytesPerRow: Double?
  /// What this run has measured itself.
  private var learnt = (rows: 0, bytes: 0)
  /// The same of what the plan knew to be billed, by which slices are sized that nobody has counted.
  private var learntOfBilled = (billed: 0, bytes: 0)
  private var bytesPerBilledByte = Self.unknownBytesPerBilledByte
  /// Bytes of response for one billed byte, before anything is measured.
  ///
  /// `_BilledSize` leaves out names, nulls and escapes; exports of security
  /// tables come to between one and two times of it.
  package static let unknownBytesPerBilledByte = 2.0
  /// Bytes a row where a table tells nothing of its size.
  package static let unknownBytesPerRow = 1000.0

  /// Rows, or bytes of few wide rows, that a measurement needs to say anything.
  private static let enoughRows = 1000
  private static let enoughBytes = 1 << 20

  private static func isEnough(rows: Int, bytes: Int) -> Bool {
    rows >= enoughRows || rows > 0 && bytes >= enoughBytes
  }

  package init(bytesPerRow: Double? = nil) {
    self.bytesPerRow = bytesPerRow
  }

  /// What the archived slices of a table teach.
  package init(_ archived: ArchivedTable) {
    var (rows, bytes) = (0, 0)
    for slice in archived.slices where slice.status == .exported {
      rows += slice.rows
      bytes += slice.rawBytes
    }
    bytesPerRow = Self.isEnough(rows: rows, bytes: bytes) ? Double(bytes) / Double(rows) : nil
  }

  /// Takes in what a response of this run weighed, and what had been billed for it, as far as the plan
  /// knew; from then on only this run's count.
  package mutating func learn(rows: Int, bytes: Int, billed: Int = 0) {
    learnt = (learnt.rows + rows, learnt.bytes + bytes)
    if billed > 0 { learntOfBilled = (learntOfBilled.billed + billed, learntOfBilled.bytes + bytes) }
    guard Self.isEnough(rows: learnt.rows, bytes: learnt.bytes) else { return }
    bytesPerRow = Double(learnt.bytes) / Double(learnt.rows)
    if learntOfBilled.billed > 0 {
      bytesPerBilledByte = Double(learntOfBilled.bytes) / Double(learntOfBilled.billed)
    }
  }

  /// The bytes of a response of so many rows, by the best that is known.
  package func bytes(_ count: Count) -> Int {
    if let bytesPerRow, count.rows > 0 { return Int(Double(count.rows) * bytesPerRow) }
    if count.billed > 0 { return Int(Double(count.billed) * bytesPerBilledByte) }
    return Int(Double(count.rows) * Self.unknownBytesPerRow)
  }
}
