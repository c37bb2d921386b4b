/// Base64 of RFC 4648.
enum Base64 {
  /// Nil where the text is no padded base64.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    var count = 0
    var padding = 0
    for character in text.utf8 {
      let value: UInt32
      switch character {
      case 0x41...0x5A: value = UInt32(character - 0x41)
      case 0x61...0x7A: value = UInt32(character - 0x61) + 26
      case 0x30...0x39: value = UInt32(character - 0x30) + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      case 0x3D:
        padding += 1
        value = 0
      default: return nil
      }
      if padding > 0 && character != 0x3D { return nil }
      word = word << 6 | value
      count += 1
      if count % 4 == 0 {
        bytes += [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
        word = 0
      }
    }
    guard count % 4 == 0, padding <= 2 else { return nil }
    bytes.removeLast(min(padding, bytes.count))
    return bytes
  }
}
