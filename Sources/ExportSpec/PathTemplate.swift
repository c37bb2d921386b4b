/// A blob's path within its container, with tokens in braces:
/// `y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}`.
///
/// `{yyyy} {MM} {dd} {HH} {mm} {ss}` are of the part's start; `{start}` and
/// `{end}` are its whole range in basic ISO 8601 (`20250101T000000Z`, with seven
/// fraction digits where there are any); `{ext}` is the format's and the
/// compression's extension, and ends the template.
package struct PathTemplate: Sendable {
  package let text: String
  /// What it consists of, in order; ends before a brace that has no partner.
  let pieces: [Piece]
  /// Where a brace begins or ends nothing, as an offset in Unicode scalars.
  let strayBrace: Int?

  /// A piece of a template.
  enum Piece {
    /// UTF-8.
    case literal([UInt8])
    case token(PathToken)
    /// What stands in braces and is no token, with the offset of the first brace in Unicode scalars.
    case unknown(name: String, offset: Int)
  }

  /// Takes any text in; what is wrong with it stands in `strayBrace` and among the pieces.
  package init(text: String) {
    self.text = text
    (pieces, strayBrace) = Self.parse(text)
  }
}

/// Every token that a path may hold, in the order of the reference.
package enum PathToken: String, CaseIterable, Sendable {
  case year = "yyyy"
  case month = "MM"
  case day = "dd"
  case hour = "HH"
  case minute = "mm"
  case second = "ss"
  case table, start, end
  case fileExtension = "ext"
}

extension PathTemplate: Equatable {
  package static func == (a: PathTemplate, b: PathTemplate) -> Bool { a.text == b.text }
}

extension PathTemplate {
  /// Whether the token stands in the path.
  package func contains(_ token: PathToken) -> Bool { count(of: token) > 0 }

  /// How often the token stands in the path.
  func count(of token: PathToken) -> Int {
    pieces.count {
      if case .token(token) = $0 { true } else { false }
    }
  }

  private static func parse(_ text: String) -> (pieces: [Piece], strayBrace: Int?) {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var open: (name: String, offset: Int)?
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      switch (scalar, open) {
      case ("{", nil):
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        (literal, open) = ([], ("", offset))
      case ("}", let token?):
        pieces.append(
          PathToken(rawValue: token.name).map(Piece.token) ?? .unknown(name: token.name, offset: token.offset))
        open = nil
      case ("{", _?), ("}", nil): return (pieces, offset)
      case (_, _?): open?.name.unicodeScalars.append(scalar)
      default: literal += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return (pieces, open?.offset)
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
