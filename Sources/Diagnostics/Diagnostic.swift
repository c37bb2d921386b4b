/// One problem in something that a user wrote, with its place and its remedy.
///
/// Problems of a file are collected and shown together; nothing here is thrown.
package struct Diagnostic: Hashable, Sendable {
  package var severity: Severity
  /// What is wrong, one line without a full stop.
  package var summary: String
  /// Why it is wrong, where the summary leaves that open.
  package var detail: String?
  /// What to do about it.
  package var remedy: String?
  /// The file's name as the user gave it.
  package var file: String?
  /// Where in the file; nil where the whole file is meant.
  package var range: SourceRange?
  /// Whether the line may hold a secret and must not be shown.
  package var hidesSource: Bool

  package init(
    _ severity: Severity, _ summary: String, detail: String? = nil, remedy: String? = nil, file: String? = nil,
    range: SourceRange? = nil, hidesSource: Bool = false
  ) {
    self.severity = severity
    self.summary = summary
    self.detail = detail
    self.remedy = remedy
    self.file = file
    self.range = range
    self.hidesSource = hidesSource
  }
}

extension Diagnostic {
  /// How much a problem matters.
  package enum Severity: String, Sendable, CaseIterable {
    /// Nothing is done until it is mended.
    case error
    /// Work goes on; the user probably meant something else.
    case warning
    /// Worth knowing.
    case note
  }

  /// `file:line:column`, as far as each is known; nil where none is.
  package var place: String? {
    guard let file else { return range.map { "\($0.start.line):\($0.start.column)" } }
    guard let range else { return file }
    return "\(file):\(range.start.line):\(range.start.column)"
  }
}

extension Sequence<Diagnostic> {
  package var hasErrors: Bool { contains { $0.severity == .error } }

  /// In the order of their places, each problem once: an anchor's content that
  /// is used twice has its problems once.
  package func inOrder() -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    let unique = enumerated().filter { seen.insert($0.element).inserted }
    return unique.sorted { a, b in
      let (p, q) = (a.element.range?.start, b.element.range?.start)
      return (p?.line ?? 0, p?.column ?? 0, a.offset) < (q?.line ?? 0, q?.column ?? 0, b.offset)
    }.map(\.element)
  }
}
