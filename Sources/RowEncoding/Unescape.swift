/// Decodes the escapes of JSON strings.
enum Unescape {
  /// Appends the UTF-8 of a string's inside, which has been scanned and found valid.
  ///
  /// A surrogate without its other half has no UTF-8; it becomes U+FFFD. Returns
  /// whether that happened.
  @discardableResult
  static func append(_ bytes: Bytes, _ range: Range<Int>, to output: inout [UInt8]) -> Bool {
    var index = range.lowerBound
    var replaced = false
    while index < range.upperBound {
      let start = index
      while index < range.upperBound, bytes[index] != 0x5C { index += 1 }
      output.append(contentsOf: UnsafeBufferPointer(start: bytes + start, count: index - start))
      guard index < range.upperBound else { break }
      let kind = bytes[index + 1]
      if kind == 0x75 {
        let (scalar, length) = scalar(bytes, at: index, to: range.upperBound)
        if scalar == nil { replaced = true }
        append(scalar ?? "\u{FFFD}", to: &output)
        index += length
      } else {
        output.append(character(kind))
        index += 2
      }
    }
    return replaced
  }

  /// UTF-8 of one scalar. The service writes each quote of a `dynamic` as `\u0022`, so this is no rare path.
  @inline(__always)
  private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    let value = scalar.value
    func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: value >> shift) & 0x3F }
    if value < 0x80 { return output.append(UInt8(truncatingIfNeeded: value)) }
    if value < 0x800 {
      output.append(0xC0 | UInt8(truncatingIfNeeded: value >> 6))
    } else {
      if value < 0x10000 {
        output.append(0xE0 | UInt8(truncatingIfNeeded: value >> 12))
      } else {
        output.append(0xF0 | UInt8(truncatingIfNeeded: value >> 18))
        output.append(continuation(12))
      }
      output.append(continuation(6))
    }
    output.append(continuation(0))
  }

  private static func character(_ escape: UInt8) -> UInt8 {
    switch escape {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: escape
    }
  }

  private static func unit(_ bytes: Bytes, at index: Int) -> UInt16 {
    var unit: UInt16 = 0
    for digit in index + 2..<index + 6 { unit = unit << 4 | (StringScan.hexadecimal(bytes[digit]) ?? 0) }
    return unit
  }

  private static func scalar(_ bytes: Bytes, at index: Int, to end: Int) -> (Unicode.Scalar?, Int) {
    let high = unit(bytes, at: index)
    guard high & 0xFC00 == 0xD800, index + 12 <= end, bytes[index + 6] == 0x5C, bytes[index + 7] == 0x75 else {
      return (Unicode.Scalar(high), 6)
    }
    let low = unit(bytes, at: index + 6)
    guard low & 0xFC00 == 0xDC00 else { return (nil, 6) }
    return (Unicode.Scalar(0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))), 12)
  }
}
