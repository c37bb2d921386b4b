/// A response that is not what the query service answers, or that ended early.
package struct RowEncodingError: Error, Sendable, Equatable {
  package var reason: String
  /// Bytes from the start of the response.
  package var offset: Int
  /// Rows that were read whole before it.
  package var row: Int
  /// The columns of values that are none of their types; they can be read as text.
  package var unfit: [String]

  package init(reason: String, offset: Int, row: Int, unfit: [String] = []) {
    self.reason = reason
    self.offset = offset
    self.row = row
    self.unfit = unfit
  }
}

extension RowEncodingError: CustomStringConvertible {
  package var description: String { "malformed response: \(reason) (byte \(offset), after \(row) rows)" }
}

/// Why a scan stopped: a fault at an index of the buffer, or the buffer's end.
enum ScanError: Error, Equatable {
  case needMore
  /// Values of columns, by their indices, that the columns' types do not have; the first of them stands at an index.
  case unfit([Int], at: Int)
  case invalid(String, at: Int)
}
