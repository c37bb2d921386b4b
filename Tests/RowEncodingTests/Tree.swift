/// JSON as a tree, read by plain recursive descent: the second opinion on what the encoder does.
///
/// Numbers keep their text; strings are UTF-16, so that half surrogates can be told apart.
indirect enum Tree: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string([UInt16])
  case array([Tree])
  case object([Member])

  struct Member: Equatable {
    var name: [UInt16]
    var value: Tree
  }

  static func text(_ text: String) -> Tree { .string(Array(text.utf16)) }
}

extension Tree {
  /// The tree of a whole document; nil where it is not JSON.
  init?(_ text: some Sequence<UInt8>) {
    var parser = Parser(bytes: Array(text))
    do {
      self = try parser.value(depth: 0)
      parser.space()
      guard parser.bytes.isEmpty else { return nil }
    } catch { return nil }
  }

  /// The text of a string; nil for anything else and for half surrogates.
  var wellFormed: String? {
    guard case .string(let units) = self, let text = String(validating: units, as: UTF16.self) else { return nil }
    return text
  }

  private struct Malformed: Error {}

  private struct Parser {
    var bytes: ArraySlice<UInt8>

    init(bytes: [UInt8]) { self.bytes = bytes[...] }

    mutating func space() { bytes = bytes.drop { " \n\r\t".utf8.contains($0) } }

    mutating func accept(_ text: String) -> Bool {
      guard bytes.starts(with: text.utf8) else { return false }
      bytes = bytes.dropFirst(text.utf8.count)
      return true
    }

    mutating func expect(_ text: String) throws {
      space()
      guard accept(text) else { throw Malformed() }
    }

    mutating func value(depth: Int) throws -> Tree {
      space()
      guard let first = bytes.first, depth <= 512 else { throw Malformed() }
      switch UnicodeScalar(first) {
      case "{":
        let items = try items("{", "}") { parser in
          parser.space()
          let name = try parser.string()
          try parser.expect(":")
          return Member(name: name, value: try parser.value(depth: depth + 1))
        }
        return .object(items)
      case "[": return .array(try items("[", "]") { try $0.value(depth: depth + 1) })
      case "\"": return .string(try string())
      case "t" where accept("true"): return .bool(true)
      case "f" where accept("false"): return .bool(false)
      case "n" where accept("null"): return .null
      default: return .number(try number())
      }
    }

    mutating func items<Item>(
      _ open: String, _ close: String, _ item: (inout Parser) throws -> Item
    ) throws -> [Item] {
      var items: [Item] = []
      try expect(open)
      space()
      if accept(close) { return items }
      repeat {
        items.append(try item(&self))
        space()
      } while accept(",")
      try expect(close)
      return items
    }

    mutating func number() throws -> String {
      let text = String(decoding: bytes.prefix { "+-.0123456789eE".utf8.contains($0) }, as: UTF8.self)
      guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil else { throw Malformed() }
      bytes = bytes.dropFirst(text.utf8.count)
      return text
    }

    mutating func string() throws -> [UInt16] {
      guard accept("\"") else { throw Malformed() }
      var units: [UInt16] = []
      while true {
        let plain = bytes.prefix { $0 != 0x22 && $0 != 0x5C }
        guard plain.allSatisfy({ $0 >= 0x20 }), let text = String(validating: plain, as: UTF8.self) else {
          throw Malformed()
        }
        units += text.utf16
        bytes = bytes.dropFirst(plain.count)
        if accept("\"") { return units }
        guard accept("\\"), let kind = bytes.popFirst() else { throw Malformed() }
        switch UnicodeScalar(kind) {
        case "\"", "\\", "/": units.append(UInt16(kind))
        case "b": units.append(8)
        case "f": units.append(12)
        case "n": units.append(10)
        case "r": units.append(13)
        case "t": units.append(9)
        case "u":
          let digits = String(decoding: bytes.prefix(4), as: UTF8.self)
          guard digits.wholeMatch(of: /[0-9a-fA-F]{4}/) != nil, let unit = UInt16(digits, radix: 16) else {
            throw Malformed()
          }
          units.append(unit)
          bytes = bytes.dropFirst(4)
        default: throw Malformed()
        }
      }
    }
  }
}
