/// A small JSON value as a tree: for the head and the tail of a response, never for rows.
indirect enum JSONTree: Equatable {
  case null
  case bool(Bool)
  /// With its digits as they came.
  case number(String)
  case string(String)
  case array([JSONTree])
  case object([(name: String, value: JSONTree)])

  static func == (a: JSONTree, b: JSONTree) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}

extension JSONTree {
  subscript(_ name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  var elements: [JSONTree] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// Reads the value at `index` and moves behind it.
  static func read(_ bytes: Bytes, at index: inout Int, to end: Int, depth: Int = 0) throws(ScanError) -> JSONTree {
    index = ValueScan.skipSpace(bytes, from: index)
    guard index < end else { throw .needMore }
    guard depth < 64 else { throw .invalid("nesting deeper than 64 outside of the rows", at: index) }
    switch bytes[index] {
    case 0x7B: return .object(try members(bytes, at: &index, to: end, depth: depth))
    case 0x5B: return .array(try elements(bytes, at: &index, to: end, depth: depth))
    case 0x22: return .string(try string(bytes, at: &index, to: end))
    default:
      let start = index
      index = try ValueScan.scalar(bytes, at: index, to: end)
      switch bytes[start] {
      case 0x74: return .bool(true)
      case 0x66: return .bool(false)
      case 0x6E: return .null
      default:
        return .number(String(decoding: UnsafeBufferPointer(start: bytes + start, count: index - start), as: UTF8.self))
      }
    }
  }

  /// Reads the string whose opening quote is at `index`, and moves behind it.
  static func string(_ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) -> String {
    let start = index + 1
    let quote = try StringScan.quote(bytes, from: start, to: end)
    let text = ByteBuffer(capacity: quote - start)
    let out = try Unescape.decode(bytes, from: start, to: end, into: text.bytes, asField: false).out
    index = quote + 1
    return String(decoding: UnsafeBufferPointer(start: text.bytes, count: out - text.bytes), as: UTF8.self)
  }

  private static func elements(
    _ bytes: Bytes, at index: inout Int, to end: Int, depth: Int
  ) throws(ScanError) -> [JSONTree] {
    var elements: [JSONTree] = []
    index += 1
    if try JSONPunctuation.accept(0x5D, bytes, at: &index, to: end) { return elements }
    repeat {
      elements.append(try read(bytes, at: &index, to: end, depth: depth + 1))
    } while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x5D)
    return elements
  }

  private static func members(
    _ bytes: Bytes, at index: inout Int, to end: Int, depth: Int
  ) throws(ScanError) -> [(name: String, value: JSONTree)] {
    var members: [(String, JSONTree)] = []
    index += 1
    if try JSONPunctuation.accept(0x7D, bytes, at: &index, to: end) { return members }
    repeat {
      let name = try JSONPunctuation.name(bytes, at: &index, to: end)
      members.append((name, try read(bytes, at: &index, to: end, depth: depth + 1)))
    } while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x7D)
    return members
  }
}

/// What stands between JSON values.
enum JSONPunctuation {
  /// Skips space; moves behind `byte` where it stands there.
  static func accept(_ byte: UInt8, _ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) -> Bool {
    index = ValueScan.skipSpace(bytes, from: index)
    guard index < end else { throw .needMore }
    guard bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// Skips space and moves behind `byte`; throws where something else stands there.
  static func expect(_ byte: UInt8, _ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) {
    guard try accept(byte, bytes, at: &index, to: end) else {
      throw .invalid("'\(Character(Unicode.Scalar(byte)))' is missing", at: index)
    }
  }

  /// Behind an element: true after a comma, false after the closing bracket.
  static func continues(
    _ bytes: Bytes, at index: inout Int, to end: Int, closing: UInt8
  ) throws(ScanError) -> Bool {
    if try accept(closing, bytes, at: &index, to: end) { return false }
    try expect(0x2C, bytes, at: &index, to: end)
    return true
  }

  /// A member's name and the colon behind it.
  static func name(_ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) -> String {
    index = ValueScan.skipSpace(bytes, from: index)
    guard index < end else { throw .needMore }
    guard bytes[index] == 0x22 else { throw .invalid("a member without a name", at: index) }
    let name = try JSONTree.string(bytes, at: &index, to: end)
    try expect(0x3A, bytes, at: &index, to: end)
    return name
  }
}
