/// Scans the inside of JSON strings.
enum StringScan {
  /// The index of the closing quote of a string whose inside starts at `start`.
  ///
  /// Throws for control characters, unknown escapes and ill-formed UTF-8.
  @inline(__always)
  static func quote(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    var index = start
    while true {
      let plain = Block(bytes + index).plain
      index &+= plain
      if plain == Block.size { continue }
      if bytes[index] == 0x22 { return index }
      index = try special(bytes, at: index, to: end)
    }
  }

  /// As `quote`, and copies the inside as it stands. Returns where the copy ends as well.
  @inline(__always)
  static func copy(
    _ bytes: Bytes, from start: Int, to end: Int, into out: Out
  ) throws(ScanError) -> (quote: Int, out: Out) {
    var index = start
    var out = out
    while true {
      let block = Block(bytes + index)
      block.store(to: out)
      let plain = block.plain
      index &+= plain
      out += plain
      if plain == Block.size { continue }
      if bytes[index] == 0x22 { return (index, out) }
      let next = try special(bytes, at: index, to: end)
      Block.copy(bytes + index, next - index, to: out)
      out += next - index
      index = next
    }
  }

  /// The index behind the escape at `index`, or behind the characters beyond ASCII from there on.
  ///
  /// Whatever else ends a run of plain characters is at fault, or lies behind the buffer's end.
  @inline(never)
  static func special(_ bytes: Bytes, at start: Int, to end: Int) throws(ScanError) -> Int {
    guard start < end else { throw .needMore }
    guard bytes[start] >= 0x80 else {
      guard bytes[start] == 0x5C else { throw .invalid("a control character in a string", at: start) }
      return try escape(bytes, at: start, to: end)
    }
    var index = start
    repeat { index = try character(bytes, at: index, to: end) } while bytes[index] >= 0x80 && index < end
    return index
  }

  /// The index behind an escape sequence.
  private static func escape(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    guard index + 1 < end else { throw .needMore }
    switch bytes[index + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return index + 2
    case 0x75:
      for digit in index + 2..<index + 6 where hexadecimal(bytes[digit]) == nil {
        if digit >= end { throw .needMore }
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

  /// The UTF-16 code unit of a well-formed `\u` escape at `index`.
  static func unit(_ bytes: Bytes, at index: Int) -> UInt16 {
    var unit: UInt16 = 0
    for digit in index + 2..<index + 6 { unit = unit << 4 | (hexadecimal(bytes[digit]) ?? 0) }
    return unit
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
