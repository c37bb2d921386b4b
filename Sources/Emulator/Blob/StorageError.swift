/// A refusal by Blob storage: the status, the error code and the message that
/// its documentation gives.
struct StorageError: Error, Sendable {
  var status: Int
  var code: String
  var message: String
  /// Beside code and message in the body, for authentication.
  var detail: String?
  /// Further headers.
  var headers: [(String, String)] = []

  /// Status, code and message in this order.
  init(_ status: Int, _ code: String, _ message: String, detail: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.detail = detail
  }
}

extension StorageError {
  /// 403: the signature, token or its times do not hold.
  static func authenticationFailed(_ detail: String) -> StorageError {
    StorageError(
      403, "AuthenticationFailed",
      "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly "
        + "including the signature.", detail: detail)
  }

  /// 403: a valid signature that does not reach this operation.
  static func authorizationFailure(_ code: String) -> StorageError {
    StorageError(403, code, "This request is not authorized to perform this operation.")
  }

  /// 401: no credentials at all.
  static let noAuthentication = StorageError(
    401, "NoAuthenticationInformation",
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.")

  /// 401: the bearer token is not valid, or not any more.
  static func invalidToken(_ detail: String) -> StorageError {
    StorageError(
      401, "InvalidAuthenticationInfo",
      "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
      detail: detail)
  }

  static let containerNotFound = StorageError(404, "ContainerNotFound", "The specified container does not exist.")
  static let containerExists = StorageError(
    409, "ContainerAlreadyExists", "The specified container already exists.")
  static let blobNotFound = StorageError(404, "BlobNotFound", "The specified blob does not exist.")
  static let blobExists = StorageError(409, "BlobAlreadyExists", "The specified blob already exists.")
  static let conditionNotMet = StorageError(
    412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
  static let notModified = StorageError(
    304, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
  static let invalidBlobType = StorageError(
    409, "InvalidBlobType", "The blob type is invalid for this operation.")
  static let blobArchived = StorageError(
    409, "BlobArchived", "This operation is not permitted on an archived blob.")
  static let md5Mismatch = StorageError(
    400, "Md5Mismatch",
    "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
  static let crc64Mismatch = StorageError(
    400, "Crc64Mismatch",
    "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.")
  static let invalidMd5 = StorageError(400, "InvalidMd5", "The MD5 value specified in the request is invalid.")
  static let invalidRange = StorageError(
    416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
  static let tooLarge = StorageError(
    413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.")
  static let invalidBlockList = StorageError(400, "InvalidBlockList", "The specified block list is invalid.")
  static let invalidBlockId = StorageError(
    400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.")
  static let blockCountExceeded = StorageError(
    409, "BlockCountExceedsLimit", "The committed block count cannot exceed the maximum limit of 50,000 blocks.")
  static let appendPositionNotMet = StorageError(
    412, "AppendPositionConditionNotMet", "The append position condition specified was not met.")
  static let maxSizeNotMet = StorageError(
    412, "MaxBlobSizeConditionNotMet", "The max blob size condition specified was not met.")
  static let invalidContainerName = StorageError(
    400, "InvalidResourceName", "The specified resource name contains invalid characters.")

  /// 400 for a header.
  static func invalidHeader(_ name: String) -> StorageError {
    StorageError(
      400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.", detail: name)
  }

  /// 400 for a header that must be there.
  static func missingHeader(_ name: String) -> StorageError {
    StorageError(
      400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.", detail: name)
  }

  /// 400 for a query parameter.
  static func invalidQuery(_ name: String) -> StorageError {
    StorageError(
      400, "InvalidQueryParameterValue",
      "Value for one of the query parameters specified in the request URI is invalid.", detail: name)
  }

  /// 501 for what is documented as not emulated.
  static func notEmulated(_ what: String) -> StorageError {
    StorageError(501, "NotImplemented", "\(what) is not emulated.")
  }
}
