/// KQL's string operators, over UTF-8.
enum TextSearch {
  /// Lower case; ASCII without the cost of Unicode.
  static func folded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    if text.contains(where: { $0 >= 0x80 }) {
      return Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
    }
    return text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
  }

  /// The first place of a pattern at or after `start`.
  static func find(_ pattern: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
    guard let first = pattern.first else { return start <= text.count ? start : nil }
    guard text.count - start >= pattern.count else { return nil }
    for place in start...(text.count - pattern.count) where text[place] == first {
      if text[place..<(place + pattern.count)].elementsEqual(pattern) { return place }
    }
    return nil
  }

  /// Whether the pattern stands where it begins a term, ends one, or both.
  static func hasTerm(_ pattern: [UInt8], in text: [UInt8], begins: Bool = true, ends: Bool = true) -> Bool {
    if pattern.isEmpty { return true }
    var start = 0
    while let place = find(pattern, in: text, from: start) {
      let end = place + pattern.count
      let cutBefore = !begins || !joins(text, place)
      if cutBefore, !ends || !joins(text, end) { return true }
      start = place + 1
    }
    return false
  }

  /// Whether two alphanumeric characters meet at a place, so that no term begins or ends there.
  private static func joins(_ text: [UInt8], _ place: Int) -> Bool {
    guard place > 0, place < text.count else { return false }
    return isAlphanumeric(text, place - 1) && isAlphanumeric(text, place)
  }

  private static func isAlphanumeric(_ text: [UInt8], _ place: Int) -> Bool {
    let byte = text[place]
    if byte < 0x80 { return byte.isDigit || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) }
    // Back to the character's first byte.
    var start = place
    while start > 0, text[start] & 0xc0 == 0x80 { start -= 1 }
    guard let scalar = String(decoding: text[start..<min(start + 4, text.count)], as: UTF8.self).unicodeScalars.first
    else { return false }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}

extension KQLFunctions {
  /// The operators between strings, and matching by regular expression.
  static let textFunctions: [NativeFunction] =
    both("contains") { TextSearch.find($1, in: $0) != nil }
    + both("startswith") { $0.starts(with: $1) }
    + both("endswith") { $0.count >= $1.count && $0.suffix($1.count).elementsEqual($1) }
    + both("has") { TextSearch.hasTerm($1, in: $0) }
    + both("hasprefix") { TextSearch.hasTerm($1, in: $0, ends: false) }
    + both("hassuffix") { TextSearch.hasTerm($1, in: $0, begins: false) }
    + both("equals") { $0 == $1 }
    + [
      NativeFunction("kql_matches", 2) { call in
        guard let pattern = call.pattern(1) else { return .bool(false) }
        return .bool(pattern.occurs(in: call.text(0)))
      }
    ]

  /// The operator that ignores case, and the one with `_cs` that does not.
  private static func both(_ name: String, _ holds: @escaping @Sendable ([UInt8], [UInt8]) -> Bool) -> [NativeFunction]
  {
    [
      NativeFunction("kql_\(name)", 2) { call in
        .bool(holds(TextSearch.folded(call.utf8(0)), call.cached(1) { TextSearch.folded(call.utf8(1)) }))
      },
      NativeFunction("kql_\(name)_cs", 2) { call in
        .bool(holds(Array(call.utf8(0)), call.cached(1) { Array(call.utf8(1)) }))
      },
    ]
  }
}

/// A regular expression.
struct Pattern {
  private let regex: Regex<AnyRegexOutput>

  /// Nil where the pattern does not compile. It matches Unicode scalars, and
  /// `\\d` and its kin mean ASCII, as with RE2.
  init?(_ pattern: String) {
    guard let regex = try? Regex(pattern) else { return nil }  // What is wrong with it, nobody would be told.
    self.regex = regex.matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses()
  }

  func occurs(in text: String) -> Bool { text.firstMatch(of: regex) != nil }

  /// The whole match and its groups, the first time it occurs.
  func groups(in text: String) -> [Substring?]? {
    text.firstMatch(of: regex)?.output.map(\.substring)
  }

  /// All matches.
  func allGroups(in text: String) -> [[Substring?]] { text.matches(of: regex).map { $0.output.map(\.substring) } }

  /// The text with each match put through `replacement`.
  func replacing(in text: String, _ replacement: ([Substring?]) -> String) -> String {
    text.replacing(regex) { replacement($0.output.map(\.substring)) }
  }
}

extension SQLCall {
  /// A regular expression of an argument, compiled once where it is constant.
  func pattern(_ index: Int) -> Pattern? { cached(index) { Pattern(text(index)) } }
}
