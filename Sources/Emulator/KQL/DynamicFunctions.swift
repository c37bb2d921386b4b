extension KQLFunctions {
  /// Parts of dynamic values, bags of all columns, and the hash.
  static let dynamicFunctions: [NativeFunction] = [
    NativeFunction("kql_member", 2) { call in json(KQLJSON(call.text(0))?[call.text(1)]) },
    NativeFunction("kql_element", 2) { call in json(KQLJSON(call.text(0))?[call.long(1)]) },
    NativeFunction("kql_members", -1, strict: false) { call in
      let columns = call.cached(0) { BagColumn.all(call.text(0)) }
      var out: [UInt8] = []
      for (index, column) in columns.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        out += column.prefix
        call.appendJSON(index + 1, column.type, to: &out)
      }
      return .utf8(out)
    },
    // Text that is no JSON becomes a string.
    NativeFunction("kql_parse_json", 1) { call in
      let text = call.text(0)
      return text.trimmingSpace.isEmpty ? .null : json(KQLJSON(text) ?? .string(text))
    },
    NativeFunction("kql_kind", 1, strict: false) { call in
      .text(call.isNull(0) ? "null" : KQLJSON(call.text(0))?.kind ?? "string")
    },
    NativeFunction("kql_xxhash64", 1) { .integer(Int64(bitPattern: XXH64.hash($0.utf8(0)))) },
    NativeFunction("kql_xxhash64", 2) { call in
      guard call.long(1) > 0 else { return .null }
      return .integer(Int64(XXH64.hash(call.utf8(0)) % UInt64(call.long(1))))
    },
  ]

  static func json(_ value: KQLJSON?) -> SQLValue {
    guard let value, value != .null else { return .null }
    return .text(value.text)
  }
}

/// A column of `pack_all()`: what stands before its value, and its type.
///
/// The columns of one call travel as one text, a line each: the type's name,
/// a space, the name as JSON; a newline is escaped there.
struct BagColumn {
  var prefix: [UInt8]
  var type: ColumnType

  static func all(_ text: String) -> [BagColumn] {
    text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return ColumnType(rawValue: String(parts[0])).map { BagColumn(prefix: Array("\(parts[1]):".utf8), type: $0) }
    }
  }

  static func text(_ columns: some Sequence<LogColumn>) -> String {
    columns.map { "\($0.type.rawValue) \(Escaped.json($0.name))" }.joined(separator: "\n")
  }
}

extension SQLCall {
  /// Writes an argument as JSON; text that needs no escapes goes through as it is.
  fileprivate func appendJSON(_ index: Int, _ type: ColumnType, to out: inout [UInt8]) {
    if !isNull(index) {
      let bytes = utf8(index)
      let quote = UInt8(ascii: "\"")
      switch type {
      case .string, .guid, .decimal:
        if !bytes.contains(where: { $0 < 0x20 || $0 == quote || $0 == UInt8(ascii: "\\") }) {
          out.append(quote)
          out += bytes
          out.append(quote)
          return
        }
      case .dynamic where bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "["):
        out += bytes
        return
      default: break
      }
    }
    out += Conversion.json(self, index, type).utf8
  }
}
