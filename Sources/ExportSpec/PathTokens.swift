/// A path template cut into literals and tokens.
enum PathPiece: Equatable {
  case literal(String)
  /// The name between the braces, known or not.
  case token(String)
}

/// Every token that a path may hold, in the order of the reference.
enum PathToken: String, CaseIterable {
  case year = "yyyy"
  case month = "MM"
  case day = "dd"
  case hour = "HH"
  case minute = "mm"
  case second = "ss"
  case table, start, end
  case fileExtension = "ext"
}

/// A brace that begins or ends nothing.
struct StrayBrace: Error {
  /// Offset in Unicode scalars.
  var offset: Int
}

extension PathTemplate {
  /// The pieces in order, with the offset of each in Unicode scalars.
  ///
  /// - Throws: where a brace has no partner.
  func pieces() throws(StrayBrace) -> [(offset: Int, piece: PathPiece)] {
    var result: [(offset: Int, piece: PathPiece)] = []
    var literal = ""
    var literalStart = 0
    var token: (text: String, start: Int)?
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      switch (scalar, token) {
      case ("{", nil):
        if !literal.isEmpty { result.append((literalStart, .literal(literal))) }
        literal = ""
        token = ("", offset)
      case ("}", let open?):
        result.append((open.start, .token(open.text)))
        token = nil
        literalStart = offset + 1
      case ("{", _?), ("}", nil): throw StrayBrace(offset: offset)
      case (_, let open?): token = (open.text + String(scalar), open.start)
      default: literal.unicodeScalars.append(scalar)
      }
    }
    if let token { throw StrayBrace(offset: token.start) }
    if !literal.isEmpty { result.append((literalStart, .literal(literal))) }
    return result
  }
}
