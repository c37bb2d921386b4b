/// A scalar's text as parsed (escapes resolved, lines folded) and how it was written.
package struct YAMLScalar: Hashable, Sendable {
  package var text: String
  package var style: Style
  /// The type that an explicit tag names; nil where the text itself decides.
  package var type: ExplicitType?

  package init(text: String, style: Style = .plain, type: ExplicitType? = nil) {
    self.text = text
    self.style = style
    self.type = type
  }

  /// How a scalar was written.
  package enum Style: Sendable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// The tags of the core schema that a scalar may carry.
  package enum ExplicitType: String, Sendable, CaseIterable {
    case string = "str"
    case null, bool, int, float
  }

  /// A scalar's value under the core schema of YAML 1.2.
  package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Nil where the number does not fit in 64 bits.
    case int(Int?)
    /// The text, so that no digit is lost.
    case float(String)
    case string(String)

    package var kind: String {
      switch self {
      case .null: "nothing"
      case .bool: "a boolean"
      case .int, .float: "a number"
      case .string: "a string"
      }
    }
  }
}

extension YAMLScalar {
  /// The value: quoted and block scalars are strings, plain ones are typed by
  /// the core schema (YAML 1.2.2, section 10.3.2), so `yes` and `1:30` are strings.
  package var value: Value {
    switch type {
    case .string: return .string(text)
    case nil: return style == .plain ? Self.resolve(text) : .string(text)
    case .null, .bool, .int, .float: return Self.resolve(text)
    }
  }

  /// Whether an explicit tag and the text agree; `!!int twelve` does not.
  package var agreesWithTag: Bool {
    switch (type, value) {
    case (nil, _), (.string, _), (.null, .null), (.bool, .bool), (.int, .int), (.float, .float), (.float, .int): true
    default: false
    }
  }

  private static func resolve(_ text: String) -> Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    if let value = integer(text) { return value }
    return isFloat(text) ? .float(text) : .string(text)
  }

  /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
  private static func integer(_ text: String) -> Value? {
    let bytes = Array(text.utf8)
    func digits(_ from: Int, _ radix: Int) -> Bool {
      bytes.count > from && bytes[from...].allSatisfy { digit($0) < radix }
    }
    if text.hasPrefix("0o") { return digits(2, 8) ? .int(Int(text.dropFirst(2), radix: 8)) : nil }
    if text.hasPrefix("0x") { return digits(2, 16) ? .int(Int(text.dropFirst(2), radix: 16)) : nil }
    let signed = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
    return digits(signed ? 1 : 0, 10) ? .int(Int(text)) : nil
  }

  private static func digit(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 0x61 + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 0x41 + 10
    default: .max
    }
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, `.inf`, `.nan`.
  private static func isFloat(_ text: String) -> Bool {
    var rest = Substring(text)
    if [".nan", ".NaN", ".NAN"].contains(text) { return true }
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
    if [".inf", ".Inf", ".INF"].contains(rest) { return true }
    func takeDigits() -> Bool {
      let found = rest.prefix { ("0"..."9").contains($0) }
      rest.removeFirst(found.count)
      return !found.isEmpty
    }
    let whole = takeDigits()
    var fraction = false
    if rest.hasPrefix(".") {
      rest.removeFirst()
      fraction = takeDigits()
    }
    guard whole || fraction else { return false }
    if rest.hasPrefix("e") || rest.hasPrefix("E") {
      rest.removeFirst()
      if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
      guard takeDigits() else { return false }
    }
    return rest.isEmpty
  }
}
