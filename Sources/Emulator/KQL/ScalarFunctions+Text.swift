extension ScalarFunction {
  /// Functions of text; positions count Unicode scalars.
  static let text: [ScalarFunction] = [
    ScalarFunction("tolower", [.string], .string) { .text($0.text(0).lowercased()) },
    ScalarFunction("toupper", [.string], .string) { .text($0.text(0).uppercased()) },
    ScalarFunction("strlen", [.string], .long, nullable: false) { .integer(Int64($0.text(0).unicodeScalars.count)) },
    ScalarFunction("string_size", [.string], .long, nullable: false) { .integer(Int64($0.utf8(0).count)) },
    ScalarFunction("reverse", [.string], .string) {
      .text(String(String.UnicodeScalarView($0.text(0).unicodeScalars.reversed())))
    },
    ScalarFunction("strcat", [.string], variadic: true, .string) { call in
      .utf8((0..<call.count).flatMap { call.utf8($0) })
    },
    ScalarFunction("strcat_delim", [.string], required: 2, variadic: true, .string) { call in
      .text((1..<call.count).map { call.text($0) }.joined(separator: call.text(0)))
    },
    ScalarFunction("strrep", [.string, .long, .string], required: 2, .string) { call in
      let count = Int(min(max(call.long(1), 0), 1024))
      return .text(Array(repeating: call.text(0), count: count).joined(separator: call.text(2)))
    },
    ScalarFunction("strcmp", [.string, .string], .int, nullable: false) { call in
      let (a, b) = (Array(call.utf8(0)), Array(call.utf8(1)))
      return .integer(a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1)
    },
    ScalarFunction("substring", [.string, .long, .long], required: 2, .string, substring),
    ScalarFunction("indexof", [.string, .string, .long, .long, .long], required: 2, .long, indexOf),
    ScalarFunction("split", [.string, .string, .long], required: 2, .dynamic) { call in
      let parts = split(call.text(0), by: call.text(1))
      guard call.count == 3 else { return KQLFunctions.json(.array(parts.map { .string($0) })) }
      guard let index = Int(exactly: call.long(2)), parts.indices.contains(index) else { return .null }
      return KQLFunctions.json(.array([.string(parts[index])]))
    },
    ScalarFunction("replace_string", [.string, .string, .string], .string) { call in
      .text(call.text(1).isEmpty ? call.text(0) : split(call.text(0), by: call.text(1)).joined(separator: call.text(2)))
    },
    ScalarFunction("replace_strings", [.string, .dynamic, .dynamic], .string) { call in
      guard case .array(let lookups)? = KQLJSON(call.text(1)), case .array(let rewrites)? = KQLJSON(call.text(2)),
        lookups.count == rewrites.count
      else { return .text(call.text(0)) }
      return .text(
        zip(lookups, rewrites).reduce(call.text(0)) { text, pair in
          pair.0.plainText.isEmpty ? text : split(text, by: pair.0.plainText).joined(separator: pair.1.plainText)
        })
    },
    ScalarFunction("translate", [.string, .string, .string], .string) { call in
      let (from, to) = (Array(call.text(0).unicodeScalars), Array(call.text(1).unicodeScalars))
      var out = String.UnicodeScalarView()
      for scalar in call.text(2).unicodeScalars {
        guard let place = from.firstIndex(of: scalar) else {
          out.append(scalar)
          continue
        }
        if let last = to.last { out.append(place < to.count ? to[place] : last) }
      }
      return .text(String(out))
    },
    ScalarFunction("isascii", [.string], .bool, nullable: false) { .bool(!$0.utf8(0).contains { $0 >= 0x80 }) },
    ScalarFunction("isutf8", [.string], .bool, nullable: false) {
      .bool(String(validating: $0.utf8(0), as: UTF8.self) != nil)
    },
    ScalarFunction("has_any_index", [.string, .dynamic], .int) { call in
      guard case .array(let words)? = KQLJSON(call.text(1)) else { return .null }
      let text = TextSearch.folded(call.utf8(0))
      let place = words.firstIndex { word in
        TextSearch.hasTerm(Array(word.plainText.lowercased().utf8), in: text)
      }
      return .integer(Int64(place ?? -1))
    },
    ScalarFunction("unicode_codepoints_from_string", [.string], .dynamic) { call in
      KQLFunctions.json(.array(call.text(0).unicodeScalars.map { .number(String($0.value)) }))
    },
    ScalarFunction("unicode_codepoints_to_string", [.dynamic], variadic: true, .string) { call in
      var out = String.UnicodeScalarView()
      for index in 0..<call.count {
        let value = KQLJSON(call.text(index))
        let numbers = if case .array(let items)? = value { items } else { value.map { [$0] } ?? [] }
        for case .number(let digits) in numbers {
          if let scalar = UInt32(digits).flatMap({ Unicode.Scalar($0) }) { out.append(scalar) }
        }
      }
      return .text(String(out))
    },
  ]

  /// The pieces between occurrences; without a delimiter, all characters.
  static func split(_ text: String, by delimiter: String) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(delimiter.utf8))
    if mark.isEmpty { return text.unicodeScalars.map { String($0) } }
    var parts: [String] = []
    var start = 0
    while let place = TextSearch.find(mark, in: bytes, from: start) {
      parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      start = place + mark.count
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }

  @Sendable private static func substring(_ call: SQLCall) -> SQLValue {
    let scalars = Array(call.text(0).unicodeScalars)
    let asked = call.long(1)
    let start = asked < 0 ? max(0, scalars.count - Int(clamping: asked.magnitude)) : Int(clamping: asked)
    guard start < scalars.count else { return .text("") }
    let length = call.count == 3 && call.long(2) >= 0 ? Int(clamping: call.long(2)) : scalars.count
    let end = min(scalars.count, start + min(length, scalars.count - start))
    return .text(String(String.UnicodeScalarView(scalars[start..<end])))
  }

  @Sendable private static func indexOf(_ call: SQLCall) -> SQLValue {
    let (text, lookup) = (Array(call.text(0).unicodeScalars), Array(call.text(1).unicodeScalars))
    var start = call.count > 2 ? Int(clamping: call.long(2)) : 0
    if start < 0 { start = max(0, text.count + start) }
    var end = text.count
    if call.count > 3, call.long(3) != -1 {
      guard call.long(3) >= 0 else { return .null }
      end = min(end, start + Int(clamping: min(call.long(3), Int64(text.count))))
    }
    var occurrence = call.count > 4 ? call.long(4) : 1
    guard occurrence > 0 else { return .null }
    var place = start
    while place + lookup.count <= end {
      if text[place..<(place + lookup.count)].elementsEqual(lookup) {
        occurrence -= 1
        if occurrence == 0 { return .integer(Int64(place)) }
      }
      place += 1
    }
    return .integer(-1)
  }
}
