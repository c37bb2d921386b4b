internal import FoundationEssentials

/// The query service's error object: `{"error":{"code":…,"message":…,"innererror":{…}}}`.
struct ServiceErrorBody: Decodable {
  var error: Detail?

  /// One level; the innermost says most.
  final class Detail: Decodable {
    var code: String?
    var message: String?
    var innererror: Detail?
    var details: [Detail]?

    private enum CodingKeys: String, CodingKey { case code, message, innererror, details }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // The engine's codes are numbers, which the service writes as texts so far.
      code =
        (try? values.decodeIfPresent(String.self, forKey: .code))
        ?? (try? values.decodeIfPresent(Int64.self, forKey: .code)).map(String.init)
      message = try values.decodeIfPresent(String.self, forKey: .message)
      innererror = try values.decodeIfPresent(Detail.self, forKey: .innererror)
      details = try values.decodeIfPresent([Detail].self, forKey: .details)
    }

    var innermost: Detail { innererror?.innermost ?? details?.first?.innermost ?? self }
  }

  /// Nil where the body is no such object.
  init?(_ body: [UInt8]) {
    // A body of another shape is reported by its status alone.
    guard let decoded = try? JSONDecoder().decode(ServiceErrorBody.self, from: Data(body)), decoded.error != nil
    else { return nil }
    self = decoded
  }

  /// Codes and messages from the outermost to the innermost, in one line.
  var text: String {
    guard let error else { return "" }
    let inner = error.innermost
    var text = "\(error.code ?? "error"): \(error.message ?? "")"
    if inner !== error { text += " [\(inner.code ?? "")] \(inner.message ?? "")" }
    return text
  }
}
