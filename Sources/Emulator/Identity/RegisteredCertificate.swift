import CLibCrypto
import FoundationEssentials

/// A certificate that the application may sign in with (libcrypto).
///
/// It never changes once it is read, and libcrypto counts the references to its key by itself.
final class RegisteredCertificate: @unchecked Sendable {
  private let certificate: OpaquePointer

  /// A file holds no certificate.
  struct Unreadable: Error, CustomStringConvertible {
    let file: String
    var description: String { "--client-certificate \(file): no certificate can be read there" }
  }

  /// The first certificate of a PEM file; a private key beside it is not needed.
  init(file: String) throws {
    let pem = Array(try Data(contentsOf: URL(filePath: file)))
    let read = pem.withUnsafeBytes { bytes -> OpaquePointer? in
      // Keeps the address and no copy, so that the bytes must stay until it is freed.
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
      defer {
        BIO_free(bio)
        ERR_clear_error()
      }
      return PEM_read_bio_X509(bio, nil, nil, nil)
    }
    guard let read else { throw Unreadable(file: file) }
    certificate = read
  }

  deinit { X509_free(certificate) }

  /// The thumbprints that an assertion's header may name it by: `x5t` and `x5t#S256`.
  var thumbprints: [[UInt8]] {
    [EVP_sha1(), EVP_sha256()].map { algorithm in
      var digest = [UInt8](repeating: 0, count: 32)
      var length: UInt32 = 32
      X509_digest(certificate, algorithm, &digest, &length)
      return Array(digest.prefix(Int(length)))
    }
  }

  /// Whether a time, in seconds since 1970, lies within its validity (`X509_cmp_time`).
  func isValid(at seconds: Int64) -> Bool {
    var time = Int(seconds)
    return X509_cmp_time(X509_get0_notBefore(certificate), &time) < 0
      && X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0
  }

  func verifies(_ token: SignedToken) -> Bool {
    guard let key = X509_get0_pubkey(certificate) else { return false }
    return RSAKey.verify(token.signature, token.signedText, key: key, algorithm: token.header.alg)
  }
}
