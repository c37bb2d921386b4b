/// The bytes of a buffer that is being scanned.
typealias Bytes = UnsafePointer<UInt8>

/// Scans the inside of JSON strings eight bytes at a time.
///
/// A word is skipped whole while none of its bytes is a quote, a backslash, a
/// control character or beyond ASCII; each of the four tests is a subtraction
/// whose borrow sets the high bit of the byte it finds.
enum StringScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Marks, with the high bit of each byte, those that end a run of plain characters.
  ///
  /// Marks above the lowest one may be false (a borrow runs upwards); the lowest is exact.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let found = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word
    return found & highs
  }

  /// The end of a string whose opening quote lies before `start`: the index of its
  /// closing quote, and whether any escape lies within.
  ///
  /// Throws for control characters, unknown escapes and ill-formed UTF-8.
  @inline(__always)
  static func end(
    _ bytes: Bytes, from start: Int, to end: Int
  ) throws(ScanError) -> (quote: Int, escapes: Bool) {
    var index = start
    var escapes = false
    while true {
      while index + 8 <= end {
        let word = UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self)
        let found = stops(UInt64(littleEndian: word))
        if found != 0 {
          index += found.trailingZeroBitCount >> 3
          break
        }
        index += 8
      }
      guard index < end else { throw .needMore }
      let byte = bytes[index]
      if byte == 0x22 { return (index, escapes) }
      if byte == 0x5C {
        escapes = true
        index = try escape(bytes, at: index, to: end)
      } else if byte < 0x20 {
        throw .invalid("a control character in a string", at: index)
      } else if byte < 0x80 {
        index += 1
      } else {
        index = try character(bytes, at: index, to: end)
      }
    }
  }

  /// The index behind an escape sequence.
  private static func escape(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    guard index + 1 < end else { throw .needMore }
    switch bytes[index + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return index + 2
    case 0x75:
      guard index + 6 <= end else { throw .needMore }
      for digit in index + 2..<index + 6 where hexadecimal(bytes[digit]) == nil {
        throw .invalid("an escape without four hexadecimal digits", at: digit)
      }
      return index + 6
    default: throw .invalid("an unknown escape in a string", at: index)
    }
  }

  /// The index behind one character beyond ASCII, checked by the table 3-7 of the Unicode standard.
  private static func character(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    let lead = bytes[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: throw .invalid("ill-formed UTF-8", at: index)
    }
    for offset in 1..<length {
      guard index + offset < end else { throw .needMore }
      let allowed = offset == 1 ? second : 0x80...0xBF
      guard allowed.contains(bytes[index + offset]) else { throw .invalid("ill-formed UTF-8", at: index) }
    }
    return index + length
  }

  /// The value of a hexadecimal digit.
  @inline(__always)
  static func hexadecimal(_ byte: UInt8) -> UInt16? {
    switch byte {
    case 0x30...0x39: UInt16(byte - 0x30)
    case 0x41...0x46: UInt16(byte - 0x37)
    case 0x61...0x66: UInt16(byte - 0x57)
    default: nil
    }
  }
}
