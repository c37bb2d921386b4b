extension ScalarFunction {
  /// Functions of regular expressions.
  static let patterns: [ScalarFunction] = [
    trim("trim") { "^(?:\($0))*|(?:\($0))*$" }, trim("trim_start") { "^(?:\($0))*" },
    trim("trim_end") { "(?:\($0))*$" },
    ScalarFunction("extract", [.string, .long, .string], .string) { call in
      guard let groups = call.pattern(0)?.groups(in: call.text(2)), let index = Int(exactly: call.long(1)),
        groups.indices.contains(index)
      else { return .text("") }
      return .text(groups[index].map(String.init) ?? "")
    },
    ScalarFunction("extract_all", [.string, .dynamic, .string], .dynamic, strict: false) { call in
      guard let pattern = call.pattern(0) else { return .null }
      let wanted: [Int]? =
        if case .array(let items)? = KQLJSON(call.text(1)) { items.compactMap { Int($0.plainText) } } else { nil }
      let matches = pattern.allGroups(in: call.text(2)).map { groups -> KQLJSON in
        let indices = wanted ?? Array(groups.indices.dropFirst())
        let found = indices.map {
          KQLJSON.string((groups.indices.contains($0) ? groups[$0] : nil).map(String.init) ?? "")
        }
        return found.count == 1 ? found[0] : .array(found)
      }
      return matches.isEmpty ? .null : KQLFunctions.json(.array(matches))
    },
    replacing("replace_regex"), replacing("replace"),
    ScalarFunction("countof", [.string, .string, .string], required: 2, .long) { call in
      if call.count == 3, call.text(2) == "regex" {
        return .integer(Int64(call.pattern(1)?.allGroups(in: call.text(0)).count ?? 0))
      }
      let (text, word) = (Array(call.utf8(0)), Array(call.utf8(1)))
      guard !word.isEmpty else { return .integer(0) }
      var count: Int64 = 0
      var start = 0
      // Plain matches may overlap.
      while let place = TextSearch.find(word, in: text, from: start) {
        count += 1
        start = place + 1
      }
      return .integer(count)
    },
    ScalarFunction("indexof_regex", [.string, .string, .long], required: 2, .long) { call in
      let text = call.text(0)
      let start = call.count > 2 ? Int(clamping: max(0, call.long(2))) : 0
      let rest = String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(start)))
      guard let match = call.pattern(1)?.groups(in: rest)?.first ?? nil else { return .integer(-1) }
      let before = rest.unicodeScalars.distance(from: rest.startIndex, to: match.startIndex)
      return .integer(Int64(start + before))
    },
    ScalarFunction("regex_quote", [.string], .string) { call in
      var out = ""
      for scalar in call.text(0).unicodeScalars {
        if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { out += "\\" }
        out.unicodeScalars.append(scalar)
      }
      return .text(out)
    },
  ]

  private static func trim(_ name: String, _ wrap: @escaping @Sendable (String) -> String) -> ScalarFunction {
    ScalarFunction(name, [.string, .string], .string) { call in
      guard let pattern = call.cached(0, { Pattern(wrap(call.text(0))) }) else { return .text(call.text(1)) }
      return .text(pattern.replacing(in: call.text(1)) { _ in "" })
    }
  }

  /// `\1` in the new text stands for the first group, `\0` for the whole match.
  private static func replacing(_ name: String) -> ScalarFunction {
    // `replace()` has its pattern first, `replace_regex()` the text.
    let (text, pattern) = name == "replace" ? (2, 0) : (0, 1)
    let rewrite = name == "replace" ? 1 : 2
    return ScalarFunction(name, [.string, .string, .string], .string) { call in
      guard let pattern = call.pattern(pattern) else { return .text(call.text(text)) }
      let template = Array(call.text(rewrite).unicodeScalars)
      return .text(pattern.replacing(in: call.text(text)) { groups in filled(template, groups) })
    }
  }

  private static func filled(_ template: [Unicode.Scalar], _ groups: [Substring?]) -> String {
    var out = ""
    var index = 0
    while index < template.count {
      if template[index] == "\\", index + 1 < template.count {
        index += 1
        if let group = Int(String(template[index])) {
          if groups.indices.contains(group) { out += groups[group].map(String.init) ?? "" }
        } else {
          out.unicodeScalars.append(template[index])
        }
      } else {
        out.unicodeScalars.append(template[index])
      }
      index += 1
    }
    return out
  }
}
