internal import Diagnostics

/// A predicate over one table's own columns, safe to stand in parentheses of its own.
struct KQLPredicate: Equatable {
  /// On one line, but for multi-line strings: line ends between tokens are spaces.
  var text: String

  /// Deeper nesting is no filter that a person wrote.
  static let maximumDepth = 64

  /// Checks a predicate; the problems are all that were found.
  static func check(_ text: String) -> (predicate: KQLPredicate?, problems: [KQLProblem]) {
    var lexer = KQLLexer(text)
    let tokens: [KQLToken]
    do throws(KQLProblem) {
      tokens = try lexer.tokens()
    } catch {
      return (nil, [error])
    }
    guard !tokens.isEmpty else {
      return (nil, [KQLProblem(summary: "the predicate is empty", remedy: "remove the key", offset: 0, length: 1)])
    }
    var problems = balance(tokens).map { [$0] } ?? []
    if problems.isEmpty { problems = words(tokens) }
    return problems.isEmpty ? (KQLPredicate(text: folded(text, tokens)), []) : (nil, problems)
  }

  /// The text with every space between tokens that holds a line end as one space.
  private static func folded(_ text: String, _ tokens: [KQLToken]) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var end = tokens[0].offset
    for token in tokens {
      let gap = scalars[end..<token.offset]
      if gap.contains(where: { $0 == "\n" || $0 == "\r" }) {
        result.append(" ")
      } else {
        result.append(contentsOf: gap)
      }
      result.append(contentsOf: token.text.unicodeScalars)
      end = token.offset + token.length
    }
    return String(result)
  }
}

extension KQLPredicate {
  /// The first bracket that closes what was not opened, or is never closed.
  private static func balance(_ tokens: [KQLToken]) -> KQLProblem? {
    let partners = [")": "(", "]": "[", "}": "{"]
    var open: [KQLToken] = []
    for token in tokens where token.kind == .symbol {
      if partners.values.contains(token.text) {
        open.append(token)
        guard open.count <= maximumDepth else {
          return KQLProblem(
            summary: "the predicate nests deeper than \(maximumDepth) levels", remedy: nil, offset: token.offset,
            length: 1)
        }
      } else if let partner = partners[token.text], open.popLast()?.text != partner {
        return KQLProblem(
          summary: "\(token.text) closes nothing", remedy: "the predicate stays within its own parentheses",
          offset: token.offset, length: 1)
      }
    }
    return open.last.map {
      KQLProblem(summary: "\($0.text) does not close", remedy: nil, offset: $0.offset, length: 1)
    }
  }

  /// Words that would reach beyond the row.
  private static func words(_ tokens: [KQLToken]) -> [KQLProblem] {
    var problems: [KQLProblem] = []
    for (index, token) in tokens.enumerated() {
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      let last = index > 0 ? tokens[index - 1] : nil
      if token.kind == .word {
        if listOperators.contains(token.text), last?.isSymbol(".") != true {
          problems += list(tokens, after: index)
        } else if next?.isSymbol("(") == true {
          if let problem = call(token) { problems.append(problem) }
        } else if tabularWords.contains(token.text), last?.isSymbol(".") != true {
          problems.append(
            KQLProblem(
              summary: "\(token.text) reaches beyond the table",
              remedy: "if a column is meant, write ['\(token.text)']", offset: token.offset, length: token.length))
        }
      } else if next?.isSymbol("(") == true, token.kind != .symbol || token.text == "]" || token.text == ")" {
        problems.append(
          KQLProblem(
            summary: "only a function's bare name can be called", remedy: nil, offset: token.offset,
            length: token.length))
      } else if token.isSymbol("="), next?.isSymbol(">") == true, next?.offset == token.offset + 1 {
        problems.append(
          KQLProblem(summary: "=> is no operator of a predicate", remedy: nil, offset: token.offset, length: 2))
      }
    }
    return problems
  }

  /// A word before `(`: an operator, or a function of the row alone.
  private static func call(_ token: KQLToken) -> KQLProblem? {
    let name = token.text
    if operatorWords.contains(name) || scalarFunctions.contains(name) { return nil }
    func problem(_ summary: String, _ remedy: String?) -> KQLProblem {
      KQLProblem(summary: summary, remedy: remedy, offset: token.offset, length: token.length)
    }
    if reachingFunctions.contains(name) {
      return problem("\(name)() reaches beyond the table", "a predicate sees the row's own columns only")
    }
    if volatileFunctions.contains(name) {
      return problem(
        "\(name)() does not depend on the row alone, so a count and an export would differ",
        "write the value itself; the time range is set by range:")
    }
    return problem(
      "\(name)() is not known to depend on the row alone",
      nearestName(to: name, among: scalarFunctions.sorted()).map { "did you mean \($0)()?" }
        ?? "use KQL's scalar functions")
  }

  /// The list behind `in`, `has_any` or `has_all`: KQL reads a lone name there as
  /// a table, if there is one of that name.
  private static func list(_ tokens: [KQLToken], after index: Int) -> [KQLProblem] {
    let word = tokens[index]
    var start = index + 1
    if start < tokens.count, tokens[start].isSymbol("~") { start += 1 }
    guard start < tokens.count, tokens[start].isSymbol("(") else {
      return [
        KQLProblem(
          summary: "\(word.text) is not followed by a list in parentheses", remedy: nil, offset: word.offset,
          length: word.length)
      ]
    }
    var depth = 0
    var item: [KQLToken] = []
    var problems: [KQLProblem] = []
    for token in tokens[start...] {
      if token.kind == .symbol, ["(", "[", "{"].contains(token.text) { depth += 1 }
      if token.kind == .symbol, [")", "]", "}"].contains(token.text) { depth -= 1 }
      if depth == 0 || depth == 1 && token.isSymbol(",") {
        if let problem = loneName(item) { problems.append(problem) }
        item = []
        if depth == 0 { break }
      } else if !(depth == 1 && token.isSymbol("(")) {
        item.append(token)
      }
    }
    return problems
  }

  private static func loneName(_ item: [KQLToken]) -> KQLProblem? {
    var item = item[...]
    while let first = item.first, let last = item.last, item.count > 1, first.isSymbol("("), last.isSymbol(")") {
      item = item.dropFirst().dropLast()
    }
    let isWord = item.count == 1 && item[item.startIndex].kind == .word
    let isBracketed =
      item.count == 3 && item[item.startIndex].isSymbol("[") && item[item.startIndex + 1].kind == .string
    guard isWord || isBracketed, let first = item.first, let last = item.last,
      !["true", "false", "True", "False", "TRUE", "FALSE"].contains(first.text)
    else { return nil }
    return KQLProblem(
      summary: "a name alone in a list could be another table", remedy: "compare columns with == instead",
      offset: first.offset, length: last.offset + last.length - first.offset)
  }
}
