import FoundationEssentials

/// JSON of any shape: resources keep what was written to them, known or not.
enum JSONValue: Sendable, Equatable, Codable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// What a decoder holds, whatever it is.
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    // Each type that does not fit throws; the next is tried.
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let array = try? value.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// Writes the value itself, without a wrapper.
  func encode(to encoder: any Encoder) throws {
    var out = encoder.singleValueContainer()
    switch self {
    case .null: try out.encodeNil()
    case .bool(let value): try out.encode(value)
    case .integer(let value): try out.encode(value)
    case .number(let value): try out.encode(value)
    case .string(let value): try out.encode(value)
    case .array(let value): try out.encode(value)
    case .object(let value): try out.encode(value)
    }
  }
}

extension JSONValue {
  /// A member of an object; nil where there is none, or null. Setting nil
  /// removes it; setting a member of what is no object makes it one.
  subscript(name: String) -> JSONValue? {
    get {
      guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
      return value
    }
    set {
      var members = object ?? [:]
      members[name] = newValue
      self = .object(members)
    }
  }

  /// Each is nil where the value is of another kind.
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var string: String? { if case .string(let value) = self { value } else { nil } }
  var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

  /// An object of members, those that are nil left out.
  static func members(_ members: [String: JSONValue?]) -> JSONValue { .object(members.compactMapValues { $0 }) }

  /// This object with the members of another in place of its own.
  func merging(_ other: JSONValue?) -> JSONValue {
    .object((object ?? [:]).merging(other?.object ?? [:]) { $1 })
  }

  /// JSON text, members in the order of their names.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): Escaped.json(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { Escaped.json($0.key) + ":" + $0.value.text }
        .joined(separator: ",") + "}"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  init(arrayLiteral values: JSONValue...) { self = .array(values) }
  init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(Dictionary(members) { $1 }) }
}
