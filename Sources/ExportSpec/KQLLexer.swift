/// Cuts a KQL predicate into tokens, and refuses whatever KQL might cut differently.
///
/// The rules are those of the language's published tokenizer (`TokenParser` of
/// Kusto.Language), narrowed: where the two could disagree on where a string or
/// a parenthesis ends, the text is an error here.
///
///     "a\n"  'a'      ordinary strings with escapes, one line each
///     @"a""b"  @'a'   verbatim: a doubled quote is a quote
///     ```a```         multi-line, no escapes
///     h"a"  H@'a'     obfuscated: any of these behind h or H
///     datetime(…)     typed literals: raw up to the first `)`, whatever is in between
struct KQLLexer {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// Type names that, before `(`, make the tokenizer read raw text up to the next `)`.
  private static let literalTypes: Set<String> = [
    "bool", "boolean", "date", "datetime", "decimal", "double", "float", "guid", "int", "int32", "int64", "long",
    "real", "string", "time", "timespan", "uniqueid", "uuid",
  ]
}

extension KQLLexer {
  /// All tokens.
  mutating func tokens() throws(KQLProblem) -> [KQLToken] {
    var tokens: [KQLToken] = []
    while let token = try next() { tokens.append(token) }
    return tokens
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    index + ahead < scalars.count ? scalars[index + ahead] : nil
  }

  private func text(from start: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<index])
    return String(view)
  }

  private func token(_ kind: KQLToken.Kind, from start: Int) -> KQLToken {
    KQLToken(kind: kind, text: text(from: start), offset: start, length: index - start)
  }

  private mutating func next() throws(KQLProblem) -> KQLToken? {
    while let scalar = peek(), scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { index += 1 }
    guard let scalar = peek() else { return nil }
    let start = index
    switch scalar {
    case "a"..."z", "A"..."Z", "_":
      if scalar == "h" || scalar == "H", let next = peek(1), "\"'@`".unicodeScalars.contains(next) {
        index += 1
        return try string(from: start)
      }
      takeWord()
      return try Self.literalTypes.contains(text(from: start)) ? literal(from: start) : token(.word, from: start)
    case "0"..."9": return try number(from: start)
    case "\"", "'", "@", "`": return try string(from: start)
    case "/" where peek(1) == "/" || peek(1) == "*":
      throw KQLProblem(
        summary: "a comment is not allowed in a predicate", remedy: "write it as a YAML comment, with #",
        offset: start, length: 2)
    case "(", ")", "[", "]", "{", "}", ",", ".", ":", "=", "!", "<", ">", "~", "+", "-", "*", "/", "%":
      index += 1
      return token(.symbol, from: start)
    case ";":
      throw KQLProblem(
        summary: "; is not allowed in a predicate", remedy: "a predicate is one expression", offset: start, length: 1)
    case "|":
      throw KQLProblem(
        summary: "| is not allowed in a predicate, as what follows it could read other tables",
        remedy: "a predicate is one expression over the table's own columns", offset: start, length: 1)
    default: throw unexpected(scalar, at: start)
    }
  }

  private func unexpected(_ scalar: Unicode.Scalar, at start: Int) -> KQLProblem {
    let isQuote = ["“", "”", "„", "‘", "’", "«", "»"].contains(scalar)
    let name = scalar.value < 0x20 || scalar.value == 0x7F ? "a control character" : "\"\(scalar)\""
    return KQLProblem(
      summary: "\(name) is no part of a KQL predicate",
      remedy: isQuote ? "use straight quotes" : "outside strings only ASCII is allowed", offset: start, length: 1)
  }

  private mutating func takeWord() {
    while let scalar = peek(), isWord(scalar) { index += 1 }
  }

  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }

  /// Digits with a fraction, an exponent or a unit; a word that begins with a digit is refused.
  private mutating func number(from start: Int) throws(KQLProblem) -> KQLToken {
    takeWord()
    if peek() == ".", let digit = peek(1), ("0"..."9").contains(digit) {
      index += 1
      takeWord()
    }
    let written = text(from: start)
    if let last = written.last, last == "e" || last == "E", peek() == "-" || peek() == "+", !written.hasPrefix("0x") {
      index += 1
      takeWord()
    }
    let units: Set<Substring> = [
      "", "d", "day", "days", "h", "hr", "hrs", "hour", "hours", "m", "min", "minute", "minutes", "s", "sec",
      "second", "seconds", "ms", "milli", "millis", "millisecond", "milliseconds", "micro", "micros", "microsecond",
      "microseconds", "nano", "nanos", "nanosecond", "nanoseconds", "tick", "ticks",
    ]
    let whole = text(from: start)
    let isHex = whole.hasPrefix("0x") && whole.count > 2 && whole.dropFirst(2).allSatisfy(\.isHexDigit)
    // The first group of a bare GUID is read as a word before a hyphen.
    let isGroup = whole.allSatisfy(\.isHexDigit) && (peek() == "-" || start > 0 && scalars[start - 1] == "-")
    let suffix = whole.drop { ("0"..."9").contains($0) || $0 == "." }
    let isExponent =
      suffix.first?.lowercased() == "e" && suffix.dropFirst().allSatisfy { $0.isNumber || $0 == "-" || $0 == "+" }
    guard isHex || isGroup || isExponent || units.contains(suffix) else {
      throw KQLProblem(summary: "\"\(whole)\" is no number", remedy: nil, offset: start, length: index - start)
    }
    return token(.number, from: start)
  }

  /// A typed literal: what stands between its parentheses is never read as KQL,
  /// so nothing that could end or begin something there is let through.
  private mutating func literal(from start: Int) throws(KQLProblem) -> KQLToken {
    let name = text(from: start)
    var ahead = 0
    while peek(ahead) == " " || peek(ahead) == "\t" { ahead += 1 }
    guard peek(ahead) == "(" else { return token(.word, from: start) }
    index += ahead + 1
    while let scalar = peek(), scalar != ")" {
      guard isWord(scalar) || " .:+-".unicodeScalars.contains(scalar) else {
        throw KQLProblem(
          summary: "the value in \(name)(…) is letters, digits and .:+- only",
          remedy: "write it without quotes and brackets",
          offset: index, length: 1)
      }
      index += 1
    }
    guard peek() == ")" else {
      throw KQLProblem(summary: "\(name)( does not close", remedy: nil, offset: start, length: index - start)
    }
    index += 1
    return token(.literal, from: start)
  }
}

// Strings.
extension KQLLexer {
  private mutating func string(from start: Int) throws(KQLProblem) -> KQLToken {
    if peek() == "`" {
      guard peek(1) == "`", peek(2) == "`" else { throw unexpected("`", at: index) }
      index += 3
      while peek() != nil, !(peek() == "`" && peek(1) == "`" && peek(2) == "`") {
        if let scalar = peek(), scalar.value < 0x20, !"\t\r\n".unicodeScalars.contains(scalar) {
          throw unexpected(scalar, at: index)
        }
        index += 1
      }
      guard peek() != nil else { throw unclosed(start) }
      index += 3
      return token(.string, from: start)
    }
    let isVerbatim = peek() == "@"
    if isVerbatim { index += 1 }
    guard let quote = peek(), quote == "\"" || quote == "'" else {
      throw KQLProblem(summary: "@ begins no string here", remedy: nil, offset: start, length: 1)
    }
    index += 1
    while let scalar = peek() {
      if scalar == quote {
        index += 1
        guard isVerbatim, peek() == quote else { return token(.string, from: start) }
        index += 1
      } else if scalar == "\\" && !isVerbatim {
        try escape()
      } else if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x2028 || scalar.value == 0x2029 {
        throw KQLProblem(
          summary: "a string goes over the end of its line", remedy: "write \\n for a line feed", offset: index,
          length: 1)
      } else {
        index += 1
      }
    }
    throw unclosed(start)
  }

  private func unclosed(_ start: Int) -> KQLProblem {
    KQLProblem(summary: "a string does not close", remedy: nil, offset: start, length: scalars.count - start)
  }

  /// An escape that KQL knows; at any other it ends the string.
  private mutating func escape() throws(KQLProblem) {
    let start = index
    index += 1
    var digits = 0
    switch peek() {
    case "\\", "'", "\"", "a", "b", "f", "n", "r", "t", "v": break
    // Octal, one digit or more.
    case "0", "1", "2", "3", "4", "5", "6", "7": break
    case "u": digits = 4
    case "U": digits = 8
    case "x": digits = 2
    default:
      throw KQLProblem(
        summary: "KQL knows no such escape", remedy: "write \\\\ for a backslash, or a verbatim string @\"…\"",
        offset: start, length: 2)
    }
    index += 1
    for _ in 0..<digits {
      guard let scalar = peek(), scalar.properties.isASCIIHexDigit else {
        throw KQLProblem(
          summary: "an escape of \(digits) hexadecimal digits is cut short", remedy: nil, offset: start,
          length: index - start)
      }
      index += 1
    }
  }
}
