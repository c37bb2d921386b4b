/// A token of a KQL predicate.
struct KQLToken: Equatable {
  var kind: Kind
  var text: String
  /// In the predicate, counted in Unicode scalars.
  var offset: Int
  var length: Int

  /// What a token is.
  enum Kind: Equatable {
    case word, number, string
    /// A typed literal with its parentheses: `datetime(2024-01-01)`.
    case literal
    /// One character of punctuation.
    case symbol
  }

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

/// Why a predicate is not passed on.
struct KQLProblem: Error, Equatable {
  var summary: String
  var remedy: String?
  var offset: Int
  var length: Int
}
