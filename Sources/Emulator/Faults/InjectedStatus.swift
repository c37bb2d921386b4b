/// The refusals that faults make, worded as each service words its own.
enum InjectedStatus {
  /// Log Analytics and the token endpoint.
  static func log(_ status: Int, retryAfter: Int?) -> HTTPResponse {
    var headers = retryAfter.map { [("Retry-After", "\($0)")] } ?? []
    if status == 401 { headers.append(("WWW-Authenticate", "Bearer error=\"invalid_token\"")) }
    if status == 504 {
      return LogErrors.response(
        504, "GatewayTimeout", "Gateway timeout", headers: headers,
        inner: #"{"code":"GatewayTimeout","message":"ADX query timed out"}"#)
    }
    let code =
      switch status {
      case 400: "BadArgumentError"
      case 401: "AuthenticationFailed"
      case 403: "InsufficientAccessError"
      case 404: "PathNotFoundError"
      case 429: "ThrottledError"
      case 503: "ServiceUnavailable"
      default: "InternalServerError"
      }
    return LogErrors.response(status, code, "Injected fault.", headers: headers)
  }

  /// Blob storage.
  static func storage(_ status: Int, retryAfter: Int?) -> StorageError {
    var error =
      switch status {
      case 401: StorageError.invalidToken("Injected fault.")
      case 403: StorageError.authorizationFailure("AuthorizationFailure")
      case 404: StorageError(404, "ResourceNotFound", "The specified resource does not exist.")
      case 412: StorageError.conditionNotMet
      case 500:
        StorageError(500, "InternalError", "The server encountered an internal error. Please retry the request.")
      case 503:
        StorageError(
          503, "ServerBusy", "The server is currently unable to receive requests. Please retry your request.")
      default:
        StorageError(status, "OperationTimedOut", "The operation could not be completed within the permitted time.")
      }
    if let retryAfter { error.headers.append(("Retry-After", "\(retryAfter)")) }
    return error
  }
}
