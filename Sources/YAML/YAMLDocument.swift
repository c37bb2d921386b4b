package import Diagnostics

/// A text's one YAML document and everything that is wrong with it.
package struct YAMLDocument: Sendable {
  /// Nil where the text is empty, or is not YAML.
  package var root: YAMLNode?
  package var diagnostics: [Diagnostic]
}

extension YAMLDocument {
  /// The largest text that is read, in bytes; a spec of thousands of tables stays far below.
  package static let maximumSize = 4 << 20

  /// Parses a text of exactly one document (`yaml_parser_parse` underneath).
  ///
  /// A syntax error ends the parse, as nothing after it can be trusted; duplicate
  /// keys, unknown anchors and wrong merge keys are collected.
  package static func parse(_ text: String, file: String) -> YAMLDocument {
    guard text.utf8.count <= maximumSize else {
      let summary = "the file is larger than \(maximumSize >> 20) MiB"
      return YAMLDocument(root: nil, diagnostics: [Diagnostic(.error, summary, file: file)])
    }
    var composer = Composer(file: file)
    do throws(YAMLSyntaxError) {
      var reader = try EventReader(text)
      let root = try composer.document(&reader)
      return YAMLDocument(root: root, diagnostics: composer.diagnostics)
    } catch {
      let diagnostic = error.diagnostic(file: file, source: SourceText(text))
      return YAMLDocument(root: nil, diagnostics: composer.diagnostics + [diagnostic])
    }
  }
}

extension YAMLSyntaxError {
  fileprivate func diagnostic(file: String, source: SourceText) -> Diagnostic {
    // libyaml puts the end of a text without a last line feed into a line of its own.
    let last = SourcePosition(line: source.lines.count, column: (source.lines.last?.count ?? 0) + 1)
    let place = place.line > last.line ? last : self.place
    let end = SourcePosition(line: place.line, column: place.column + 1)
    var diagnostic = Diagnostic(
      .error, problem, file: file, range: SourceRange(start: place, end: end))
    if let context, let contextPlace {
      diagnostic.detail = "\(context) that begins at line \(contextPlace.line), column \(contextPlace.column)"
    }
    let line = source.line(place.line)
    let found = line.flatMap { $0.dropFirst(place.column - 1).first }
    if found == "\t" {
      diagnostic.summary = "a tab stands where YAML allows only spaces"
      diagnostic.remedy = "indent with spaces"
    } else if found == "@" || found == "`" {
      diagnostic.remedy = "put the value in quotes: YAML reserves this character"
    } else if let line, line.contains("$"), line.contains("{") {
      diagnostic.remedy = "within [ ] or { } put a value with ${env:…} in quotes"
    }
    return diagnostic
  }
}
