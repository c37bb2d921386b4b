/// A blob's name, ordered by its UTF-8 as listings are. Strings will not do:
/// Swift takes canonically equivalent ones for equal, storage does not.
struct BlobName: Sendable, Hashable, Comparable {
  let utf8: [UInt8]

  /// The name of this text.
  init(_ text: String) { utf8 = Array(text.utf8) }
  /// The name of these bytes.
  init(utf8: [UInt8]) { self.utf8 = utf8 }

  var text: String { String(decoding: utf8, as: UTF8.self) }

  /// By bytes, as the service lists.
  static func < (left: BlobName, right: BlobName) -> Bool {
    left.utf8.withUnsafeBufferPointer { left in
      right.utf8.withUnsafeBufferPointer { right in
        let common = min(left.count, right.count)
        var index = 0
        while index < common {
          if left[index] != right[index] { return left[index] < right[index] }
          index += 1
        }
        return left.count < right.count
      }
    }
  }
}
