/// Percent-encoding, as paths, queries and form bodies use it.
package enum PercentCoding {
  /// Undoes percent-encoding; what is no escape passes through, and bytes that
  /// are no UTF-8 are replaced.
  package static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      let byte = source[index]
      if byte == UInt8(ascii: "%"), index + 2 < source.count,
        let high = Hex.digit(source[index + 1]), let low = Hex.digit(source[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
        continue
      }
      bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
      index += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `a=b&c=d`.
  package static func form(_ text: Substring) -> [(name: String, value: String)] {
    text.split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        decode(parts[0], plusIsSpace: true),
        parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
      )
    }
  }
}
