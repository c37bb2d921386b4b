internal import FoundationEssentials

/// A JSON value that is read, changed in places and written back: members that nobody knows survive it.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

extension JSON {
  /// Nil where the bytes are no JSON.
  package init?(_ bytes: [UInt8]) {
    // What is wrong with it is said by whoever wanted it, with the status of the answer.
    guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
    self = value
  }

  /// On one line, members sorted.
  package var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every case encodes; a real that is none, which no service sends, is the only thing that fails.
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }

  /// A member of an object; setting nil takes it out, and makes an object of what is none.
  package subscript(_ name: String) -> JSON? {
    get {
      if case .object(let members) = self { members[name] } else { nil }
    }
    set {
      var members: [String: JSON] = [:]
      if case .object(let present) = self { members = present }
      members[name] = newValue
      self = .object(members)
    }
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// Whole numbers, also where they are written with a fraction of zero.
  package var integer: Int? {
    switch self {
    case .integer(let value): Int(value)
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }
  /// Empty for what is no array.
  package var elements: [JSON] { if case .array(let values) = self { values } else { [] } }
  /// Empty for what is no object.
  package var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}

extension JSON: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Each `try?` asks only whether the value is of that type.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}
