import CLibCrypto

/// A key pair that signs assertions, made at start (libcrypto).
final class RSAKey {
  private let key: OpaquePointer

  init() throws(CertificateAuthority.Failed) { key = try Self.generate() }

  deinit { EVP_PKEY_free(key) }

  /// `EVP_PKEY_keygen` of 2048 bits; the caller frees it.
  static func generate() throws(CertificateAuthority.Failed) -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw .init(call: "EVP_PKEY_CTX_new_id") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw .init(call: "EVP_PKEY_keygen") }
    return key
  }

  /// RS256 (`EVP_DigestSign`).
  func signature(_ message: [UInt8]) throws(CertificateAuthority.Failed) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .init(call: "EVP_MD_CTX_new") }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 256)
    var length = signature.count
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
      EVP_DigestSign(context, &signature, &length, message, message.count) == 1
    else { throw .init(call: "EVP_DigestSign") }
    return Array(signature.prefix(length))
  }

  /// Whether a signature of RS256 is this key's.
  func verifies(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    Self.verify(signature, message, key: key, algorithm: "RS256")
  }

  /// `EVP_DigestVerify` of RS256 or PS256; false for any other algorithm.
  static func verify(_ signature: [UInt8], _ message: [UInt8], key: OpaquePointer, algorithm: String) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    // Belongs to the other context.
    var parameters: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), nil, key) == 1 else { return false }
    switch algorithm {
    case "RS256": break
    case "PS256":
      guard EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 else { return false }
    default: return false
    }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}
