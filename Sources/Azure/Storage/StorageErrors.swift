internal import BlobStorage
internal import HTTP

/// What the blob service's refusals mean for a store.
enum StorageErrors {
  /// What an answer means whose status was not expected, to a request with the credential of `origin`.
  static func error(_ response: HTTPResponse, _ operation: String, origin: String) -> StoreError {
    let code = response.head["x-ms-error-code"] ?? ""
    let text = message(response.body)
    let kind = kind(response.head.status, code)
    let remedy = kind == .denied ? remedy(code, origin) : ""
    return StoreError(
      kind, operation: operation,
      message: [String(response.head.status), code, text].filter { !$0.isEmpty }.joined(separator: " ") + remedy,
      requestID: response.head["x-ms-request-id"], serviceCode: response.head["x-ms-error-code"])
  }

  /// What it means that there was no answer.
  static func error(_ error: AzureError, _ operation: String) -> StoreError {
    let code: StoreError.Code =
      switch error.kind {
      case .unauthenticated, .forbidden: .denied
      case .unreachable: .unreachable
      case .hostNotAllowed: .hostNotAllowed
      case .cancelled: .cancelled
      case .throttled, .unavailable, .queryTimeout: .unavailable
      case .notFound: .notFound
      case .conflict, .preconditionFailed: .conditionFailed
      case .badRequest, .invalidResponse: .invalid
      }
    return StoreError(code, operation: operation, message: error.message + error.remedy, requestID: error.requestID)
  }

  /// What mends a refusal: the network's, that of keys, or that of a role or a key.
  private static func remedy(_ code: String, _ origin: String) -> String {
    switch code {
    case "AuthorizationFailure":
      """

        The account's network does not let this job in, or its SAS does not allow this. Let in the job's subnet or
        public address: network.allow of the spec, or az storage account network-rule add.
      """
    case "KeyBasedAuthenticationNotPermitted":
      """

        The account takes no keys, and no SAS signed with one (allowSharedKeyAccess). Unset \(origin), and use an
        identity of Microsoft Entra ID with the role Storage Blob Data Contributor.
      """
    default:
      """

        The account refused \(origin). A token needs the role Storage Blob Data Reader to plan,
        Storage Blob Data Contributor to apply; a key or a SAS must be the account's and valid.
        A role acts up to 10 minutes after it was granted.
      """
    }
  }

  /// By the service's code, then by the status. What is not known for a condition
  /// counts as refused, so that nobody takes it for a name that is merely taken.
  private static func kind(_ status: Int, _ code: String) -> StoreError.Code {
    switch code {
    case "BlobAlreadyExists", "ContainerAlreadyExists": return .alreadyExists
    case "InvalidBlobType", "BlockCountExceedsLimit": return .invalid
    case "BlobArchived", "BlobBeingRehydrated": return .archived
    case _ where code.hasPrefix("Lease"): return .refused
    default: break
    }
    return switch status {
    case 401, 403: .denied
    case 404: .notFound
    case 408, 429, 500...599: .unavailable
    case 409: .refused
    case 412: .conditionFailed
    default: .invalid
    }
  }

  /// The first line of `<Message>`; what follows repeats ids and times.
  private static func message(_ body: [UInt8]) -> String {
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.firstRange(of: "<Message>")?.upperBound,
      let end = text[start...].firstRange(of: "</Message>")?.lowerBound
    else { return "" }
    return text[start..<end].split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
