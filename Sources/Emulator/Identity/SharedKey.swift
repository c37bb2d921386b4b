/// Shared Key authorisation of Blob storage, versions 2015-02-21 and later.
enum SharedKey {
  /// The headers that enter the string to sign by position, after the verb.
  private static let signed = [
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
  ]

  /// Whether `Authorization: SharedKey account:signature` holds for a request.
  static func isValid(_ request: HTTPRequest, account: StorageAccount, signature: String) -> Bool {
    let expected = Digest.hmac(key: account.key, Array(stringToSign(request, account: account.name).utf8))
    return Base64.decode(signature) == expected
  }

  /// What the client signed.
  static func stringToSign(_ request: HTTPRequest, account: String) -> String {
    let headers = request.headers
    var lines = [request.method]
    for name in signed {
      var value = headers[name] ?? ""
      if name == "content-length", value == "0" { value = "" }
      // The date counts as empty where x-ms-date carries it.
      if name == "date", headers["x-ms-date"] != nil { value = "" }
      lines.append(value)
    }
    lines += canonicalHeaders(headers)
    return lines.joined(separator: "\n") + "\n" + canonicalResource(request.target, account: account)
  }

  private static func canonicalHeaders(_ headers: HTTPHeaders) -> [String] {
    var values: [String: String] = [:]
    for field in headers.withPrefix("x-ms-") {
      let trimmed = field.value.trimmingBlanks()
      values[field.name] = values[field.name].map { $0 + "," + trimmed } ?? trimmed
    }
    return values.sorted { sortKey($0.key).lexicographicallyPrecedes(sortKey($1.key)) }.map { "\($0.key):\($0.value)" }
  }

  /// Names are sorted as words are: hyphens count last of all, underscores before digits.
  private static func sortKey(_ name: String) -> [UInt8] {
    let letters = name.utf8.filter { $0 != 0x2D }.map { $0 == 0x5F ? UInt8(ascii: "/") : $0 }
    return letters + [0] + Array(name.utf8)
  }

  private static func canonicalResource(_ target: RequestTarget, account: String) -> String {
    var values: [String: [String]] = [:]
    for (name, value) in target.query { values[name.lowercased(), default: []].append(value) }
    let query = values.sorted { $0.key < $1.key }.map {
      "\n\($0.key):\($0.value.sorted().joined(separator: ","))"
    }
    return "/\(account)\(target.rawPath)" + query.joined()
  }
}

extension String {
  /// Without spaces and tabs at both ends.
  func trimmingBlanks() -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}
