internal import BlobStorage
internal import Compression
package import HTTP
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The texts of every secret that this process has held: each `Secret` is noted when it is made.
///
/// A pattern finds what looks like a secret; this finds what is one, also where a service repeats
/// it in a message of its own. Nothing is ever forgotten: an old token may still be good.
package enum KnownSecrets {
  private static let spellings = Mutex<Set<[UInt8]>>([])

  /// What is shorter would also hide what is none.
  private static let shortest = 8

  /// Notes a secret in the spellings that services and libraries give it.
  static func note(_ text: String) {
    let decoded = PercentEncoding.decode(text[...])
    let encoded = [text, PercentEncoding.query(decoded), PercentEncoding.path(decoded)]
    let all =
      encoded + encoded.map(lowerEscapes)
      + [
        decoded, decoded.replacing("/", with: "\\/"), written(decoded) { "\\u00\(hexadecimal($0).uppercased())" },
        written(decoded) { "\\u00\(hexadecimal($0))" },
      ] + [decoded, text].flatMap { [html($0, quote: "&#39;"), html($0, quote: "&#x27;")] }
    let bytes = all.map { Array($0.utf8) }.filter { $0.count >= shortest }
    spellings.withLock { $0.formUnion(bytes) }
  }

  /// Notes user and password of a proxy, as they are written and as the header `Proxy-Authorization` has them.
  package static func note(_ proxy: ProxyVariable) {
    guard let userInfo = proxy.userInfo else { return }
    note(userInfo)
    if let colon = userInfo.firstIndex(of: ":") { note(String(userInfo[userInfo.index(after: colon)...])) }
    note(Base64.encode(Array(PercentEncoding.decode(userInfo).utf8)))
  }

  /// `%2B` as `%2b`.
  private static func lowerEscapes(_ text: String) -> String {
    var left = 0
    return String(
      text.map { character in
        if character == "%" { left = 3 }
        left -= 1
        return left >= 0 ? Character(character.lowercased()) : character
      })
  }

  /// With what encoders of JSON escape for the sake of HTML, .NET's among them.
  private static func written(_ text: String, _ escape: (UInt8) -> String) -> String {
    text.map { "&+<>'".contains($0) ? escape($0.asciiValue ?? 0) : String($0) }.joined()
  }

  private static func hexadecimal(_ byte: UInt8) -> String { String(byte, radix: 16) }

  private static func html(_ text: String, quote: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: quote)
  }

  /// The text with `***` in place of each known secret.
  package static func masked(_ text: String) -> String {
    // The longest first: one spelling may be part of another.
    let known = spellings.withLock { $0.sorted { $0.count > $1.count } }
    var text = text
    for secret in known where contains(&text, secret) {
      text = text.replacing(String(decoding: secret, as: UTF8.self), with: "***")
    }
    return contains(&text, Array(scheme.utf8)) ? withoutSignatures(text) : text
  }

  /// Masks what follows `SharedKey `: each request has a signature of its own, too many to be noted,
  /// and for some minutes it lets anyone repeat the request.
  private static func withoutSignatures(_ text: String) -> String {
    var parts = text.split(separator: scheme, omittingEmptySubsequences: false)
    for index in parts.indices.dropFirst() {
      let rest = parts[index].drop { !$0.isWhitespace && $0 != "\"" && $0 != "'" && $0 != "<" }
      parts[index] = "***\(rest)"
    }
    return parts.joined(separator: scheme)
  }

  /// With the blank before an account and its signature in the header `Authorization`.
  private static let scheme = "SharedKey "

  /// By `memchr(3)` and `memcmp(3)`: results may be long, and secrets are not in them.
  private static func contains(_ text: inout String, _ secret: [UInt8]) -> Bool {
    text.withUTF8 { bytes in
      guard let first = secret.first, var from = bytes.baseAddress.map(UnsafeRawPointer.init) else { return false }
      let end = from + bytes.count
      while end - from >= secret.count, let found = memchr(from, Int32(first), end - from - secret.count + 1) {
        if memcmp(found, secret, secret.count) == 0 { return true }
        from = UnsafeRawPointer(found) + 1
      }
      return false
    }
  }
}
