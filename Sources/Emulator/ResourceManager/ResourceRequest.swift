import FoundationEssentials

/// A request to Resource Manager, resolved and decoded.
struct ResourceRequest {
  let http: HTTPRequest
  let path: ResourcePath
  /// `https://HOST`, as the client wrote it.
  let origin: String

  /// The body; throws 400 where it is no JSON object.
  func body() throws(ResourceError) -> JSONValue {
    // Whatever is wrong with the JSON, the answer is the same 400.
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(http.body)), value.object != nil else {
      throw .invalidContent("the body is no JSON object.")
    }
    return value
  }

  /// Checks `If-Match` and `If-None-Match: *` against what exists, nil where
  /// nothing does. ETags compare without quotes and marks of weakness.
  func permit(over etag: String?) throws(ResourceError) {
    if http.headers["if-none-match"] == "*", etag != nil { throw .preconditionFailed }
    guard let given = http.headers["if-match"], given != "*" || etag == nil else { return }
    guard let etag, Self.bare(given) == Self.bare(etag) else { throw .preconditionFailed }
  }

  private static func bare(_ etag: String) -> String {
    String((etag.hasPrefix("W/") ? etag.dropFirst(2) : etag[...]).filter { $0 != "\"" })
  }
}

extension HTTPResponse {
  /// A reply of one JSON value.
  static func json(_ status: Int, _ value: JSONValue, headers: [(String, String)] = []) -> HTTPResponse {
    json(status, value.text, headers: headers)
  }

  /// A collection.
  static func list(_ values: [JSONValue]) -> HTTPResponse { json(200, ["value": .array(values)]) }
}
