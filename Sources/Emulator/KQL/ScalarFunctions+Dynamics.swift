extension ScalarFunction {
  /// Functions of dynamic values.
  static let dynamics: [ScalarFunction] = arrays + bags

  private static let arrays: [ScalarFunction] = [
    ScalarFunction("array_length", [.dynamic], .long) { call in
      array(call, 0).map { .integer(Int64($0.count)) } ?? .null
    },
    ScalarFunction("array_concat", [.dynamic], variadic: true, .dynamic) { call in
      KQLFunctions.json(.array((0..<call.count).flatMap { array(call, $0) ?? [] }))
    },
    ScalarFunction("array_slice", [.dynamic, .long, .long], .dynamic) { call in
      guard let items = array(call, 0) else { return .null }
      let place = { (index: Int64) in Int(clamping: index < 0 ? Int64(items.count) + index : index) }
      let (start, end) = (max(0, place(call.long(1))), min(items.count - 1, place(call.long(2))))
      return KQLFunctions.json(.array(start > end ? [] : Array(items[start...end])))
    },
    ScalarFunction("array_index_of", [.dynamic, .dynamic], .long) { call in
      guard let items = array(call, 0), let value = KQLJSON(call.text(1)) else { return .null }
      return .integer(Int64(items.firstIndex(of: value) ?? -1))
    },
    ScalarFunction("array_reverse", [.dynamic], .dynamic) { call in
      array(call, 0).map { KQLFunctions.json(.array($0.reversed())) } ?? .null
    },
    ScalarFunction("array_sum", [.dynamic], .real) { call in
      array(call, 0).map { .real($0.reduce(0) { $0 + (Double($1.plainText) ?? 0) }) } ?? .null
    },
    sorted("array_sort_asc") { $0 < $1 }, sorted("array_sort_desc") { $1 < $0 },
    ScalarFunction("repeat", [.dynamic, .long], .dynamic) { call in
      guard let value = KQLJSON(call.text(0)), call.long(1) >= 0 else { return .null }
      return KQLFunctions.json(.array(Array(repeating: value, count: Int(min(call.long(1), 10_000)))))
    },
    ScalarFunction("pack_array", [.dynamic], required: 0, variadic: true, .dynamic, strict: false) { call in
      KQLFunctions.json(.array((0..<call.count).map { KQLJSON(call.text($0)) ?? .null }))
    },
    ScalarFunction("strcat_array", [.dynamic, .string], .string) { call in
      .text((array(call, 0) ?? []).map(\.plainText).joined(separator: call.text(1)))
    },
    ScalarFunction("set_has_element", [.dynamic, .dynamic], .bool) { call in
      guard let items = array(call, 0), let value = KQLJSON(call.text(1)) else { return .null }
      return .bool(items.contains(value))
    },
    set("set_union") { $0 + $1 }, set("set_intersect") { a, b in a.filter(b.contains) },
    set("set_difference") { a, b in a.filter { !b.contains($0) } },
    ScalarFunction("set_equals", [.dynamic, .dynamic], .bool) { call in
      guard let a = array(call, 0), let b = array(call, 1) else { return .null }
      return .bool(Set(a.map(\.text)) == Set(b.map(\.text)))
    },
    ScalarFunction("parse_csv", [.string], .dynamic) { KQLFunctions.json(.array(csv($0.text(0)).map { .string($0) })) },
  ]

  private static let bags: [ScalarFunction] = [
    ScalarFunction("bag_keys", [.dynamic], .dynamic) { call in
      bag(call, 0).map { KQLFunctions.json(.array($0.map { .string($0.key) })) } ?? .null
    },
    ScalarFunction("bag_has_key", [.dynamic, .string], .bool) { call in
      guard let json = KQLJSON(call.text(0)) else { return .null }
      let found = call.text(1).hasPrefix("$.") ? path(call.text(1), in: json) : json[call.text(1)]
      return .bool(found != nil)
    },
    ScalarFunction("bag_merge", [.dynamic], variadic: true, .dynamic, strict: false) { call in
      var members: [(key: String, value: KQLJSON)] = []
      for member in (0..<call.count).flatMap({ bag(call, $0) ?? [] })
      where !members.contains(where: { $0.key == member.key }) { members.append(member) }
      return KQLFunctions.json(.object(members))
    },
    ScalarFunction("bag_remove_keys", [.dynamic, .dynamic], .dynamic) { call in
      let keys = (array(call, 1) ?? []).map(\.plainText)
      return bag(call, 0).map { KQLFunctions.json(.object($0.filter { !keys.contains($0.key) })) } ?? .null
    },
    ScalarFunction("bag_set_key", [.dynamic, .string, .dynamic], .dynamic, strict: false) { call in
      var members = bag(call, 0) ?? []
      members.removeAll { $0.key == call.text(1) }
      members.append((call.text(1), KQLJSON(call.text(2)) ?? .null))
      return KQLFunctions.json(.object(members))
    },
    ScalarFunction("bag_pack", [.dynamic], variadic: true, .dynamic, strict: false) { call in
      KQLFunctions.json(
        .object(
          stride(from: 0, to: call.count - 1, by: 2).map {
            ((KQLJSON(call.text($0)) ?? .null).plainText, KQLJSON(call.text($0 + 1)) ?? .null)
          }))
    },
    ScalarFunction("extract_json", [.string, .string], .string) { call in
      guard let json = KQLJSON(call.text(1)) else { return .text("") }
      return .text(path(call.text(0), in: json)?.plainText ?? "")
    },
    ScalarFunction("dynamic_to_json", [.dynamic], .string) { .text(KQLJSON($0.text(0))?.text ?? "") },
    ScalarFunction("parse_url", [.string], .dynamic) { KQLFunctions.json(url($0.text(0))) },
    ScalarFunction("parse_urlquery", [.string], .dynamic) { call in
      let text = call.text(0)
      return KQLFunctions.json(
        .object([("Query Parameters", query(text.hasPrefix("?") ? text.dropFirst() : text[...]))]))
    },
    ScalarFunction("parse_version", [.string], .decimal) { call in
      let parts = call.text(0).split(separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int128($0) }
      guard (1...4).contains(parts.count), numbers.count == parts.count,
        numbers.allSatisfy({ (0..<100_000_000).contains($0) })
      else { return .null }
      let padded = numbers + Array(repeating: 0, count: 4 - numbers.count)
      return .text(String(padded.reduce(0) { $0 * 100_000_000 + $1 }))
    },
  ]

  private static func array(_ call: SQLCall, _ index: Int) -> [KQLJSON]? {
    if case .array(let items)? = KQLJSON(call.text(index)) { items } else { nil }
  }

  private static func bag(_ call: SQLCall, _ index: Int) -> [(key: String, value: KQLJSON)]? {
    if case .object(let members)? = KQLJSON(call.text(index)) { members } else { nil }
  }

  /// Numbers by value where all are numbers, otherwise by their text.
  private static func sorted(
    _ name: String, _ before: @escaping @Sendable (SortValue, SortValue) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(name, [.dynamic], .dynamic) { call in
      guard let items = array(call, 0) else { return .null }
      return KQLFunctions.json(.array(items.sorted { before(SortValue($0), SortValue($1)) }))
    }
  }

  private struct SortValue: Comparable {
    var number: Double?
    var text: String

    init(_ json: KQLJSON) {
      text = json.plainText
      if case .number(let digits) = json { number = Double(digits) }
    }

    static func < (left: SortValue, right: SortValue) -> Bool {
      if let a = left.number, let b = right.number { return a < b }
      return left.number != nil && right.number == nil
        || left.number == nil && right.number == nil && left.text < right.text
    }
  }

  private static func set(
    _ name: String, _ body: @escaping @Sendable ([KQLJSON], [KQLJSON]) -> [KQLJSON]
  ) -> ScalarFunction {
    ScalarFunction(name, [.dynamic], required: 2, variadic: true, .dynamic) { call in
      let sets = (0..<call.count).map { array(call, $0) ?? [] }
      var seen: Set<String> = []
      let items = sets.dropFirst().reduce(sets[0], body)
      return KQLFunctions.json(.array(items.filter { seen.insert($0.text).inserted }))
    }
  }

  /// `$.a.b[0]['c']`; nil where nothing lies there.
  static func path(_ path: String, in json: KQLJSON) -> KQLJSON? {
    var value: KQLJSON? = json
    var rest = path.hasPrefix("$") ? path.dropFirst() : path[...]
    while let first = rest.first, value != nil {
      rest = rest.dropFirst()
      if first == "[" {
        guard let close = rest.firstIndex(of: "]") else { return nil }
        let key = rest[..<close]
        rest = rest[rest.index(after: close)...]
        if let index = Int64(key) { value = value?[index] } else { value = value?[String(key.dropFirst().dropLast())] }
      } else {
        let key =
          first == "."
          ? rest.prefix { $0 != "." && $0 != "[" } : (String(first) + rest.prefix { $0 != "." && $0 != "[" })[...]
        rest = rest.dropFirst(first == "." ? key.count : key.count - 1)
        value = value?[String(key)]
      }
    }
    return value
  }

  /// The first record of comma-separated values.
  private static func csv(_ text: String) -> [String] {
    var fields = [""]
    var quoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted.toggle()
      case "," where !quoted: fields.append("")
      case "\r" where !quoted: continue
      case "\n" where !quoted: return fields
      default: fields[fields.count - 1].unicodeScalars.append(scalar)
      }
    }
    return fields
  }

  private static func query(_ text: Substring) -> KQLJSON {
    .object(
      text.split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), .string(parts.count > 1 ? String(parts[1]) : ""))
      })
  }

  private static func url(_ text: String) -> KQLJSON {
    var rest = text[...]
    func cut(before mark: String) -> String {
      guard let range = rest.firstRange(of: mark) else { return "" }
      defer { rest = rest[range.upperBound...] }
      return String(rest[..<range.lowerBound])
    }
    func cut(after mark: Character) -> String {
      guard let place = rest.firstIndex(of: mark) else { return "" }
      defer { rest = rest[..<place] }
      return String(rest[rest.index(after: place)...])
    }
    let scheme = cut(before: "://")
    let fragment = cut(after: "#")
    let parameters = cut(after: "?")
    let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
    rest = rest.dropLast(path.count)
    let user = cut(before: "@").split(separator: ":", maxSplits: 1).map(String.init)
    let port = rest.hasSuffix("]") ? "" : cut(after: ":")
    return .object([
      ("Scheme", .string(scheme)), ("Host", .string(String(rest))), ("Port", .string(port)), ("Path", .string(path)),
      ("Username", .string(user.first ?? "")), ("Password", .string(user.count > 1 ? user[1] : "")),
      ("Query Parameters", query(parameters[...])), ("Fragment", .string(fragment)),
    ])
  }
}
