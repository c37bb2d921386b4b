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

/// Percent-encoding, as paths, queries and form bodies use it.
package enum PercentCoding {
  /// Undoes percent-encoding; what is no escape passes through, and bytes that
  /// are no UTF-8 are replaced.
  package static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      let byte = source[index]
      if byte == UInt8(ascii: "%"), index + 2 < source.count,
        let high = Hex.digit(source[index + 1]), let low = Hex.digit(source[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
        continue
      }
      bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
      index += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `a=b&c=d`.
  package static func form(_ text: Substring) -> [(name: String, value: String)] {
    text.split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        decode(parts[0], plusIsSpace: true),
        parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
      )
    }
  }
}
