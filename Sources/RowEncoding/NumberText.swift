/// Reads numbers that were scanned, and texts that stand for one. Nil where a text is none, or its number does not fit.
enum NumberText {
  /// Up to eight digits, the first one at `text`.
  @inline(__always)
  private static func short(_ text: Bytes, _ count: Int) -> UInt64? {
    guard count > 0 else { return 0 }
    let word = Digits.word(text) << UInt64(64 &- 8 &* count)
    return Digits.others(word) == 0 ? Digits.value(word) : nil
  }

  /// Up to 18 digits and no sign.
  @inline(__always)
  static func digits(_ text: Bytes, _ count: Int) -> UInt64? {
    if count <= 8 { return short(text, count) }
    if count <= 16 {
      guard let high = short(text, count &- 8), let low = short(text + (count &- 8), 8) else { return nil }
      return high &* 100_000_000 &+ low
    }
    guard count <= 18, let first = short(text, count &- 16), let high = short(text + (count &- 16), 8),
      let low = short(text + (count &- 8), 8)
    else { return nil }
    return (first &* 100_000_000 &+ high) &* 100_000_000 &+ low
  }

  /// A whole number of 64 bits.
  @inline(__always)
  static func integer(_ text: Bytes, _ count: Int) -> Int64? {
    let isNegative = text[0] == 0x2D
    let size = isNegative ? count &- 1 : count
    guard size > 18 else {
      guard size > 0, let value = digits(isNegative ? text + 1 : text, size) else { return nil }
      return isNegative ? 0 &- Int64(value) : Int64(value)
    }
    return Int64(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
  }

  /// The double that is nearest.
  @inline(__always)
  static func real(_ text: Bytes, _ count: Int) -> Double? {
    // Up to 15 digits are exact as a double, and so is a power of ten up to 22: their quotient is rounded once.
    let isNegative = text[0] == 0x2D
    var index = isNegative ? 1 : 0
    var value: UInt64 = 0
    var digits = 0
    var scale = 0
    var hasPoint = false
    while index < count {
      let byte = text[index]
      if byte &- 0x30 < 10 {
        value = value &* 10 &+ UInt64(byte &- 0x30)
        digits &+= 1
        if hasPoint { scale &+= 1 }
      } else if byte == 0x2E {
        hasPoint = true
      } else {
        return exact(text, count)
      }
      index &+= 1
      if digits > 18 { return exact(text, count) }
    }
    guard value < 1 << 53 else { return exact(text, count) }
    let quotient = Double(value) / power(scale)
    return isNegative ? -quotient : quotient
  }

  @inline(__always)
  private static func power(_ exponent: Int) -> Double { powers[exponent] }
  private static let powers: InlineArray<19, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  ]

  @inline(never)
  private static func exact(_ text: Bytes, _ count: Int) -> Double? {
    guard let value = Double(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)),
      value.isFinite
    else { return nil }
    return value
  }

  /// What the service writes for a real that no JSON number can be.
  @inline(never)
  static func special(_ text: Bytes, _ count: Int) -> Double? {
    switch String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self) {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: nil
    }
  }

  /// The ticks of `[-][d.]hh:mm:ss[.fffffff]`, as the service writes a timespan.
  static func timespan(_ text: Bytes, _ count: Int) -> Int64? {
    var index = 0
    let isNegative = text[0] == 0x2D
    if isNegative { index = 1 }
    var numbers = InlineArray<5, Int64>(repeating: 0)
    /// Days, hours, minutes, seconds, ticks.
    var field = 1
    var fraction = 0
    var digits = 0
    for place in index..<max(index, count) where text[place] == 0x2E || text[place] == 0x3A {
      // A point before the first colon ends the days.
      if text[place] == 0x2E { field = 0 }
      break
    }
    while index < count {
      let byte = text[index]
      switch byte {
      case 0x30...0x39:
        guard digits < 8 else { return nil }
        numbers[field] = numbers[field] * 10 + Int64(byte - 0x30)
        digits += 1
        if field == 4 { fraction += 1 }
      case 0x3A:
        guard digits == 2, field == 1 || field == 2 else { return nil }
        field += 1
        digits = 0
      case 0x2E:
        guard digits > 0, field == 0 || field == 3 && digits == 2 else { return nil }
        field += 1
        digits = 0
      default: return nil
      }
      index += 1
    }
    guard field == 3 && digits == 2 || field == 4 && (1...7).contains(fraction), numbers[1] < 24, numbers[2] < 60,
      numbers[3] < 60
    else { return nil }
    for _ in fraction..<7 { numbers[4] *= 10 }
    let seconds = ((numbers[0] * 24 + numbers[1]) * 60 + numbers[2]) * 60 + numbers[3]
    let sign: Int64 = isNegative ? -1 : 1
    let (whole, isTooLarge) = (sign * seconds).multipliedReportingOverflow(by: 10_000_000)
    let (ticks, overflows) = whole.addingReportingOverflow(sign * numbers[4])
    return isTooLarge || overflows ? nil : ticks
  }

  /// A decimal text times ten to the power of `scale`: at most 38 digits, and none lost.
  static func decimal(_ text: Bytes, _ count: Int, scale: Int) -> Int128? {
    var index = 0
    let isNegative = text[0] == 0x2D
    if isNegative { index = 1 }
    var value: Int128 = 0
    var behind = -1
    var digits = 0
    while index < count {
      let byte = text[index]
      index += 1
      if byte == 0x2E, behind < 0 {
        behind = 0
        continue
      }
      guard case 0x30...0x39 = byte else { return nil }
      digits += 1
      if behind >= scale {
        guard byte == 0x30 else { return nil }
        continue
      }
      if behind >= 0 { behind += 1 }
      guard value < decimalLimit / 10 else { return nil }
      value = value * 10 + Int128(byte - 0x30)
    }
    guard digits > 0 else { return nil }
    for _ in max(behind, 0)..<max(scale, max(behind, 0)) {
      guard value < decimalLimit / 10 else { return nil }
      value *= 10
    }
    return isNegative ? -value : value
  }

  /// Ten to the power of 38.
  private static let decimalLimit: Int128 = 10_000_000_000_000_000_000 * 10_000_000_000_000_000_000

  /// Writes the 16 bytes of a GUID of 36 characters to `out`; false where the text is none.
  static func guid(_ text: Bytes, _ count: Int, to out: Out) -> Bool {
    guard count == 36, text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else { return false }
    var index = 0
    for place in 0..<16 {
      if text[index] == 0x2D { index += 1 }
      let (high, low) = (nibble[Int(text[index])], nibble[Int(text[index + 1])])
      guard high | low < 16 else { return false }
      out[place] = high << 4 | low
      index += 2
    }
    return true
  }

  /// The value of a hexadecimal digit by its byte; 255 for what is none.
  private static let nibble: InlineArray<256, UInt8> = {
    var table = InlineArray<256, UInt8>(repeating: 255)
    for byte in 0..<256 {
      if let value = StringScan.hexadecimal(UInt8(byte)) { table[byte] = UInt8(value) }
    }
    return table
  }()
}
