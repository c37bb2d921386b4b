/// A blob's path within its container, with tokens in braces:
/// `y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}`.
///
/// `{yyyy} {MM} {dd} {HH} {mm} {ss}` are of the part's start; `{start}` and
/// `{end}` are its whole range in basic ISO 8601 (`20250101T000000Z`, with seven
/// fraction digits where there are any); `{ext}` is the format's and the
/// compression's extension, and ends the template.
package struct PathTemplate: Sendable, Equatable {
  package var text: String

  package init(text: String) {
    self.text = text
  }
}
