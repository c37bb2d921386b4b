/// Percent-encoding of RFC 3986.
package enum PercentEncoding {
  /// A value within a query or a form: everything but unreserved characters.
  package static func query(_ text: some StringProtocol) -> String { encode(text, keeping: "") }
  /// A path: slashes stay, and so does `=`, which paths of partitions have.
  package static func path(_ text: some StringProtocol) -> String { encode(text, keeping: "/=") }

  private static func encode(_ text: some StringProtocol, keeping kept: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: output.append(byte)
      default:
        if kept.utf8.contains(byte) {
          output.append(byte)
        } else {
          output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

extension PercentEncoding {
  /// Decodes `%XX`; anything else stays.
  package static func decode(_ text: some StringProtocol) -> String {
    // Nearly every text has none, and there may be millions of them.
    guard text.utf8.contains(0x25) else { return String(text) }
    var output: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == 0x25, bytes.count >= 2, let high = digit(bytes[bytes.startIndex]),
        let low = digit(bytes[bytes.startIndex + 1])
      {
        output.append(high << 4 | low)
        bytes = bytes.dropFirst(2)
      } else {
        output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
