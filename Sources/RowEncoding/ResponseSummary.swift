/// What a response held, besides its rows.
package struct ResponseSummary: Sendable, Equatable {
  /// Those that were written.
  package var columns: [ResponseColumn]
  package var rows: Int
  /// Bytes of the response.
  package var rawBytes: Int
  /// The `error` member that follows the rows of an incomplete answer.
  package var error: ServiceError?
  /// One for each range that was asked for.
  package var sections: [SectionSummary]
}

/// What belongs to one section of a response.
package struct SectionSummary: Sendable, Equatable {
  package var rows: Int
  /// Bytes of the response: those of its rows with what separates them; all of them where it is
  /// the only section.
  package var rawBytes: Int

  package init(rows: Int, rawBytes: Int) {
    self.rows = rows
    self.rawBytes = rawBytes
  }
}

/// One column of the first table.
package struct ResponseColumn: Sendable, Equatable {
  package var name: String
  /// `string`, `long`, `int`, `real`, `bool`, `datetime`, `timespan`, `guid`, `decimal` or `dynamic`.
  package var type: String

  package init(name: String, type: String) {
    self.name = name
    self.type = type
  }
}

/// The service's `error` object: its code, and that of the innermost cause.
package struct ServiceError: Sendable, Equatable {
  package var code: String
  package var message: String
  package var innerCode: String?
  package var innerMessage: String?

  package init(code: String, message: String, innerCode: String? = nil, innerMessage: String? = nil) {
    self.code = code
    self.message = message
    self.innerCode = innerCode
    self.innerMessage = innerMessage
  }

  /// Whether a smaller range would be answered whole.
  package var isTruncation: Bool { Self.isTruncation(code) || Self.isTruncation(innerCode ?? "") }

  /// Whether a code of the service, outermost or innermost, says that the answer was too large.
  ///
  /// 0x80DA0003 is Kusto's E_QUERY_RESULT_SET_TOO_LARGE; the recorded truncation at
  /// 64,000,000 bytes carries it as the signed number. `ResponseSizeError` is the hard refusal.
  package static func isTruncation(_ code: String) -> Bool { code == "-2133196797" || code == "ResponseSizeError" }
}

extension ServiceError: CustomStringConvertible {
  package var description: String {
    let inner = innerMessage.map { ": \($0)" } ?? ""
    let innerCode = innerCode.map { " \($0)" } ?? ""
    return "\(code)\(innerCode): \(message)\(inner)"
  }
}
