/// The path and query of a request, as sent and decoded.
package struct RequestTarget: Sendable {
  /// The path as it stood in the request line, still percent-encoded: Shared
  /// Key signs this form.
  package let rawPath: String
  /// Decoded path segments, without the leading slash; a trailing slash leaves
  /// an empty last segment.
  package let segments: [String]
  /// Decoded query items in order.
  package let query: [(name: String, value: String)]

  /// Reads a request target in origin form, `/path?query`.
  package init(_ raw: String) {
    let (path, query) = Self.halves(of: raw)
    rawPath = String(path)
    segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      PercentCoding.decode($0, plusIsSpace: false)
    }
    self.query = PercentCoding.form(query)
  }

  /// The first value of a query item.
  package subscript(name: String) -> String? {
    query.first { $0.name == name }?.value
  }

  /// The decoded path from segment `index` on, slashes and all.
  package func path(from index: Int) -> String {
    segments.dropFirst(index).joined(separator: "/")
  }

  private static func halves(of raw: String) -> (Substring, Substring) {
    guard let mark = raw.firstIndex(of: "?") else { return (raw[...], "") }
    return (raw[..<mark], raw[raw.index(after: mark)...])
  }
}
