internal import CLibCrypto

/// A streaming hash by `EVP_DigestUpdate` of libcrypto.
package final class Digest {
  private let context: OpaquePointer
  private let size: Int

  /// The hashes that archives need.
  package enum Algorithm: Sendable {
    case md5, sha256
  }

  /// Nil where libcrypto does not offer the algorithm, as a FIPS build without MD5.
  package init?(_ algorithm: Algorithm) {
    guard let context = EVP_MD_CTX_new() else { return nil }
    self.context = context
    size = algorithm == .md5 ? 16 : 32
    guard EVP_DigestInit_ex(context, algorithm == .md5 ? EVP_md5() : EVP_sha256(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      return nil
    }
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes in.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The hash of all bytes; nothing may follow.
  package func finish() -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: size)
    EVP_DigestFinal_ex(context, &hash, nil)
    return hash
  }
}

extension Digest {
  /// The SHA-256 of a text, in hexadecimal: for identities of queries and schemas.
  package static func sha256(_ text: String) -> String {
    var hash = [UInt8](repeating: 0, count: 32)
    var bytes = Array(text.utf8)
    CLibCrypto.SHA256(&bytes, bytes.count, &hash)
    return hexadecimal(hash)
  }
}
