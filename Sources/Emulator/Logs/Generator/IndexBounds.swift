import CSQLite

/// The constraints that a scan is given, as many as fit into an index number.
enum IndexBounds {
  /// Three bits each, of an `Int32`.
  static let most = 8

  /// Three bits a constraint, the first lowest; 0 for operators of no use.
  static func code(_ constraint: UInt8) -> Int32 {
    switch Int32(constraint) {
    case SQLITE_INDEX_CONSTRAINT_EQ: 1
    case SQLITE_INDEX_CONSTRAINT_GT: 2
    case SQLITE_INDEX_CONSTRAINT_GE: 3
    case SQLITE_INDEX_CONSTRAINT_LT: 4
    case SQLITE_INDEX_CONSTRAINT_LE: 5
    default: 0
    }
  }

  /// The range that all constraints leave. Only whole numbers narrow it;
  /// SQLite checks every row again.
  static func range(_ number: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int32) -> Range<Int64> {
    var (low, high) = (Int64.min, Int64.max)
    for index in 0..<Int(count) {
      guard let value = values?[index], sqlite3_value_type(value) == SQLITE_INTEGER else { continue }
      let bound = sqlite3_value_int64(value)
      let next = bound == .max ? bound : bound + 1
      switch number >> Int32(index * 3) & 7 {
      case 1: (low, high) = (max(low, bound), min(high, next))
      case 2: low = max(low, next)
      case 3: low = max(low, bound)
      case 4: high = min(high, bound)
      case 5: high = min(high, next)
      default: break
      }
    }
    return low..<max(low, high)
  }
}
