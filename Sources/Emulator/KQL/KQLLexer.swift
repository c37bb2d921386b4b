/// Splits a query into words.
struct KQLLexer {
  private let text: KQLText
  private var index = 0

  init(_ text: KQLText) { self.text = text }

  /// All words, the last of them `.end`. Throws SYN0002 at what is no word.
  static func tokens(of text: KQLText) throws(KQLError) -> [KQLToken] {
    var lexer = KQLLexer(text)
    var tokens: [KQLToken] = []
    repeat { tokens.append(try lexer.next()) } while tokens[tokens.count - 1].kind != .end
    return tokens
  }

  /// Names that make a literal of what stands in the parentheses after them.
  private static let literalTypes: [String: ColumnType] = [
    "bool": .bool, "boolean": .bool, "datetime": .datetime, "date": .datetime, "decimal": .decimal,
    "double": .real, "dynamic": .dynamic, "guid": .guid, "int": .int, "long": .long, "real": .real,
    "time": .timespan, "timespan": .timespan,
  ]

  /// Punctuation, the longest first.
  private static let marks: [[UInt8]] = [
    "==", "!=", "<>", "<=", ">=", "=~", "!~", "..", "=>", "(", ")", "[", "]", "{", "}", "|", ",", ";", ":", ".", "<",
    ">", "=", "+", "-", "*", "/", "%",
  ].map { Array($0.utf8) }
}

extension KQLLexer {
  private func peek(_ offset: Int = 0) -> UInt8 {
    index + offset < text.bytes.count ? text.bytes[index + offset] : 0
  }

  private var atEnd: Bool { index >= text.bytes.count }

  private mutating func next() throws(KQLError) -> KQLToken {
    skipSpace()
    let start = index
    guard !atEnd else { return KQLToken(kind: .end, range: start..<start) }
    let kind = try scan()
    return KQLToken(kind: kind, range: start..<index)
  }

  private mutating func skipSpace() {
    while !atEnd {
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
        while !atEnd, peek() != UInt8(ascii: "\n") { index += 1 }
      } else if peek() == 0x20 || (0x09...0x0d).contains(peek()) {
        index += 1
      } else {
        return
      }
    }
  }

  private mutating func scan() throws(KQLError) -> KQLToken.Kind {
    let byte = peek()
    if let string = try scanString() { return .string(string) }
    if byte.isDigit { return try scanNumber() }
    if byte.isNameStart { return try scanName() }
    if byte == UInt8(ascii: "!"), peek(1).isNameStart {
      index += 1
      let word = scanWord()
      return .mark("!" + word)
    }
    for mark in Self.marks where text.bytes[index...].starts(with: mark) {
      index += mark.count
      return .mark(String(decoding: mark, as: UTF8.self))
    }
    throw text.error(at: index..<(index + 1))
  }
}

extension KQLLexer {
  /// A word, and the `~` of `in~` right behind it.
  private mutating func scanWord() -> String {
    let start = index
    while peek().isNamePart { index += 1 }
    if text[start..<index] == "in", peek() == UInt8(ascii: "~") { index += 1 }
    return text[start..<index]
  }

  private mutating func scanName() throws(KQLError) -> KQLToken.Kind {
    let word = scanWord()
    if word == "in~" { return .mark(word) }
    // `project-away` and its kin are one word, though elsewhere a minus subtracts.
    if word == "project" || word == "mv", peek() == UInt8(ascii: "-"), peek(1).isNameStart {
      let mark = index
      index += 1
      let tail = scanWord()
      if ["away", "keep", "rename", "reorder", "expand", "apply"].contains(tail) { return .name(word + "-" + tail) }
      index = mark
    }
    guard let type = Self.literalTypes[word] else { return .name(word) }
    let mark = index
    skipSpace()
    guard peek() == UInt8(ascii: "(") else {
      index = mark
      return .name(word)
    }
    index += 1
    return .typed(type, try scanToParenthesis())
  }

  /// The text up to the parenthesis that closes a literal.
  private mutating func scanToParenthesis() throws(KQLError) -> String {
    let start = index
    var depth = 1
    while !atEnd {
      if try scanString() != nil { continue }
      if peek() == UInt8(ascii: "(") { depth += 1 }
      if peek() == UInt8(ascii: ")") { depth -= 1 }
      index += 1
      if depth == 0 { return text[start..<(index - 1)] }
    }
    throw text.error(at: index..<index)
  }
}

extension KQLLexer {
  /// A string in any of its forms; nil where none begins here.
  private mutating func scanString() throws(KQLError) -> String? {
    let start = index
    if "hH".utf8.contains(peek()), "\"'@".utf8.contains(peek(1)) { index += 1 }
    let verbatim = peek() == UInt8(ascii: "@") && "\"'".utf8.contains(peek(1))
    if verbatim { index += 1 }
    if !verbatim, let fence = ["```", "~~~"].first(where: { text.bytes[index...].starts(with: $0.utf8) }) {
      return try scanFenced(Array(fence.utf8), start)
    }
    let quote = peek()
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      index = start
      return nil
    }
    index += 1
    var value: [UInt8] = []
    while !atEnd, peek() != UInt8(ascii: "\n") {
      let byte = peek()
      index += 1
      if byte == quote {
        guard verbatim, peek() == quote else { return String(decoding: value, as: UTF8.self) }
        index += 1
        value.append(quote)
      } else if byte == UInt8(ascii: "\\"), !verbatim {
        value += try scanEscape()
      } else {
        value.append(byte)
      }
    }
    throw text.error(at: start..<index)
  }

  private mutating func scanFenced(_ fence: [UInt8], _ start: Int) throws(KQLError) -> String {
    index += fence.count
    let from = index
    while !atEnd {
      if text.bytes[index...].starts(with: fence) {
        defer { index += fence.count }
        return text[from..<index]
      }
      index += 1
    }
    throw text.error(at: start..<index)
  }

  private mutating func scanEscape() throws(KQLError) -> [UInt8] {
    let byte = peek()
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "a"): return [0x07]
    case UInt8(ascii: "v"): return [0x0b]
    case UInt8(ascii: "0"): return [0x00]
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "x"), UInt8(ascii: "u"):
      let count = byte == UInt8(ascii: "x") ? 2 : 4
      var value: UInt32 = 0
      for _ in 0..<count {
        guard let digit = Hex.digit(peek()) else { throw text.error(at: (index - 1)..<index) }
        value = value << 4 | UInt32(digit)
        index += 1
      }
      guard let scalar = Unicode.Scalar(value) else { throw text.error(at: (index - count)..<index) }
      return Array(String(Character(scalar)).utf8)
    default: throw text.error(at: (index - 2)..<min(index, text.bytes.count))
    }
  }
}

extension KQLLexer {
  private mutating func scanNumber() throws(KQLError) -> KQLToken.Kind {
    let start = index
    if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x"), Hex.digit(peek(2)) != nil {
      index += 2
      while Hex.digit(peek()) != nil { index += 1 }
      guard !peek().isNamePart, let value = UInt64(text[(start + 2)..<index], radix: 16) else {
        throw text.error(at: start..<index)
      }
      return .long(value)
    }
    while peek().isDigit { index += 1 }
    var whole = true
    if peek() == UInt8(ascii: "."), peek(1).isDigit {
      whole = false
      index += 1
      while peek().isDigit { index += 1 }
    }
    let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
    if peek() | 0x20 == UInt8(ascii: "e"), peek(1 + sign).isDigit {
      whole = false
      index += 1 + sign
      while peek().isDigit { index += 1 }
    }
    let digits = text[start..<index]
    if peek().isNameStart {
      while peek().isNamePart { index += 1 }
      guard let ticks = KQLTime.timespan(text[start..<index]) else { throw text.error(at: start..<index) }
      return .timespan(ticks)
    }
    if whole, let value = UInt64(digits) { return .long(value) }
    guard !whole, let value = Double(digits) else { throw text.error(at: start..<index) }
    return .real(value)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  fileprivate var isNameStart: Bool {
    (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
      || self == UInt8(ascii: "$")
  }
  fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
