import RowEncoding

/// The rows of a response as a tree decoder has them.
struct Rows {
  var names: [[UInt16]] = []
  var types: [String] = []
  var rows: [[Tree]] = []

  init?(_ document: String) {
    guard case .object(let members)? = Tree(document.utf8),
      case .array(let tables)? = members.first(where: { $0.name == Array("tables".utf16) })?.value,
      case .object(let table)? = tables.first
    else { return nil }
    for member in table {
      guard case .array(let items) = member.value else { continue }
      for item in items {
        if case .object(let column) = item {
          for part in column {
            if part.name == Array("name".utf16), case .string(let name) = part.value { names.append(name) }
            if part.name == Array("type".utf16), let type = part.value.wellFormed { types.append(type) }
          }
        } else if case .array(let row) = item {
          rows.append(row)
        }
      }
    }
  }

  /// What a reader of the output has to find.
  func written(_ options: EncodingOptions) -> [Tree] {
    if options.format == .csv {
      let header = Tree.array(names.map { .string($0) })
      return [header] + rows.map { .array($0.map { field($0, only: names.count == 1) }) }
    }
    return rows.map { row in
      .object(
        zip(names.indices, row).compactMap { index, value in
          if value == .null, options.nulls == .omit { return nil }
          return Tree.Member(name: names[index], value: nested(value, types[index], options))
        })
    }
  }

  private func nested(_ value: Tree, _ type: String, _ options: EncodingOptions) -> Tree {
    guard type == "dynamic", options.dynamic == .nested, let text = value.wellFormed else { return value }
    return Tree(text.utf8) ?? value
  }

  private func field(_ value: Tree, only: Bool) -> Tree {
    switch value {
    case .null: only ? .text("") : .null
    case .bool(let value): .text(value ? "true" : "false")
    case .number(let text): .text(text)
    case .string(let units): .text(String(decoding: units, as: UTF16.self))
    default: value
    }
  }
}

/// RFC 4180 read back; an empty field without quotes is nil.
enum CSVText {
  static func rows(_ text: String) -> [[String?]]? {
    var rows: [[String?]] = []
    var rest = Array(text.unicodeScalars)[...]
    while !rest.isEmpty {
      var row: [String?] = []
      repeat {
        var field = String.UnicodeScalarView()
        let quoted = rest.first == "\""
        if quoted {
          rest = rest.dropFirst()
          while true {
            field.append(contentsOf: rest.prefix { $0 != "\"" })
            rest = rest.drop { $0 != "\"" }.dropFirst()
            guard rest.first == "\"" else { break }
            field.append("\"")
            rest = rest.dropFirst()
          }
        } else {
          let plain = rest.prefix { $0 != "," && $0 != "\r" }
          guard !plain.contains("\n"), !plain.contains("\"") else { return nil }
          field.append(contentsOf: plain)
          rest = rest.dropFirst(plain.count)
        }
        row.append(field.isEmpty && !quoted ? nil : String(field))
        guard let next = rest.popFirst() else { return nil }
        if next == "\r" {
          guard rest.popFirst() == "\n" else { return nil }
          break
        }
        guard next == "," else { return nil }
      } while true
      rows.append(row)
    }
    return rows
  }
}
