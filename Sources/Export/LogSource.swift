package import ExportSpec
package import Timeline

/// Where rows come from: a workspace of the query service, or a stand-in for it.
package protocol LogSource: Sendable {
  /// Runs a query whose answer is small, and returns its rows.
  ///
  /// Never answers from a cache. Throws where the answer is not whole.
  func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]]

  /// Starts a query and returns the bytes of its answer as they come.
  ///
  /// Throws where the service refuses; an answer that fails midway throws from `next()`.
  func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream
}

/// One query of one table.
package struct LogQuery: Sendable, Equatable {
  package var text: String
  /// The range that it is about; the search endpoint wants it in the request as well.
  package var span: TimeRange
  /// The table's plan, which decides the endpoint; nil counts as analytics.
  package var plan: TablePlan?

  package init(text: String, span: TimeRange, plan: TablePlan?) {
    self.text = text
    self.span = span
    self.plan = plan
  }
}

/// The body of an answer, in chunks.
package protocol ResponseStream: Sendable {
  /// The next chunk, never empty; nil at the end of a whole body.
  ///
  /// A connection that ended early is an error, not an end.
  func next() async throws(SourceError) -> [UInt8]?
  /// Gives the rest up.
  func cancel()
  /// The service's id of the request.
  var requestID: String? { get }
}

/// A value of a small answer.
package enum LogValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  /// A boolean; no count has one.
  case other
}

/// A query that failed.
package struct SourceError: Error, Sendable {
  package var code: Code
  /// What the service said, in one line.
  package var message: String
  package var requestID: String?

  package init(_ code: Code, _ message: String, requestID: String? = nil) {
    self.code = code
    self.message = message
    self.requestID = requestID
  }

  /// The kinds of failure; callers decide by this alone.
  package enum Code: Sendable, Equatable {
    /// Truncated, `ResponseSizeError`, or 504: ask for less.
    case tooLarge
    /// The answer is incomplete for another reason (`PartialError`).
    case partial
    /// 400: the query does not fit the workspace.
    case badQuery
    /// 401 or 403.
    case denied
    /// 404: no such workspace.
    case notFound
    /// Throttled, 5xx or broken off until the retries were used up.
    case unavailable
    /// Broken off midway: worth another attempt of the whole part.
    case interrupted
    case unreachable
    case hostNotAllowed
    case cancelled
    /// The answer is no answer of this service.
    case invalid
  }
}

extension SourceError: CustomStringConvertible {
  package var description: String { message + (requestID.map { " (request \($0))" } ?? "") }
}
