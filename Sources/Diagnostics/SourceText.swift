/// A text cut into lines, as a diagnostic points into it.
///
/// Lines end where YAML 1.1 ends them (`\n`, `\r\n`, `\r`, U+0085, U+2028,
/// U+2029), so that a parser's line numbers and these agree. Columns count
/// Unicode scalars from 1.
package struct SourceText: Sendable {
  /// The lines without their ends.
  package let lines: [Substring.UnicodeScalarView]

  package init(_ text: String) {
    let scalars = text.unicodeScalars
    var lines: [Substring.UnicodeScalarView] = []
    // A byte order mark is no part of the first line's columns.
    var start = scalars.first == "\u{FEFF}" ? scalars.index(after: scalars.startIndex) : scalars.startIndex
    var index = start
    while index < scalars.endIndex {
      let next = scalars.index(after: index)
      guard Self.isLineEnd(scalars[index]) else {
        index = next
        continue
      }
      lines.append(scalars[start..<index])
      let isPair = scalars[index] == "\r" && next < scalars.endIndex && scalars[next] == "\n"
      start = isPair ? scalars.index(after: next) : next
      index = start
    }
    lines.append(scalars[start...])
    self.lines = lines
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }

  /// The place behind the last character.
  package var end: SourcePosition {
    SourcePosition(line: lines.count, column: (lines.last?.count ?? 0) + 1)
  }

  /// The line of a 1-based number; nil past the end.
  package func line(_ number: Int) -> Substring.UnicodeScalarView? {
    lines.indices.contains(number - 1) ? lines[number - 1] : nil
  }
}
