/// How a JSON value is held in a column of some type.
enum StoredValue: Equatable {
  /// NULL.
  case null
  /// INTEGER.
  case integer(Int64)
  /// REAL.
  case real(Double)
  /// TEXT.
  case text(String)

  /// Converts where nothing is lost; nil where the value is none of the type's.
  ///
  /// A missing string is empty, for strings are never null; the JSON text of
  /// anything else is a string, and every JSON value is a dynamic.
  init?(_ value: JSONReader.Value, as type: ColumnType) {
    if value.kind == .null {
      self = type == .string ? .text("") : .null
      return
    }
    let converted: StoredValue? =
      switch type {
      case .bool: Self.bool(value)
      case .int: Int64(text: value.text).flatMap { Int32(exactly: $0) }.map { .integer(Int64($0)) }
      case .long: Int64(text: value.text).map { .integer($0) }
      case .real: Self.real(value)
      case .decimal: Self.decimal(value)
      case .string: .text(Self.string(value))
      case .datetime: value.isString ? KQLTime.datetime(value.unescaped()).map { .integer($0) } : nil
      case .timespan: value.isString ? KQLTime.timespan(value.unescaped()).map { .integer($0) } : nil
      case .guid: value.isString ? Self.guid(value.unescaped()) : nil
      case .dynamic: .text(Self.json(value))
      }
    guard let converted else { return nil }
    self = converted
  }

  private static func bool(_ value: JSONReader.Value) -> StoredValue? {
    switch String(decoding: value.text, as: UTF8.self).lowercased() {
    case "true", "1": .integer(1)
    case "false", "0": .integer(0)
    default: nil
    }
  }

  private static func real(_ value: JSONReader.Value) -> StoredValue? {
    let text = String(decoding: value.text, as: UTF8.self)
    // SQLite takes a number that is none for NULL.
    if text == "NaN" { return .text(text) }
    if text == "Infinity" { return .real(.infinity) }
    if text == "-Infinity" { return .real(-.infinity) }
    guard value.hasNumber else { return nil }
    return Double(text).map { .real($0) }
  }

  private static func decimal(_ value: JSONReader.Value) -> StoredValue? {
    value.hasNumber ? .text(String(decoding: value.text, as: UTF8.self)) : nil
  }

  private static func string(_ value: JSONReader.Value) -> String {
    switch value.kind {
    case .plain, .escaped: value.unescaped()
    case .nested: String(decoding: value.compact(), as: UTF8.self)
    default: String(decoding: value.text, as: UTF8.self)
    }
  }

  private static func json(_ value: JSONReader.Value) -> String {
    if value.kind == .nested { return String(decoding: value.compact(), as: UTF8.self) }
    let text = String(decoding: value.text, as: UTF8.self)
    return value.isString ? "\"\(text)\"" : text
  }

  /// 36 characters, perhaps in braces, any case.
  private static func guid(_ text: String) -> StoredValue? {
    var digits = Array(text.lowercased().utf8)
    if digits.count == 38, digits.first == UInt8(ascii: "{"), digits.last == UInt8(ascii: "}") {
      digits = Array(digits[1...36])
    }
    guard digits.count == 36 else { return nil }
    for (index, byte) in digits.enumerated() {
      let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
      guard isHyphen ? byte == UInt8(ascii: "-") : Hex.digit(byte) != nil else { return nil }
    }
    return .text(String(decoding: digits, as: UTF8.self))
  }
}

extension JSONReader.Value {
  /// Whether it is a string of either kind.
  var isString: Bool { kind == .plain || kind == .escaped }

  /// Whether its text is a JSON number, bare or in quotes.
  fileprivate var hasNumber: Bool {
    if kind == .integer || kind == .fraction { return true }
    guard kind == .plain else { return false }
    var reader = JSONReader(text)
    // A text that is no JSON is no number either; why does not matter here.
    guard let inner = try? reader.value() else { return false }
    return (inner.kind == .integer || inner.kind == .fraction) && inner.text.count == text.count
  }
}
