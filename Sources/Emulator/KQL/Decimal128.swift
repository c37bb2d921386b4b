/// A decimal number of up to 34 digits, as KQL's `decimal` needs it.
struct Decimal128: Sendable, Comparable {
  /// The digits; the value is `significand / 10^scale`.
  var significand: Int128
  var scale: Int

  init(significand: Int128, scale: Int) {
    self.significand = significand
    self.scale = scale
  }

  /// Reads `-12.50`, `1e3`; nil where it is no number or has more digits than fit.
  init?(_ text: some StringProtocol) {
    var value: Int128 = 0
    var scale = 0
    var seen = false
    var point = false
    var bytes = Array(text.utf8)[...]
    let negative = bytes.first == UInt8(ascii: "-")
    if negative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    while let byte = bytes.first {
      if byte.isDigit {
        let (product, over) = value.multipliedReportingOverflow(by: 10)
        guard !over, product < Int128.max - 10 else { return nil }
        value = product + Int128(byte - UInt8(ascii: "0"))
        if point { scale += 1 }
        seen = true
      } else if byte == UInt8(ascii: "."), !point {
        point = true
      } else {
        break
      }
      bytes.removeFirst()
    }
    guard seen else { return nil }
    if let mark = bytes.first {
      guard mark | 0x20 == UInt8(ascii: "e"),
        let exponent = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(exponent) < 100
      else { return nil }
      scale -= exponent
    }
    significand = negative ? -value : value
    self.scale = scale
    if scale < 0 {
      guard let whole = scaled(to: 0) else { return nil }
      significand = whole
      self.scale = 0
    }
  }

  /// Digits without trailing zeros of a fraction.
  var text: String {
    var (value, scale) = (significand, scale)
    while scale > 0, value % 10 == 0 {
      value /= 10
      scale -= 1
    }
    var digits = String(value.magnitude)
    if scale > 0 {
      digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
    }
    return value < 0 ? "-" + digits : digits
  }

  /// The nearest binary number.
  var real: Double { Double(text) ?? .nan }

  private func scaled(to target: Int) -> Int128? {
    var value = significand
    guard target - scale < 100 else { return nil }
    for _ in 0..<max(0, target - scale) {
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      guard !over else { return nil }
      value = product
    }
    return value
  }

  static func < (left: Decimal128, right: Decimal128) -> Bool {
    let scale = max(left.scale, right.scale)
    guard let a = left.scaled(to: scale), let b = right.scaled(to: scale) else { return left.real < right.real }
    return a < b
  }

  static func == (left: Decimal128, right: Decimal128) -> Bool { !(left < right) && !(right < left) }

  /// Sum; nil where it does not fit.
  static func + (left: Decimal128, right: Decimal128) -> Decimal128? {
    let scale = max(left.scale, right.scale)
    guard let a = left.scaled(to: scale), let b = right.scaled(to: scale) else { return nil }
    let (sum, over) = a.addingReportingOverflow(b)
    return over ? nil : Decimal128(significand: sum, scale: scale)
  }

  /// Product; nil where it does not fit.
  static func * (left: Decimal128, right: Decimal128) -> Decimal128? {
    let (product, over) = left.significand.multipliedReportingOverflow(by: right.significand)
    return over ? nil : Decimal128(significand: product, scale: left.scale + right.scale)
  }

  static prefix func - (value: Decimal128) -> Decimal128 {
    Decimal128(significand: -value.significand, scale: value.scale)
  }
}
