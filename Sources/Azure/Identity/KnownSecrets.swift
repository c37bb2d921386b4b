internal import BlobStorage
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
    let all = [text, decoded, PercentEncoding.query(decoded), decoded.replacing("/", with: "\\/")]
    let bytes = all.map { Array($0.utf8) }.filter { $0.count >= shortest }
    spellings.withLock { $0.formUnion(bytes) }
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
