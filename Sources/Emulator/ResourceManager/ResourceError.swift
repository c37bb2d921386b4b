/// A refusal by Resource Manager: the status and the `error` object of its
/// answer.
struct ResourceError: Error, Equatable {
  var status: Int
  var code: String
  var message: String

  /// Status, code and message in this order.
  init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// The answer, as Resource Manager words it.
  var response: HTTPResponse {
    var headers: [(String, String)] = []
    if status == 401 {
      headers.append(
        ("WWW-Authenticate", "Bearer authorization_uri=\"https://login.microsoftonline.com\", error=\"invalid_token\""))
    }
    return .json(
      status, "{\"error\":{\"code\":\(Escaped.json(code)),\"message\":\(Escaped.json(message))}}", headers: headers)
  }
}

extension ResourceError {
  /// 404 for a resource of its own.
  static func notFound(_ path: ResourcePath) -> ResourceError {
    ResourceError(
      404, "ResourceNotFound",
      "The Resource '\(path.kind)/\(path.names.joined(separator: "/"))' under resource group "
        + "'\(path.group ?? "")' was not found.")
  }

  /// 404 for what a child would belong to.
  static func parentNotFound(_ path: ResourcePath) -> ResourceError {
    ResourceError(
      404, "ParentResourceNotFound",
      "Failed to perform '\(path.kind)' on '\(path.names.last ?? "")', because the parent resource "
        + "'\(path.names.first ?? "")' could not be found.")
  }

  /// 412 where an ETag that was given is no more the resource's.
  static let preconditionFailed = ResourceError(
    412, "PreconditionFailed", "The precondition given in the request headers is not met: the ETag has changed.")

  /// 400 by Microsoft.Storage, naming the parameter.
  static func invalidValue(_ parameter: String) -> ResourceError {
    ResourceError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: \(parameter).")
  }

  /// 400 for a body that is no JSON object or lacks what it must have.
  static func invalidContent(_ reason: String) -> ResourceError {
    ResourceError(400, "InvalidRequestContent", "The request content was invalid: \(reason)")
  }

  /// 405 for a verb that the resource does not know.
  static let methodNotAllowed = ResourceError(
    405, "MethodNotAllowed", "The requested resource does not support this HTTP method.")

  /// 501 for what is documented as not emulated.
  static func notEmulated(_ what: String) -> ResourceError {
    ResourceError(501, "NotImplemented", "\(what) is not emulated.")
  }
}
