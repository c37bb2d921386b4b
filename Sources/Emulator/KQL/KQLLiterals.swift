extension KQLLiteral {
  /// `datetime(…)` and its kind; nil where the text is no value of the type.
  init?(_ type: ColumnType, _ body: String) {
    let text = body.trimmingSpace
    if text == "null" || (text.isEmpty && type != .string) {
      self = .null(type)
      return
    }
    switch type {
    case .bool:
      switch text.lowercased() {
      case "true", "1": self = .bool(true)
      case "false", "0": self = .bool(false)
      default: return nil
      }
    case .int:
      guard let value = Self.integer(text), let small = Int32(exactly: value) else { return nil }
      self = .int(small)
    case .long:
      guard let value = Self.integer(text) else { return nil }
      self = .long(value)
    case .real:
      guard let value = Self.real(text) else { return nil }
      self = .real(value)
    case .decimal:
      guard Decimal128(text) != nil else { return nil }
      self = .decimal(text)
    case .datetime:
      guard let ticks = KQLTime.datetime(Self.unquoted(text)) else { return nil }
      self = .datetime(ticks)
    case .timespan:
      guard let ticks = KQLTime.timespan(Self.unquoted(text)) else { return nil }
      self = .timespan(ticks)
    case .guid:
      guard let guid = Self.guid(Self.unquoted(text)) else { return nil }
      self = .guid(guid)
    case .dynamic:
      guard let value = KQLJSON(text, lenient: true) else { return nil }
      self = .dynamic(value.text)
    case .string: return nil
    }
  }

  /// Decimal or hexadecimal, with a sign.
  static func integer(_ text: String) -> Int64? {
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return Int64(text.dropFirst(2), radix: 16) }
    return Int64(text)
  }

  /// `1.5`, `nan`, `+inf`, `-inf`.
  static func real(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": .nan
    case "inf", "+inf", "infinity", "+infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: text.utf8.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) ? Double(text) : nil
    }
  }

  /// 36 characters with hyphens, or 32 without, in braces or not; lower case.
  static func guid(_ text: String) -> String? {
    var digits = text.lowercased()
    if digits.hasPrefix("{"), digits.hasSuffix("}") { digits = String(digits.dropFirst().dropLast()) }
    let bytes = Array(digits.utf8)
    let dash = UInt8(ascii: "-")
    if bytes.count == 36 {
      let places: Set<Int> = [8, 13, 18, 23]
      let valid = bytes.indices.allSatisfy { places.contains($0) ? bytes[$0] == dash : Hex.digit(bytes[$0]) != nil }
      return valid ? digits : nil
    }
    guard bytes.count == 32, bytes.allSatisfy({ Hex.digit($0) != nil }) else { return nil }
    return [bytes[0..<8], bytes[8..<12], bytes[12..<16], bytes[16..<20], bytes[20..<32]]
      .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}

extension ColumnType {
  /// A type by any of the names that KQL gives it; nil where there is none.
  init?(kqlName: String) {
    switch kqlName {
    case "boolean": self = .bool
    case "date": self = .datetime
    case "time": self = .timespan
    case "double": self = .real
    case "uuid", "uniqueid": self = .guid
    default: self.init(rawValue: kqlName)
    }
  }

  var isNumeric: Bool { self == .int || self == .long || self == .real || self == .decimal }
  var isInteger: Bool { self == .int || self == .long }
}
