/// Why the service would refuse a query.
package struct KQLError: Error, Sendable, Equatable {
  /// What is wrong, with the service's own codes.
  package enum Kind: Sendable, Equatable {
    /// The text does not parse; lines count from 1, positions in a line from 0.
    case syntax(code: String, line: Int, position: Int, token: String)
    /// The text parses and means nothing.
    case semantic(code: String, message: String)
  }

  package var kind: Kind

  /// An error of this kind.
  package init(_ kind: Kind) { self.kind = kind }
}

extension KQLError {
  /// The sentence that the service's answer ends in.
  package var message: String {
    switch kind {
    case .syntax(_, let line, let position, let token):
      "Query could not be parsed at '\(token)' on line [\(line),\(position)]"
    case .semantic(_, let message): message
    }
  }

  /// The `innererror` member of the service's 400, JSON.
  package var innerError: String {
    switch kind {
    case .syntax(let code, let line, let position, let token):
      return """
        {"code":"SyntaxError","message":"A recognition error occurred in the query.",\
        "innererror":{"code":\(Escaped.json(code)),"message":\(Escaped.json(message)),\
        "line":\(line),"pos":\(position),"token":\(Escaped.json(token))}}
        """
    case .semantic(let code, let message):
      return """
        {"code":"SemanticError","message":"A semantic error occurred.",\
        "innererror":{"code":\(Escaped.json(code)),"message":\(Escaped.json(message))}}
        """
    }
  }

  /// The whole body of the service's 400, JSON.
  package var body: String {
    """
    {"error":{"message":"The request had some invalid properties","code":"BadArgumentError",\
    "correlationId":"\(Digest.guid())","innererror":\(innerError)}}
    """
  }
}

extension KQLError {
  /// SEM0100: a column or scalar name that nothing in reach bears.
  static func unknownColumn(_ name: String, in context: String?) -> KQLError {
    .init(
      .semantic(
        code: "SEM0100",
        message: prefix(context) + "Failed to resolve column or scalar expression named '\(name)'"))
  }

  /// SEM0100: a table that the workspace lacks.
  static func unknownTable(_ name: String, in context: String?) -> KQLError {
    .init(
      .semantic(
        code: "SEM0100",
        message: prefix(context) + "Failed to resolve table or column expression named '\(name)'"))
  }

  /// SEM0260: a function that does not exist, or that the emulator does not know.
  static func unknownFunction(_ name: String) -> KQLError {
    .init(.semantic(code: "SEM0260", message: "Unknown function: '\(name)'."))
  }

  /// SEM0219: too few or too many arguments.
  static func argumentCount(_ name: String, _ expected: String) -> KQLError {
    .init(.semantic(code: "SEM0219", message: "\(name)(): function expects \(expected) argument(s)."))
  }

  /// SEM0064: two types that no operator of the language compares.
  static func incomparable(_ left: ColumnType, _ right: ColumnType, in context: String?) -> KQLError {
    .init(
      .semantic(
        code: "SEM0064",
        message: prefix(context)
          + "Cannot compare values of types \(left.rawValue) and \(right.rawValue). Try adding explicit casts"))
  }

  /// SEM0001: any other misuse of types, or something that is not emulated.
  static func semantic(_ message: String, code: String = "SEM0001", in context: String? = nil) -> KQLError {
    .init(.semantic(code: code, message: prefix(context) + message))
  }

  private static func prefix(_ context: String?) -> String { context.map { "'\($0)' operator: " } ?? "" }
}
