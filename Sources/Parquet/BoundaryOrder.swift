/// Whether the bounds of a chunk's pages rise or fall from page to page, so that a reader may search them by halves.
///
/// BoundaryOrder of the format.
enum BoundaryOrder: Int32 {
  case unordered = 0
  case ascending = 1
  case descending = 2

  /// Of the pages that have values; of fewer than two it is ascending.
  init(of bounds: [Bounds], _ schema: ColumnSchema) {
    // Which of two doubles comes first readers do not agree on.
    if bounds.count > 1, schema.physical == .double {
      self = .unordered
      return
    }
    let keys = bounds.map { (least: Self.key($0.least, schema), greatest: Self.key($0.greatest, schema)) }
    func isAllInOrder(_ holds: ([UInt8], [UInt8]) -> Bool) -> Bool {
      zip(keys, keys.dropFirst()).allSatisfy { holds($0.least, $1.least) && holds($0.greatest, $1.greatest) }
    }
    func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }
    self =
      isAllInOrder { !isBefore($1, $0) } ? .ascending : isAllInOrder { !isBefore($0, $1) } ? .descending : .unordered
  }

  /// Bytes that are ordered one by one as the values are: the highest first, the sign turned.
  private static func key(_ value: [UInt8], _ schema: ColumnSchema) -> [UInt8] {
    let isInteger = schema.physical == .int32 || schema.physical == .int64
    var key = isInteger ? value.reversed() : value
    if isInteger || schema.isSigned, !key.isEmpty { key[0] ^= 0x80 }
    return key
  }
}
