/// A value of type `dynamic`.
indirect enum KQLJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The digits as written.
  case number(String)
  case string(String)
  case array([KQLJSON])
  case object([(key: String, value: KQLJSON)])

  /// Reads JSON; `lenient` also takes what `dynamic(…)` takes: strings in
  /// single quotes and literals such as `datetime(…)`. Nil where it is none.
  init?(_ text: String, lenient: Bool = false) {
    var reader = KQLJSONReader(bytes: Array(text.utf8), lenient: lenient)
    guard let value = reader.document() else { return nil }
    self = value
  }

  static func == (left: KQLJSON, right: KQLJSON) -> Bool { left.text == right.text }
}

extension KQLJSON {
  /// Without white space.
  var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let digits): out += digits
    case .string(let text): out += Escaped.json(text)
    case .array(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        out += Escaped.json(member.key) + ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  /// As `tostring()` writes it: a string without its quotes, nothing for null.
  var plainText: String {
    switch self {
    case .null: ""
    case .string(let text): text
    default: text
    }
  }

  /// As `gettype()` names it.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number(let digits): Int64(digits) == nil ? "double" : "long"
    case .string: "string"
    case .array: "array"
    case .object: "dictionary"
    }
  }

  /// A member of an object; the last of that name, as in most readers.
  subscript(key: String) -> KQLJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// An element of an array; negative numbers count from the end.
  subscript(index: Int64) -> KQLJSON? {
    guard case .array(let items) = self else { return nil }
    let place = index < 0 ? Int64(items.count) + index : index
    return items.indices.contains(Int(place)) ? items[Int(place)] : nil
  }
}

/// A recursive descent through JSON text.
private struct KQLJSONReader {
  let bytes: [UInt8]
  let lenient: Bool
  var index = 0
  var depth = 0

  init(bytes: [UInt8], lenient: Bool) {
    self.bytes = bytes
    self.lenient = lenient
  }

  mutating func document() -> KQLJSON? {
    guard let value = value() else { return nil }
    skipSpace()
    return index == bytes.count ? value : nil
  }

  private var peek: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipSpace() {
    while peek == 0x20 || peek == 0x0a || peek == 0x0d || peek == 0x09 { index += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let matches = text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    if matches { index += text.utf8CodeUnitCount }
    return matches
  }

  private mutating func value() -> KQLJSON? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { return nil }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return array()
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "'") where lenient: return string().map { .string($0) }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    default:
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("null") { return .null }
      return lenient ? typed() : nil
    }
  }

  private mutating func number() -> KQLJSON? {
    let start = index
    while peek.isDigit || "+-.eE".utf8.contains(peek) { index += 1 }
    let digits = String(decoding: bytes[start..<index], as: UTF8.self)
    guard Double(digits) != nil, !digits.hasPrefix("+"), !digits.hasSuffix(".") else { return nil }
    return .number(digits)
  }

  private mutating func array() -> KQLJSON? {
    index += 1
    var items: [KQLJSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    while let item = value() {
      items.append(item)
      skipSpace()
      if take("]") { return .array(items) }
      guard take(",") else { return nil }
    }
    return nil
  }

  private mutating func object() -> KQLJSON? {
    index += 1
    var members: [(key: String, value: KQLJSON)] = []
    skipSpace()
    if take("}") { return .object([]) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") || lenient && peek == UInt8(ascii: "'"), let key = string() else { return nil }
      skipSpace()
      guard take(":"), let item = value() else { return nil }
      members.append((key, item))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { return nil }
    }
  }

  private mutating func string() -> String? {
    let quote = peek
    index += 1
    var text: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == quote { return String(decoding: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escaped = escape() else { return nil }
      text += escaped
    }
    return nil
  }

  private mutating func escape() -> [UInt8]? {
    let byte = peek
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "'") where lenient: return [byte]
    case UInt8(ascii: "u"):
      guard var code = hex() else { return nil }
      if (0xd800..<0xdc00).contains(code), take("\\u") {
        guard let low = hex(), (0xdc00..<0xe000).contains(low) else { return nil }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      return Unicode.Scalar(code).map { Array(String(Character($0)).utf8) } ?? [0xef, 0xbf, 0xbd]
    default: return nil
    }
  }

  private mutating func hex() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Hex.digit(peek) else { return nil }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  /// `datetime(…)`, `timespan(…)` and the like, as the text or number that JSON has for them.
  private mutating func typed() -> KQLJSON? {
    guard let open = bytes[index...].firstIndex(of: UInt8(ascii: "(")),
      let close = bytes[open...].firstIndex(of: UInt8(ascii: ")")),
      let type = ColumnType(kqlName: String(decoding: bytes[index..<open], as: UTF8.self)), type != .dynamic,
      let literal = KQLLiteral(type, String(decoding: bytes[(open + 1)..<close], as: UTF8.self))
    else { return nil }
    index = close + 1
    switch literal {
    case .datetime(let ticks): return .string(KQLTime.text(datetime: ticks))
    case .timespan(let ticks): return .string(KQLTime.text(timespan: ticks))
    case .guid(let text): return .string(text)
    case .bool(let value): return .bool(value)
    case .int(let value): return .number(String(value))
    case .long(let value): return .number(String(value))
    case .real(let value): return .number(value.kqlText)
    case .decimal(let digits): return .number(digits)
    case .null: return .null
    case .string, .dynamic: return nil
    }
  }
}
