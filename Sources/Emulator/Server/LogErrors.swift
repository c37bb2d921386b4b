/// Error bodies of Log Analytics.
enum LogErrors {
  /// An `error` object as the whole body.
  static func response(
    _ status: Int, _ code: String, _ message: String, headers: [(String, String)] = [], inner: String? = nil
  ) -> HTTPResponse {
    .json(status, body(code, message, inner: inner), headers: headers)
  }

  /// The text of an `error` object as a whole body; `inner` is JSON.
  static func body(_ code: String, _ message: String, inner: String? = nil) -> String {
    var text = "{\"error\":{\"message\":\(Escaped.json(message)),\"code\":\(Escaped.json(code)),"
    text += "\"correlationId\":\"\(Digest.guid())\""
    if let inner { text += ",\"innererror\":\(inner)" }
    return text + "}}"
  }

  /// The inner code of a result that a limit cut, 0x80DA0003.
  static let truncated = "-2133196797"

  /// The `error` member that follows the rows of an incomplete result; for one
  /// that was cut, `limit` is what of it was exceeded.
  static func partial(code: String, limit: String = "64000000 bytes") -> String {
    let message =
      switch code {
      case truncated: "The results of this query exceed the set limit of \(limit), so not all records were returned"
      case "-2133196788":
        "Percentiles aggregator has encountered an overflow exception during evaluation (probably due to large weight "
          + "expression). Results may be incorrect or incomplete (E_OVERFLOW; see https://aka.ms/kustoqueryfailures)."
      default: "Query execution has failed partway (\(code)). Results may be incorrect or incomplete."
      }
    return """
      "error":{"code":"PartialError","message":"There were some errors when processing your query.",\
      "details":[{"code":"EngineError","message":"Something went wrong processing your query on the server.",\
      "innererror":{"code":\(Escaped.json(code)),"message":\(Escaped.json(message)),\
      "severity":2,"severityName":"Error"}}]}
      """
  }
}
