/// A failed operation on a blob store.
package struct StoreError: Error, Sendable {
  /// What kind of failure it was; callers decide by this alone.
  package var code: Code
  /// What was attempted, on what: `Put Block List logs-a/x.gz`.
  package var operation: String
  /// What the store said, in one line.
  package var message: String
  /// The service's request id, where there is one.
  package var requestID: String?
  /// The service's own code, such as `AuthorizationFailure`, where there was an answer with one.
  package var serviceCode: String?

  package init(
    _ code: Code, operation: String, message: String, requestID: String? = nil, serviceCode: String? = nil
  ) {
    self.code = code
    self.operation = operation
    self.message = message
    self.requestID = requestID
    self.serviceCode = serviceCode
  }

  /// The kinds of failure.
  package enum Code: Sendable, Equatable {
    /// 409 BlobAlreadyExists, ContainerAlreadyExists; 412 of `If-None-Match: *`.
    case alreadyExists
    /// 404: no such blob or container.
    case notFound
    /// 412: a condition on position, size or ETag failed.
    case conditionFailed
    /// 409: a policy, a lease or the container's state forbids it.
    case refused
    /// 409 BlobArchived, BlobBeingRehydrated: the blob lies in the archive tier and cannot be read there.
    case archived
    /// 401 or 403: not who, or not allowed.
    case denied
    /// Throttled, 5xx, reset or stalled until the retries were used up; the outcome of a write is unknown.
    case unavailable
    /// The host could not be reached at all.
    case unreachable
    /// The host is not one that credentials may be sent to.
    case hostNotAllowed
    /// The task was cancelled.
    case cancelled
    /// The local disk: full, not permitted, broken.
    case local
    /// Anything else that the store answered, such as 400.
    case invalid
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    let request = requestID.map { " (request \($0))" } ?? ""
    return "\(operation): \(message)\(request)"
  }
}
