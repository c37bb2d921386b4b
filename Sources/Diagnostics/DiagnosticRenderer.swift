/// Diagnostics as people read them:
///
///     error: unknown key "colums"
///      --> soc.yaml:12:5
///        |
///     12 |     colums: [TimeGenerated]
///        |     ^^^^^^
///        = help: did you mean "columns"?
package struct DiagnosticRenderer: Sendable {
  /// Whether ANSI colours are written.
  package var colors: Bool

  package init(colors: Bool = false) {
    self.colors = colors
  }

  /// Longer lines are shown in part, around the place.
  private static let widest = 120
}

extension DiagnosticRenderer {
  /// All of them, a blank line between two; ends with a line feed unless empty.
  package func render(_ diagnostics: [Diagnostic], source: SourceText? = nil) -> String {
    diagnostics.map { render($0, source: source) }.joined(separator: "\n")
  }

  /// One diagnostic, ending with a line feed.
  ///
  /// - Parameter source: the text of the diagnostic's file, where it is at hand.
  package func render(_ diagnostic: Diagnostic, source: SourceText? = nil) -> String {
    let label = paint(diagnostic.severity.rawValue, Self.code(diagnostic.severity))
    var text = "\(label): \(paint(safe(diagnostic.summary), "1"))\n"
    let line = diagnostic.hidesSource ? nil : diagnostic.range.flatMap { source?.line($0.start.line) }
    let number = diagnostic.range.map { String($0.start.line) } ?? ""
    let margin = String(repeating: " ", count: line == nil ? 1 : number.count + 1)
    let arrowMargin = String(repeating: " ", count: max(1, margin.count - 1))
    if let place = diagnostic.place { text += "\(arrowMargin)\(paint("-->", "34")) \(safe(place))\n" }
    let bar = paint("|", "34")
    if let line, let range = diagnostic.range {
      let excerpt = Excerpt(line, range: range, widest: Self.widest)
      text += "\(margin)\(bar)\n\(paint(number, "34")) \(bar) \(excerpt.line)\n"
      text += "\(margin)\(bar) \(paint(excerpt.caret, Self.code(diagnostic.severity)))\n"
    }
    if let detail = diagnostic.detail { text += "\(margin)\(paint("=", "34")) \(indented(detail, under: margin))\n" }
    if let remedy = diagnostic.remedy {
      text += "\(margin)\(paint("=", "34")) \(paint("help", "36")): \(indented(remedy, under: margin))\n"
    }
    return text
  }

  private func paint(_ text: String, _ code: String) -> String {
    colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func code(_ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    }
  }

  private func safe(_ text: String) -> String { DisplayText(text.unicodeScalars).text }

  private func indented(_ text: String, under margin: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0)) }
      .joined(separator: "\n\(margin)  ")
  }
}

/// One line of source and the carets beneath it.
private struct Excerpt {
  let line: String
  let caret: String

  init(_ source: Substring.UnicodeScalarView, range: SourceRange, widest: Int) {
    var scalars = redacted(source)
    var start = min(range.start.column - 1, scalars.count)
    var end = range.end.line > range.start.line ? scalars.count : min(range.end.column - 1, scalars.count)
    if range.end.line > range.start.line {
      while end > start + 1, scalars[end - 1] == " " { end -= 1 }
    }
    var head = ""
    var tail = ""
    if scalars.count > widest {
      let from = max(0, min(start - widest / 3, scalars.count - widest))
      let to = min(scalars.count, from + widest)
      head = from > 0 ? "… " : ""
      tail = to < scalars.count ? " …" : ""
      scalars = Array(scalars[from..<to])
      start -= from
      end = min(end, to) - from
    }
    let before = DisplayText(scalars[..<start]).width + head.unicodeScalars.count
    let marked = start < end ? DisplayText(scalars[start..<end]).width : 1
    line = head + DisplayText(scalars).text + tail
    caret = String(repeating: " ", count: before) + String(repeating: "^", count: max(1, marked))
  }
}
