/// One version of a secret.
package struct VaultSecret: Sendable, Equatable {
  package var value: String
  /// 32 hexadecimal digits.
  var version = ""
  var contentType: String?
  var tags: [String: String] = [:]
  var isEnabled = true
  /// From when to when it is meant to be used, in seconds since 1970: told, and not enforced, as at the service
  /// (key-vault/secrets/about-secrets).
  var notBefore: Int64?
  var expires: Int64?
  /// Seconds since 1970.
  var created: Int64 = 0
}

/// A secret with all its versions, the newest last.
struct VaultEntry: Sendable {
  var versions: [VaultSecret] = []
  /// When it was deleted, in seconds since 1970; nil for one that was not.
  var deleted: Int64?
}
