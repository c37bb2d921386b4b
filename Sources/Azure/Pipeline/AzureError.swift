/// A request to a service that failed for good.
package struct AzureError: Error, Sendable {
  package var kind: Kind
  /// One line, then what to do; never a credential.
  package var message: String
  /// HTTP status, where there was an answer.
  package var status: Int?
  /// The service's own code, such as `BlobAlreadyExists` or `BadArgumentError`.
  package var serviceCode: String?
  /// The innermost code of the query service's errors.
  package var innerCode: String?
  package var requestID: String?

  package init(
    _ kind: Kind, _ message: String, status: Int? = nil, serviceCode: String? = nil, innerCode: String? = nil,
    requestID: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.status = status
    self.serviceCode = serviceCode
    self.innerCode = innerCode
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
  package var description: String { message + (requestID.map { " (request \($0))" } ?? "") }
}
