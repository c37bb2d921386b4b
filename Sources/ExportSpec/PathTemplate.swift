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

extension PathTemplate {
  /// What readers make columns of as Hive does: the `y` of its folder `y={yyyy}`.
  package var partitions: [String] {
    text.split(separator: "/").dropLast().compactMap { folder in
      guard let sign = folder.firstIndex(of: "="), sign > folder.startIndex else { return nil }
      return String(folder[..<sign])
    }
  }

  /// The folder's column that readers take for this one, as most do whatever the case of its letters.
  package func partition(hiding column: String) -> String? {
    partitions.first { $0.lowercased() == column.lowercased() }
  }
}
