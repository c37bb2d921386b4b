/// Error bodies of Log Analytics.
enum LogErrors {
  /// An `error` object as the whole body.
  static func response(
    _ status: Int, _ code: String, _ message: String, headers: [(String, String)] = [], inner: String? = nil
  ) -> HTTPResponse {
    var text = "{\"error\":{\"message\":\(Escaped.json(message)),\"code\":\(Escaped.json(code)),"
    text += "\"correlationId\":\"\(Digest.guid())\""
    if let inner { text += ",\"innererror\":\(inner)" }
    return .json(status, text + "}}", headers: headers)
  }

  /// The `error` member that follows the rows of an incomplete result.
  static func partial(code: String) -> String {
    let message =
      switch code {
      case "-2133196797":
        "The results of this query exceed the set limit of 64000000 bytes, so not all records were returned"
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
