/// The table that a query begins with, for fault rules.
enum QueryTable {
  /// The first identifier of the query in a request's JSON, nil where there is
  /// none.
  static func name(in request: HTTPRequest, _ operation: Operation) -> String? {
    guard operation == .query || operation == .search else { return nil }
    let text = request.target["query"] ?? String(decoding: request.body, as: UTF8.self)
    let start: Substring
    if request.target["query"] == nil {
      guard let key = text.range(ofKey: "query") else { return nil }
      start = text[key...]
    } else {
      start = text[...]
    }
    let name = start.drop { !($0.isLetter || $0 == "_") }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return name.isEmpty ? nil : String(name)
  }
}

extension String {
  /// Where the value of a JSON member begins, by a plain scan for its key.
  fileprivate func range(ofKey key: String) -> Index? {
    let pattern = Array("\"\(key)\"".utf8)
    let bytes = Array(utf8)
    guard bytes.count >= pattern.count else { return nil }
    for start in 0...(bytes.count - pattern.count)
    where bytes[start] == pattern[0] && bytes[start..<start + pattern.count].elementsEqual(pattern) {
      let rest = bytes[(start + pattern.count)...].drop { $0 == UInt8(ascii: " ") }
      if rest.first == UInt8(ascii: ":") {
        return utf8.index(utf8.startIndex, offsetBy: rest.startIndex + 1)
      }
    }
    return nil
  }
}
