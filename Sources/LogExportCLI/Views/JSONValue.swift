internal import Diagnostics

/// A value of JSON, for results that programs read.
///
/// Members keep their order, and integers their digits.
indirect enum JSONValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  case null
  case string(String)
  case integer(Int)
  case bool(Bool)
  case array([JSONValue])
  /// A member without a value is left out.
  case object([(String, JSONValue?)])

  init(stringLiteral text: String) { self = .string(text) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }

  /// On one line, without blanks.
  var text: String {
    var text = ""
    write(to: &text, sorted: false)
    return text
  }

  /// The same with the members of every object sorted by name, as `jq -cS` prints it.
  var canonicalText: String {
    var text = ""
    write(to: &text, sorted: true)
    return text
  }

  private func write(to text: inout String, sorted: Bool) {
    switch self {
    case .null: text += "null"
    case .string(let string): text += jsonString(string)
    case .integer(let value): text += "\(value)"
    case .bool(let value): text += "\(value)"
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text, sorted: sorted)
      }
      text += "]"
    case .object(let members):
      var isFirst = true
      text += "{"
      for (name, value) in sorted ? members.sorted(by: { $0.0 < $1.0 }) : members {
        guard let value else { continue }
        if !isFirst { text += "," }
        isFirst = false
        text += jsonString(name) + ":"
        value.write(to: &text, sorted: sorted)
      }
      text += "}"
    }
  }
}
