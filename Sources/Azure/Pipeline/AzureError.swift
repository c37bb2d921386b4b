/// A request to a service that failed for good.
package struct AzureError: Error, Sendable {
  package var kind: Kind
  /// One line, and what to do where there is no `remedy`; never a credential.
  package var message: String
  /// What to do about it, on a line of its own with its indentation; empty where that is not known.
  package var remedy = ""
  /// HTTP status, where there was an answer.
  package var status: Int?
  /// The service's own code, such as `BlobAlreadyExists`.
  package var serviceCode: String?
  /// The body of a refusal of the query service, which says why; empty otherwise.
  package var answer: [UInt8] = []
  package var requestID: String?

  package init(
    _ kind: Kind, _ message: String, status: Int? = nil, serviceCode: String? = nil, requestID: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.status = status
    self.serviceCode = serviceCode
    self.requestID = requestID
  }

  /// The kinds of failure; callers decide by this and the codes.
  package enum Kind: Sendable, Equatable {
    case badRequest, unauthenticated, forbidden, notFound, conflict, preconditionFailed
    /// 504 of the query service: the query outlived its wait.
    case queryTimeout
    /// 429 until the retries were used up.
    case throttled
    /// 5xx, resets and stalls until the retries were used up.
    case unavailable
    /// No connection could be made at all.
    case unreachable
    case hostNotAllowed
    case cancelled
    /// The answer is no answer of this service.
    case invalidResponse
  }
}

extension AzureError: CustomStringConvertible {
  package var description: String { message + (requestID.map { " (request \($0))" } ?? "") + remedy }
}
