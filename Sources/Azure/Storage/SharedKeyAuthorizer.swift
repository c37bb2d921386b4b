internal import BlobStorage
internal import CLibCrypto
internal import Compression
package import HTTP
internal import Timeline

/// Signs requests with the account's key: HMAC-SHA256 over the parts that
/// "Authorize with Shared Key" of the storage documentation names.
package struct SharedKeyAuthorizer: Authorizer {
  private let account: String
  private let key: Secret<[UInt8]>

  /// `key` is base64, as the portal shows it; nil where it is no base64.
  package init?(account: String, key: Secret<String>) {
    guard let bytes = Base64.decode(key.revealed), !bytes.isEmpty else { return nil }
    self.account = account
    self.key = Secret(bytes)
  }

  package var canRefresh: Bool { false }
  package var origin: String { "the key of account \(account)" }

  package func authorize(_ request: inout HTTPRequest, refused: HTTPRequest?) async throws(AzureError) {
    request.headers.append(("x-ms-date", HTTPDate.text(Tick.now())))
    let signature = Base64.encode(HMAC.sha256(key: key.revealed, Array(stringToSign(request).utf8)))
    request.headers.append(("Authorization", "SharedKey \(account):\(signature)"))
  }
}

extension SharedKeyAuthorizer {
  /// The headers that are signed in this order, empty where they are absent.
  private static let signed = [
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
  ]

  /// What is signed of a request, whose headers are complete but for the signature.
  package func stringToSign(_ request: HTTPRequest) -> String {
    var values: [String: String] = [:]
    for (name, value) in request.headers { values[name.lowercased()] = value }
    let length = request.body?.count ?? 0
    values["content-length"] = length == 0 ? "" : String(length)
    var lines = [request.method] + Self.signed.map { values[$0] ?? "" }
    for (name, value) in values.filter({ $0.key.hasPrefix("x-ms-") }).sorted(by: { Self.precedes($0.key, $1.key) }) {
      lines.append("\(name):\(value)")
    }
    return lines.joined(separator: "\n") + "\n" + canonicalResource(request.url)
  }

  /// The service sorts names as words are sorted, not by their bytes: underscores before
  /// digits, hyphens only where all else is equal (Microsoft's Python client does so too).
  private static func precedes(_ a: String, _ b: String) -> Bool {
    func rank(_ name: String) -> [UInt8] {
      name.utf8.filter { $0 != UInt8(ascii: "-") }.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0 }
    }
    let (left, right) = (rank(a), rank(b))
    return left == right ? a < b : left.lexicographicallyPrecedes(right)
  }

  /// `/account/path`, then the decoded query parameters, sorted.
  private func canonicalResource(_ url: String) -> String {
    let halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var text = "/\(account)\(URLParts(String(halves[0]))?.path ?? "")"
    guard halves.count == 2 else { return text }
    var parameters: [String: [String]] = [:]
    for pair in halves[1].split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = sides.count == 2 ? PercentEncoding.decode(sides[1]) : ""
      parameters[PercentEncoding.decode(sides[0]).lowercased(), default: []].append(value)
    }
    for (name, values) in parameters.sorted(by: { $0.key < $1.key }) {
      text += "\n\(name):\(values.sorted().joined(separator: ","))"
    }
    return text
  }
}

/// `HMAC` of libcrypto.
enum HMAC {
  /// The 32 bytes of HMAC-SHA256.
  static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    CLibCrypto.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, &length)
    return digest
  }
}
