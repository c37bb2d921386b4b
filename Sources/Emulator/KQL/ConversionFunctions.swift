/// How values of one type become values of another.
enum Conversion {
  /// Null where the value has no counterpart; strings are empty instead.
  static func value(_ call: SQLCall, from: ColumnType, to: ColumnType) -> SQLValue {
    if call.isNull(0) { return to == .string ? .text("") : .null }
    if to == .string { return .text(text(call, 0, from)) }
    switch from {
    case .string: return parse(call.text(0), as: to)
    case .dynamic:
      guard let json = KQLJSON(call.text(0)) else { return parse(call.text(0), as: to) }
      if case .null = json { return .null }
      return parse(json.plainText, as: to)
    case .real: return number(call.real(0), to)
    case .decimal:
      if to == .real { return .real(Decimal128(call.text(0))?.real ?? Double(call.text(0)) ?? .nan) }
      return number(call.real(0), to)
    case .bool, .int, .long, .datetime, .timespan: return integer(call.long(0), from, to)
    case .guid: return .null
    }
  }

  private static func integer(_ value: Int64, _ from: ColumnType, _ to: ColumnType) -> SQLValue {
    switch to {
    case .bool: .bool(value != 0)
    case .int: Int32(exactly: value).map { .integer(Int64($0)) } ?? .null
    case .long: .integer(value)
    case .real: .real(Double(value))
    case .decimal: .text(String(value))
    case .datetime: (0...KQLTime.last).contains(value) ? .integer(value) : .null
    case .timespan: .integer(value)
    case .string, .guid, .dynamic: .null
    }
  }

  private static func number(_ value: Double, _ to: ColumnType) -> SQLValue {
    switch to {
    case .real: return .real(value)
    case .bool: return value.isNaN ? .null : .bool(value != 0)
    case .decimal: return Decimal128(String(value)).map { .text($0.text) } ?? .null
    case .int: return Int32(exactly: value.rounded(.towardZero)).map { .integer(Int64($0)) } ?? .null
    case .long, .timespan, .datetime:
      return Int64(exactly: value.rounded(.towardZero)).map { .integer($0) } ?? .null
    case .string, .guid, .dynamic: return .null
    }
  }

  /// A string read as a value of a type; null where it is none.
  static func parse(_ text: String, as type: ColumnType) -> SQLValue {
    let trimmed = text.trimmingSpace
    switch type {
    case .bool:
      switch trimmed.lowercased() {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: return KQLLiteral.integer(trimmed).map { .bool($0 != 0) } ?? .null
      }
    case .int: return KQLLiteral.integer(trimmed).flatMap { Int32(exactly: $0) }.map { .integer(Int64($0)) } ?? .null
    case .long:
      if let whole = KQLLiteral.integer(trimmed) { return .integer(whole) }
      return KQLLiteral.real(trimmed).flatMap { Int64(exactly: $0.rounded(.towardZero)) }.map { .integer($0) } ?? .null
    case .real: return KQLLiteral.real(trimmed).map { .real($0) } ?? .null
    case .decimal: return Decimal128(trimmed) != nil ? .text(trimmed) : .null
    case .datetime: return KQLTime.datetime(trimmed).map { .integer($0) } ?? .null
    case .timespan: return KQLTime.timespan(trimmed).map { .integer($0) } ?? .null
    case .guid: return KQLLiteral.guid(trimmed).map { .text($0) } ?? .null
    case .string: return .text(text)
    case .dynamic: return .text(KQLJSON(text)?.text ?? Escaped.json(text))
    }
  }

  /// A value as `tostring()` writes it.
  static func text(_ call: SQLCall, _ index: Int, _ type: ColumnType) -> String {
    if call.isNull(index) { return "" }
    switch type {
    case .bool: return call.long(index) != 0 ? "true" : "false"
    case .int, .long: return String(call.long(index))
    case .real: return call.real(index).kqlText
    case .decimal, .string, .guid: return call.text(index)
    case .datetime: return KQLTime.text(datetime: call.long(index))
    case .timespan: return KQLTime.text(timespan: call.long(index))
    case .dynamic: return KQLJSON(call.text(index))?.plainText ?? call.text(index)
    }
  }

  /// A value inside a JSON document.
  static func json(_ call: SQLCall, _ index: Int, _ type: ColumnType) -> String {
    if call.isNull(index) { return type == .string ? "\"\"" : "null" }
    switch type {
    case .bool, .int, .long: return text(call, index, type)
    case .real:
      let value = call.real(index)
      return value.isFinite ? value.kqlText : "\"\(value.kqlText)\""
    case .dynamic:
      let text = call.text(index)
      return KQLJSON(text) == nil ? Escaped.json(text) : text
    case .decimal, .string, .guid, .datetime, .timespan: return Escaped.json(text(call, index, type))
    }
  }
}

extension Double {
  /// The shortest digits that read back as the same number; whole numbers without a point.
  var kqlText: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
    let digits = "\(self)"
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }
}

extension SQLCall {
  /// An argument as it is.
  func value(_ index: Int) -> SQLValue {
    if isNull(index) { return .null }
    if isText(index) { return .text(text(index)) }
    return isReal(index) ? .real(real(index)) : .integer(long(index))
  }
}

extension KQLFunctions {
  /// `kql_long_of_string` and so on, for each pair of types, and `kql_json_of_…`.
  static let conversionFunctions: [NativeFunction] =
    ColumnType.allCases.flatMap { from in
      ColumnType.allCases.filter { $0 != from && $0 != .dynamic }.map { to in
        NativeFunction("kql_\(to.rawValue)_of_\(from.rawValue)", 1, strict: false) {
          Conversion.value($0, from: from, to: to)
        }
      }
    }
    + ColumnType.allCases.filter { $0 != .dynamic }.map { type in
      NativeFunction("kql_dynamic_of_\(type.rawValue)", 1) { .text(Conversion.json($0, 0, type)) }
    }
    + ColumnType.allCases.map { type in
      NativeFunction("kql_json_of_\(type.rawValue)", 1) { .text(Conversion.json($0, 0, type)) }
    }
}
