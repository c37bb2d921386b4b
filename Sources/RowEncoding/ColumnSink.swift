/// Takes the rows of a response in by columns: what a columnar format is made of.
///
///     rows ──▶ cells ──▶ values of one column at a time ──▶ sink ──▶ bytes of the document
///
/// Values come in batches of a thousand rows at most, so that what is called for each column and batch costs nothing
/// by the value.
package protocol ColumnSink: AnyObject {
  /// Begins the response. Returns how the values of each column are wanted: nil for the one that is left out.
  func begin(columns: [ResponseColumn], without dropped: Int?) -> [ValueType?]
  /// Begins the document of a section.
  func begin(_ section: Int)
  /// Takes the values of the next batch of rows in; they last no longer than the call.
  func append(_ values: ColumnValues, to column: Int) throws(ColumnSinkError)
  /// Ends a batch, of which each column that is wanted had its values.
  func endBatch(rows: Int) throws(ColumnSinkError)
  /// How many rows the next batch may have at most; one at least.
  var batchRoom: Int { get }
  /// Ends the rows of the document.
  func endRows() throws(ColumnSinkError)
  /// Ends the document, behind its rows.
  func endDocument()
  /// Whether bytes wait to be written.
  var hasOutput: Bool { get }
  /// Writes some of the bytes that wait.
  func write(to output: ByteBuffer)
}

/// Why a sink can go on no longer.
package struct ColumnSinkError: Error, Sendable {
  package var reason: String

  package init(reason: String) { self.reason = reason }
}

/// What the values of a column become.
package enum ValueType: Sendable, Equatable {
  /// 0 and 1.
  case bool
  /// Of 32 and of 64 bits.
  case int, long
  /// The bits of a double.
  case real
  /// Since 1970, UTC; the microseconds are rounded down.
  case nanoseconds, microseconds
  /// Ticks of 100 ns.
  case timespan
  /// The 16 bytes of a GUID in the order of its digits.
  case guid
  /// 16 bytes, the highest first, in two's complement: the value times ten to the power of the scale.
  case decimal(scale: Int)
  /// Decoded text; a value that is no string, as it is written.
  case text
  /// JSON text: what a string holds where that is JSON, else the string itself as JSON has it.
  case json

  /// Whether values are numbers, and not bytes.
  var isNumber: Bool {
    switch self {
    case .bool, .int, .long, .real, .nanoseconds, .microseconds, .timespan: true
    case .guid, .decimal, .text, .json: false
    }
  }
}

/// Values of one column of a batch of rows; nulls have none.
package struct ColumnValues {
  package let rows: Int
  /// Values that are no nulls.
  package let count: Int
  /// One byte for each row: 1 where it has a value, else 0.
  package let isPresent: UnsafePointer<UInt8>
  /// `count` numbers where the column's type is one of numbers.
  package let numbers: UnsafePointer<Int64>
  /// `count` runs of bytes where it is another. Behind each can be read 16 bytes more, whatever they are.
  package let texts: UnsafePointer<UnsafeBufferPointer<UInt8>>
}
