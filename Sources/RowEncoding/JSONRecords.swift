/// Counts the rows of a document of JSON as it streams by, and checks that each is well formed (RFC 8259).
///
///     {"A":1}\n{"A":2}\n       lines: one object each
///     [{"A":1},{"A":2}]        an array of objects
///
/// A byte at a time, nothing is kept but the kinds of the containers that are open.
struct JSONRecords {
  private(set) var rows = 0
  /// Of the current line, from 1; line feeds within strings are none, being escaped.
  private(set) var line = 1
  private var isArray: Bool
  private var mayBeEither: Bool
  private var state = State.begin
  /// The containers that are open: true for an object.
  private var open: [Bool] = []
  /// What is still to come of `true`, `false` or `null`, or of a `\u` escape's digits.
  private var rest: ArraySlice<UInt8> = []
  private var digits = 0

  private enum State: UInt8 {
    /// Before the document; in lines also before each row.
    case begin
    /// Before a value; before one or the end of an empty array.
    case value, firstValue
    /// Before a name; before one or the end of an empty object.
    case name, firstName
    case colon, string, nameString, escape, nameEscape, hex, nameHex, word
    /// Behind a value: a comma, or the container's end.
    case after
    /// Behind a row's end on its line, or behind the array.
    case end
    /// Within a number: behind the minus, the zero, a digit, the point, a digit behind it, the `e`, its sign, its digits.
    case minus, zero, integer, point, fraction, exponent, sign, power
  }

  /// More than any row of the service has: its `dynamic` values are 1 MB at most.
  private static let depthCap = 1 << 20

  /// Nil for either, which the first byte tells.
  init(isArray: Bool?) {
    self.isArray = isArray ?? false
    mayBeEither = isArray == nil
  }
}

extension JSONRecords {
  /// Takes the next bytes in. Throws at the first that cannot stand where it does.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    var index = 0
    while index < bytes.count {
      if state == .string || state == .nameString {
        // Most bytes lie within strings.
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != 0x22, bytes[index] != 0x5C { index += 1 }
        if index == bytes.count { return }
      }
      try take(bytes[index])
      index += 1
    }
  }

  /// Ends the document. Throws where it is cut off.
  mutating func finish() throws(RecordError) {
    let isWhole = isArray ? state == .end : state == .begin || state == .end
    guard isWhole || mayBeEither && state == .begin else { throw problem("the document is cut off") }
  }

  private func problem(_ reason: String) -> RecordError { RecordError(line: line, reason: reason) }

  private func unexpected(_ byte: UInt8) -> RecordError {
    let shown = (0x21...0x7E).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "the byte \(byte)"
    return problem("\(shown) cannot stand here")
  }

  // One case for each place of the grammar.
  private mutating func take(_ byte: UInt8) throws(RecordError) {
    switch state {
    case .string, .nameString: try takeString(byte)
    case .escape, .nameEscape: try takeEscape(byte)
    case .hex, .nameHex:
      guard Self.isHex(byte) else { throw unexpected(byte) }
      digits -= 1
      if digits == 0 { state = state == .hex ? .string : .nameString }
    case .word:
      guard rest.popFirst() == byte else { throw unexpected(byte) }
      if rest.isEmpty { state = .after }
    case .minus, .zero, .integer, .point, .fraction, .exponent, .sign, .power: try takeNumber(byte)
    default:
      if byte == 0x0A { return try takeLineFeed() }
      if byte == 0x20 || byte == 0x09 || byte == 0x0D { return }
      try takeMark(byte)
    }
  }

  private mutating func takeLineFeed() throws(RecordError) {
    let isBetween = open.isEmpty && (state == .begin || state == .end)
    guard isArray || isBetween else { throw problem("the line ends within a row") }
    if !isArray { state = .begin }
    line += 1
  }

  private mutating func takeMark(_ byte: UInt8) throws(RecordError) {
    switch (state, byte) {
    case (.begin, UInt8(ascii: "[")) where isArray || mayBeEither:
      (isArray, mayBeEither) = (true, false)
      open = [false]
      state = .firstValue
    case (.begin, UInt8(ascii: "{")) where !isArray:
      mayBeEither = false
      beginRow()
    case (.firstValue, UInt8(ascii: "]")), (.after, UInt8(ascii: "]")):
      guard open.last == false else { throw unexpected(byte) }
      close()
    case (.firstName, UInt8(ascii: "}")), (.after, UInt8(ascii: "}")):
      guard open.last == true else { throw unexpected(byte) }
      close()
    case (.firstName, UInt8(ascii: "\"")), (.name, UInt8(ascii: "\"")): state = .nameString
    case (.colon, UInt8(ascii: ":")): state = .value
    case (.after, UInt8(ascii: ",")): state = open.last == true ? .name : .value
    case (.value, _), (.firstValue, _): try beginValue(byte)
    default: throw unexpected(byte)
    }
  }

  private mutating func beginRow() {
    rows += 1
    open.append(true)
    state = .firstName
  }

  private mutating func close() {
    open.removeLast()
    state = open.isEmpty ? .end : .after
  }

  private mutating func beginValue(_ byte: UInt8) throws(RecordError) {
    if isArray, open.count == 1 {
      guard byte == UInt8(ascii: "{") else { throw problem("a row is no object") }
      return beginRow()
    }
    guard open.count < Self.depthCap else { throw problem("it is nested too deeply") }
    switch byte {
    case UInt8(ascii: "{"):
      open.append(true)
      state = .firstName
    case UInt8(ascii: "["):
      open.append(false)
      state = .firstValue
    case UInt8(ascii: "\""): state = .string
    case UInt8(ascii: "-"): state = .minus
    case UInt8(ascii: "0"): state = .zero
    case 0x31...0x39: state = .integer
    case UInt8(ascii: "t"): beginWord("rue")
    case UInt8(ascii: "f"): beginWord("alse")
    case UInt8(ascii: "n"): beginWord("ull")
    default: throw unexpected(byte)
    }
  }

  private mutating func beginWord(_ text: StaticString) {
    rest = text.withUTF8Buffer { Array($0)[...] }
    state = .word
  }
}

// MARK: - Within values

extension JSONRecords {
  private mutating func takeString(_ byte: UInt8) throws(RecordError) {
    switch byte {
    case 0x22: state = state == .nameString ? .colon : .after
    case 0x5C: state = state == .nameString ? .nameEscape : .escape
    case ..<0x20: throw problem("a control character stands in a string")
    default: break
    }
  }

  private mutating func takeEscape(_ byte: UInt8) throws(RecordError) {
    let isName = state == .nameEscape
    switch byte {
    case UInt8(ascii: "u"):
      digits = 4
      state = isName ? .nameHex : .hex
    case 0x22, 0x5C, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "t"):
      state = isName ? .nameString : .string
    default: throw problem("there is no such escape")
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private mutating func takeNumber(_ byte: UInt8) throws(RecordError) {
    let isDigit = (0x30...0x39).contains(byte)
    switch state {
    case .minus where isDigit: state = byte == 0x30 ? .zero : .integer
    case .integer where isDigit, .fraction where isDigit, .power where isDigit: break
    case .point where isDigit: state = .fraction
    case .exponent where isDigit, .sign where isDigit: state = .power
    case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"): state = .sign
    case .zero where byte == UInt8(ascii: "."), .integer where byte == UInt8(ascii: "."): state = .point
    case .zero where byte | 0x20 == UInt8(ascii: "e"), .integer where byte | 0x20 == UInt8(ascii: "e"),
      .fraction where byte | 0x20 == UInt8(ascii: "e"):
      state = .exponent
    case .zero where !isDigit, .integer, .fraction, .power:
      // The number has ended before this byte.
      state = .after
      try take(byte)
    default: throw unexpected(byte)
    }
  }
}
