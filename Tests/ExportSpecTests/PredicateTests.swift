import Diagnostics
import ExportSpec
import TestSupport
import Testing

/// The filter that a `where` becomes; nil where it is refused.
func filter(_ predicate: String) -> String? {
  decode(specText(table: ", where: \(quoted(predicate))")).spec?.tables.first?.filter
}

@Suite struct PredicateTests {
  @Test(arguments: [
    "EventID == 4624", "not(isempty(Account)) and (A or B)", "x in (1, 2, 3)", "x !in~ ('a', \"b\")",
    "Props.['a b'][0] == 1", "T between (datetime(2025-01-01) .. 2h)", "s has @'C:\\'", "s == h'x'",
    "s == H@\"a\"\"b\"",
    "s == ```a ' \" ; | ``` or t", "s == ';|//'", "s == \"\\\"\"", "d == dynamic({\"a\": [1, null]})", "x == -1.5e-3",
    "g == guid(0c0c0c0c-0000-0000-0000-00000000000f)", "x == 0xFF", "x in (Props.list)", "x has_any (split(s, ','))",
    "['search'] == 1", "Resource == 'a'", "table == 'a'", "Props.search == 1", "s matches regex @'^a$'",
    "range(1, 2)[0] == 1", "T > datetime(2025-01-01 10:00:00)", "t == time(1.02:03:04)", "b == bool(true)",
    "x in (dynamic([1]))", "* has 'a'", "x !between (1 .. 2)", "strlen(s) % 2 == 0", "s contains 'é“'",
  ])
  func `a predicate over the row's own columns is passed on as it is`(predicate: String) {
    #expect(filter(predicate) == predicate)
  }

  @Test(arguments: [
    ")", "(", "true) or (true", "a[", "a]", "(a]", "{", "true;", "a | b", "a // b", "a /* b */", "'a", "\"a", "@'a",
    "```a",
    "'a\\'", "'a\\q'", "'a\nb'", "'a\u{2028}b'", "\"\\u12\"", "a == `b`", "a @ b", "a # b", "a $ b", "$left.a", "a ? b",
    "a & b",
    "é == 1", "a\u{a0}== 1", "a == “b”", "a => b", "datetime(')')", "datetime(\")\") or true", "long(1 // 2)", "guid(",
    "1abc == 2",
    "externaldata(a:string)['x']", "workspace('x').T", "app('x').T", "cluster('x').database('y').T", "database('y').T",
    "table('T')", "toscalar(T)", "materialize(T)", "adx('x').T", "arg('').T", "resource('x').T", "external_table('x')",
    "stored_query_result('x')", "_GetWatchlist('x')", "MyFunction()", "evaluate x", "let a = 1", "x in (T)",
    "x in ((T))",
    "x in (['T'])", "x in ('a', T)", "x !in (T)", "x in~ (T)", "x has_any (T)", "x has_all ((T))", "x in T",
    "x in (union T, U)",
    "x in (search 'a')", "x in (print 1)", "x in (datatable(a:int)[1])", "x in (find in (T) where a)", "now() > T",
    "T > ago(1d)",
    "rand() < 0.5", "new_guid() == g", "row_number() > 1", "prev(a) == b", "current_principal() == a",
    "['toscalar'](T)",
    "'toscalar'(T)", "f(a)(b)", "", "   ", "\u{0}a",
  ])
  func `nothing reaches beyond the row or out of its parentheses`(predicate: String) {
    #expect(filter(predicate) == nil)
  }

  @Test func `lines are folded between tokens and kept within strings`() {
    #expect(filter("a == 1\n  and\r\n\tb == ```x\n  y```\n") == "a == 1 and b == ```x\n  y```")
  }

  @Test func `a mistyped function finds its name`() {
    let (_, diagnostics) = decode(specText(table: ", where: \"strle(a) > 1\""))
    #expect(diagnostics.first?.remedy == "did you mean strlen()?")
  }

  @Test func `nesting beyond reason is refused`() {
    let deep = String(repeating: "(", count: 65) + "a" + String(repeating: ")", count: 65)
    #expect(filter(deep) == nil)
    #expect(filter(String(deep.dropFirst(30).dropLast(30))) != nil)
  }

  /// Predicates out of dangerous pieces, judged by a second reading of the language's tokenizer.
  @Test func `whatever is accepted stays within one pair of parentheses`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let pieces = [
      "a", " ", "==", "1", "(", ")", "[", "]", "{", "}", "'", "\"", "\\", "@", "h", "H", "```", "`", "//", "/", ";",
      "|", "datetime(",
      "long (", "dynamic(", "in", " in (", ",", ".", "..", "\n", "\r\n", "\t", "not(", "strlen(", "\\'", "\\\"", "''",
      "\"\"", "!", "~", "-",
      "guid(", "and ", "x)", "=", "'a'", "\"b\"", "@'c'", "(d)", "1 == 1", " or ", "\u{85}",
    ]
    var accepted = 0
    for _ in 0..<6_000 {
      let count = Int.random(in: 1..<9, using: &random)
      let text = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      guard let filter = filter(text) else { continue }
      accepted += 1
      #expect(staysInside(filter), "seed \(seed): \(jsonString(text))")
    }
    #expect(accepted > 60, "seed \(seed)")
  }
}

/// Whether `(` filter `)` closes at its last character and nowhere before,
/// read as the service's tokenizer reads it: typed literals raw up to `)`,
/// strings ended by their quote, a line end or an unknown escape.
private func staysInside(_ filter: String) -> Bool {
  let s = Array("(\(filter))".unicodeScalars)
  let types: Set<String> = [
    "bool", "date", "datetime", "decimal", "double", "guid", "int", "long", "real", "time", "timespan",
  ]
  var i = 0
  var depth = 0
  func isWord(_ c: Unicode.Scalar) -> Bool {
    c.isASCII && (c.properties.isAlphabetic || c.properties.numericType != nil || c == "_")
  }
  func at(_ k: Int) -> Unicode.Scalar { k < s.count ? s[k] : "\0" }
  func isFence(_ k: Int) -> Bool { at(k) == "`" && at(k + 1) == "`" && at(k + 2) == "`" }
  while i < s.count {
    if isWord(s[i]) {
      let start = i
      while isWord(at(i)) { i += 1 }
      var word = String.UnicodeScalarView()
      word.append(contentsOf: s[start..<i])
      if types.contains(String(word)), at(i) == "(" {
        while i < s.count, s[i] != ")", s[i] != "\n", s[i] != "\r" { i += 1 }
        i += 1
      }
      let isPrefix = i - start == 1 && (s[start] == "h" || s[start] == "H")
      if !isPrefix { continue }
    }
    if i >= s.count { break }
    let isVerbatim = s[i] == "@" && (at(i + 1) == "'" || at(i + 1) == "\"")
    if isVerbatim { i += 1 }
    if isFence(i) {
      i += 3
      while i < s.count, !isFence(i) { i += 1 }
      i += 3
    } else if s[i] == "'" || s[i] == "\"" {
      let quote = s[i]
      i += 1
      while i < s.count {
        if isVerbatim, s[i] == quote, at(i + 1) == quote {
          i += 2
          continue
        }
        if !isVerbatim, s[i] == "\\" {
          guard "\\'\"abfnrtv01234567uUx".unicodeScalars.contains(at(i + 1)) else { return false }
          i += 2
          continue
        }
        if s[i] == "\n" || s[i] == "\r" { return false }
        if s[i] == quote { break }
        i += 1
      }
      if i >= s.count { return false }
      i += 1
    } else {
      switch s[i] {
      case "(", "[", "{": depth += 1
      case ")", "]", "}":
        depth -= 1
        if depth == 0, i != s.count - 1 { return false }
      case ";", "|": return false
      case "/" where at(i + 1) == "/": return false
      default: break
      }
      i += 1
    }
  }
  return depth == 0
}
