/// JSON numbers by the grammar of RFC 8259; their digits are never read as a value.
enum NumberScan {
  /// The index behind the number that starts at `start`.
  ///
  /// Where the buffer ends behind digits more may follow; whoever looks at the byte behind the
  /// number finds out.
  @inline(__always)
  static func end(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    let first = start &+ (bytes[start] == 0x2D ? 1 : 0)
    var index = digits(bytes, from: first)
    if index == first || bytes[first] == 0x30 && index > first &+ 1 {
      throw fault(bytes, first: first, behind: index, to: end)
    }
    if bytes[index] == 0x2E { index = try part(bytes, from: index &+ 1, to: end) }
    if bytes[index] | 0x20 == 0x65 {
      let isSigned = bytes[index + 1] == 0x2B || bytes[index + 1] == 0x2D
      index = try part(bytes, from: index + (isSigned ? 2 : 1), to: end)
    }
    return index
  }

  /// Digits behind a point or an exponent: one at least.
  @inline(__always)
  private static func part(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    let index = digits(bytes, from: start)
    if index == start { throw fault(bytes, first: start, behind: index, to: end) }
    return index
  }

  @inline(never)
  private static func fault(_ bytes: Bytes, first: Int, behind index: Int, to end: Int) -> ScanError {
    if index >= end { return .needMore }
    if index == first { return .invalid("a number without digits", at: index) }
    return .invalid("a number with a leading zero", at: first + 1)
  }

  /// The index of the first byte from `start` on that is no digit, eight at a time: most numbers
  /// have fewer digits, and their end costs no branch that depends on how many.
  @inline(__always)
  private static func digits(_ bytes: Bytes, from start: Int) -> Int {
    var index = start
    while true {
      let others = Digits.others(Digits.word(bytes + index))
      if others != 0 { return index &+ others.trailingZeroBitCount >> 3 }
      index &+= 8
    }
  }
}

/// Eight ASCII digits in a word.
enum Digits {
  /// Eight bytes, the first one lowest, with `0` to `9` become 0 to 9.
  @inline(__always)
  static func word(_ start: Bytes) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
  }

  /// Marks with the high bit the bytes of a word that are more than 9. The lowest mark is exact;
  /// those above it may come of a carry.
  @inline(__always)
  static func others(_ word: UInt64) -> UInt64 { ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 }

  /// The decimal number of eight digits, the first one most significant.
  @inline(__always)
  static func value(_ word: UInt64) -> UInt64 {
    let pairs = (word &* 10 &+ word >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10000 &+ fours >> 32) & 0xFFFF_FFFF
  }
}
