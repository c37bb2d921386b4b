/// Percent-encoding of RFC 3986.
package enum PercentEncoding {
  /// A value within a query: everything but unreserved characters.
  package static func query(_ text: some StringProtocol) -> String { encode(text, keeping: "") }
  /// A value within a form.
  static func form(_ text: some StringProtocol) -> String { encode(text, keeping: "") }
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
