package import Diagnostics

/// A `.env` file: lines of `NAME=value`.
///
///     # a comment
///     export NAME=value          export is allowed and means nothing
///     NAME="with \"escapes\" \n"  \n \r \t \\ \" \$ are escapes
///     NAME='as it is'
///     NAME=bare # a comment after a space
package struct DotEnv: Sendable {
  /// The last value of each name.
  package private(set) var values: [String: String] = [:]
  package private(set) var diagnostics: [Diagnostic] = []

  /// Reads a file's text; nothing of it is shown in a diagnostic, as it may hold secrets.
  package static func parse(_ text: String, file: String = ".env") -> DotEnv {
    var result = DotEnv()
    for (index, line) in SourceText(text).lines.enumerated() {
      result.read(String(line), number: index + 1, file: file)
    }
    return result
  }

  private mutating func read(_ line: String, number: Int, file: String) {
    var rest = trimmed(line[...])
    if rest.isEmpty || rest.hasPrefix("#") { return }
    if rest.hasPrefix("export ") || rest.hasPrefix("export\t") { rest = trimmed(rest.dropFirst(7)) }
    func problem(_ summary: String, _ remedy: String) -> Diagnostic {
      let place = SourcePosition(line: number, column: 1)
      let range = SourceRange(start: place, end: SourcePosition(line: number, column: line.unicodeScalars.count + 1))
      return Diagnostic(.error, summary, remedy: remedy, file: file, range: range, hidesSource: true)
    }
    guard let equals = rest.firstIndex(of: "=") else {
      diagnostics.append(problem("the line is no NAME=value", "write NAME=value, or begin a comment with #"))
      return
    }
    let name = String(trimmed(rest[..<equals]))
    guard isIdentifier(name) else {
      diagnostics.append(problem("the name before = is no variable's name", "use letters, digits and _"))
      return
    }
    guard let value = Self.value(trimmed(rest[rest.index(after: equals)...])) else {
      diagnostics.append(
        problem("the quotes around the value of \(name) do not close", "close them; a value is one line"))
      return
    }
    values[name] = value
  }

  /// Nil where quotes do not close, or something other than a comment follows them.
  private static func value(_ text: Substring) -> String? {
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      return bare(text)
    }
    var value = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if character == quote {
        let after = trimmed(rest)
        return after.isEmpty || after.hasPrefix("#") ? value : nil
      }
      guard character == "\\", quote == "\"", let escaped = rest.popFirst() else {
        value.append(character)
        continue
      }
      switch escaped {
      case "n": value.append("\n")
      case "r": value.append("\r")
      case "t": value.append("\t")
      case "\\", "\"", "$": value.append(escaped)
      default: value += "\\\(escaped)"
      }
    }
    return nil
  }

  private static func bare(_ text: Substring) -> String {
    var end = text.startIndex
    while end < text.endIndex {
      let afterSpace =
        end == text.startIndex || text[text.index(before: end)] == " " || text[text.index(before: end)] == "\t"
      if text[end] == "#" && afterSpace { break }
      end = text.index(after: end)
    }
    return String(trimmed(text[..<end]))
  }
}

/// Without spaces and tabs at both ends.
private func trimmed(_ text: Substring) -> Substring {
  var text = text.drop { $0 == " " || $0 == "\t" }
  while text.last == " " || text.last == "\t" { text.removeLast() }
  return text
}
