internal import Diagnostics

/// A value of JSON, for results that programs read.
///
/// Members keep their order, and integers their digits.
indirect enum JSONValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
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
    switch self {
    case .string(let text): return jsonString(text)
    case .integer(let value): return "\(value)"
    case .bool(let value): return "\(value)"
    case .array(let values): return "[\(values.map(\.text).joined(separator: ","))]"
    case .object(let members):
      let present = members.compactMap { name, value in value.map { "\(jsonString(name)):\($0.text)" } }
      return "{\(present.joined(separator: ","))}"
    }
  }
}
