import Glibc

/// Reads JSON in place: values stay the bytes that they were written with, so
/// that no digit of a number is lost.
struct JSONReader {
  /// Text that is not JSON.
  struct Malformed: Error, Equatable, CustomStringConvertible {
    /// Bytes from the beginning.
    var offset: Int
    var description: String
  }

  /// A value's kind and where its text lies.
  struct Value {
    enum Kind {
      case null, `true`, `false`
      /// A number without fraction and exponent.
      case integer
      /// Any other number.
      case fraction
      /// A string without escapes; the text leaves out the quotes.
      case plain
      /// A string with escapes; the text leaves out the quotes.
      case escaped
      /// An object or an array.
      case nested
    }

    var kind: Kind
    var text: UnsafeBufferPointer<UInt8>
  }

  /// Nesting that is refused, so that no text can exhaust a stack elsewhere.
  static let deepest = 200

  private let start: UnsafePointer<UInt8>
  private let count: Int
  private(set) var offset = 0

  /// Reads UTF-8 bytes, which must outlive the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty text is never read from; any address will do.
    start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    count = bytes.count
  }

  /// The next byte behind blanks, nil at the end.
  mutating func peek() -> UInt8? {
    while offset < count {
      let byte = start[offset]
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Takes `byte` if it comes next behind blanks.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  /// Takes `byte`, which must come next.
  mutating func expect(_ byte: Unicode.Scalar) throws(Malformed) {
    guard take(byte) else { throw problem("expected '\(byte)'") }
  }

  /// What is wrong at the present place.
  func problem(_ text: String) -> Malformed { Malformed(offset: offset, description: text) }

  /// Reads an object, telling each member's key (a string value) and value.
  mutating func object(_ member: (Value, Value) throws(Malformed) -> Void) throws(Malformed) {
    try expect("{")
    if take("}") { return }
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw problem("expected a key") }
      let key = try string()
      try expect(":")
      try member(key, try value())
    } while take(",")
    try expect("}")
  }

  /// Reads one value, skipping over what it holds.
  mutating func value() throws(Malformed) -> Value {
    guard let byte = peek() else { throw problem("the text ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let from = offset
      try skipNested()
      return Value(kind: .nested, text: span(from))
    case UInt8(ascii: "t"): return try word("true", .true)
    case UInt8(ascii: "f"): return try word("false", .false)
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private func span(_ from: Int, _ to: Int? = nil) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + from, count: (to ?? offset) - from)
  }

  private mutating func word(_ text: StaticString, _ kind: Value.Kind) throws(Malformed) -> Value {
    let length = text.utf8CodeUnitCount
    guard offset + length <= count, memcmp(start + offset, text.utf8Start, length) == 0 else {
      throw problem("no JSON value")
    }
    offset += length
    return Value(kind: kind, text: span(offset - length))
  }

  private mutating func string() throws(Malformed) -> Value {
    offset += 1
    let from = offset
    var kind = Value.Kind.plain
    while offset < count {
      let byte = start[offset]
      if byte == UInt8(ascii: "\"") {
        offset += 1
        return Value(kind: kind, text: span(from, offset - 1))
      }
      if byte == UInt8(ascii: "\\") {
        kind = .escaped
        try skipEscape()
      } else if byte < 0x20 {
        throw problem("a control character inside a string")
      } else {
        offset += 1
      }
    }
    throw problem("a string without end")
  }

  private mutating func skipEscape() throws(Malformed) {
    guard offset + 1 < count else { throw problem("a string without end") }
    switch start[offset + 1] {
    case UInt8(ascii: "u"):
      guard offset + 6 <= count, (2..<6).allSatisfy({ Hex.digit(start[offset + $0]) != nil }) else {
        throw problem("a \\u escape needs four hexadecimal digits")
      }
      offset += 6
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    default: throw problem("no such escape")
    }
  }

  private mutating func number() throws(Malformed) -> Value {
    let from = offset
    var kind = Value.Kind.integer
    if offset < count, start[offset] == UInt8(ascii: "-") { offset += 1 }
    let digits = offset
    try skipDigits()
    if start[digits] == UInt8(ascii: "0"), offset > digits + 1 { throw problem("a number with a leading zero") }
    if offset < count, start[offset] == UInt8(ascii: ".") {
      kind = .fraction
      offset += 1
      try skipDigits()
    }
    if offset < count, start[offset] | 0x20 == UInt8(ascii: "e") {
      kind = .fraction
      offset += 1
      if offset < count, start[offset] == UInt8(ascii: "+") || start[offset] == UInt8(ascii: "-") { offset += 1 }
      try skipDigits()
    }
    return Value(kind: kind, text: span(from))
  }

  private mutating func skipDigits() throws(Malformed) {
    let from = offset
    while offset < count, start[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
    if offset == from { throw problem("no JSON value") }
  }

  private mutating func skipNested() throws(Malformed) {
    var isObject: [Bool] = []
    repeat {
      // A value begins here.
      if peek() == UInt8(ascii: "{") || peek() == UInt8(ascii: "[") {
        isObject.append(start[offset] == UInt8(ascii: "{"))
        if isObject.count > Self.deepest { throw problem("nested more than \(Self.deepest) deep") }
        offset += 1
        if take(isObject[isObject.count - 1] ? "}" : "]") {
          isObject.removeLast()
        } else {
          if isObject[isObject.count - 1] { try skipKey() }
          continue
        }
      } else {
        _ = try value()
      }
      while let inner = isObject.last {
        if take(",") {
          if inner { try skipKey() }
          break
        }
        try expect(inner ? "}" : "]")
        isObject.removeLast()
      }
    } while !isObject.isEmpty
  }

  private mutating func skipKey() throws(Malformed) {
    guard peek() == UInt8(ascii: "\"") else { throw problem("expected a key") }
    _ = try string()
    try expect(":")
  }
}

extension JSONReader.Value {
  /// A string's text with its escapes undone; a lone surrogate becomes U+FFFD.
  func unescaped() -> String {
    guard kind == .escaped else { return String(decoding: text, as: UTF8.self) }
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        out.append(text[index])
        index += 1
        continue
      }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0c)
      case UInt8(ascii: "n"): out.append(0x0a)
      case UInt8(ascii: "r"): out.append(0x0d)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"): out += Array(String(scalar(&index)).utf8)
      case let other: out.append(other)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The scalar whose first four digits are at `index`.
  private func scalar(_ index: inout Int) -> Unicode.Scalar {
    let first = unit(index)
    index += 4
    if first & 0xFC00 == 0xD800, index + 6 <= text.count, text[index] == UInt8(ascii: "\\"),
      text[index + 1] == UInt8(ascii: "u"), case let second = unit(index + 2), second & 0xFC00 == 0xDC00
    {
      index += 6
      return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF) ?? "\u{FFFD}"
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  private func unit(_ index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | UInt32(Hex.digit(text[index + $1]) ?? 0) }
  }

  /// The text of an object or array without the blanks between its tokens.
  func compact() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var isInString = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if isInString {
        out.append(byte)
        if byte == UInt8(ascii: "\\") {
          out.append(text[index])
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte > 0x20 {
        isInString = byte == UInt8(ascii: "\"")
        out.append(byte)
      }
    }
    return out
  }
}
