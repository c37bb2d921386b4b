internal import CLibCrypto
internal import Compression

/// A client's certificate and its private key, read from PEM (libcrypto).
///
/// Not `Sendable`: it is made, used and freed within one call.
final class ClientCertificate {
  private let key: OpaquePointer
  private let certificate: OpaquePointer
  /// The other certificates of the file, in its order.
  private let others: [OpaquePointer]

  /// What is wrong with a file; none of them shows anything of it.
  enum Problem: Error, Equatable {
    case noKey, noCertificate, wrongPassword, passwordNeeded, notRSA, keyDiffers, expired, notYetValid
    /// A call of libcrypto that cannot fail with what was read.
    case failed(String)
  }

  /// The key and the certificates may stand in any order; the certificate is the key's.
  init(pem: [UInt8], password: Secret<String>?) throws(Problem) {
    guard !pem.isEmpty else { throw .noKey }
    var certificates = try Self.certificates(pem)
    let key: OpaquePointer
    do { key = try Self.privateKey(pem, password) } catch {
      for certificate in certificates { X509_free(certificate) }
      throw error
    }
    let own = certificates.firstIndex { X509_check_private_key($0, key) == 1 }
    ERR_clear_error()
    let problem: Problem? =
      if EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA {
        .notRSA
      } else if let own {
        Self.validity(certificates[own])
      } else {
        certificates.isEmpty ? .noCertificate : .keyDiffers
      }
    guard problem == nil, let own else {
      EVP_PKEY_free(key)
      for certificate in certificates { X509_free(certificate) }
      throw problem ?? .noCertificate
    }
    self.key = key
    certificate = certificates.remove(at: own)
    others = certificates
  }

  deinit {
    EVP_PKEY_free(key)
    X509_free(certificate)
    for other in others { X509_free(other) }
  }
}

extension ClientCertificate {
  /// SHA-1 of the certificate's DER (`X509_digest`), by which Entra ID knows it.
  func thumbprint() throws(Problem) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 20
    guard X509_digest(certificate, EVP_sha1(), &digest, &length) == 1 else { throw .failed("X509_digest") }
    return digest
  }

  /// The DER of the certificate and of the file's others (`i2d_X509`).
  func chain() throws(Problem) -> [[UInt8]] {
    var chain: [[UInt8]] = []
    for certificate in [certificate] + others {
      let length = i2d_X509(certificate, nil)
      guard length > 0 else { throw .failed("i2d_X509") }
      var bytes = [UInt8](repeating: 0, count: Int(length))
      bytes.withUnsafeMutableBufferPointer { buffer in
        var cursor = buffer.baseAddress
        _ = i2d_X509(certificate, &cursor)
      }
      chain.append(bytes)
    }
    return chain
  }

  /// RSASSA-PKCS1-v1_5 with SHA-256 (`EVP_DigestSign`): RS256 of RFC 7518.
  func signature(_ message: [UInt8]) throws(Problem) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .failed("EVP_MD_CTX_new") }
    defer { EVP_MD_CTX_free(context) }
    var length = 0
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
      EVP_DigestSign(context, nil, &length, message, message.count) == 1
    else { throw .failed("EVP_DigestSignInit") }
    var signature = [UInt8](repeating: 0, count: length)
    guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
      throw .failed("EVP_DigestSign")
    }
    return Array(signature.prefix(length))
  }
}

extension ClientCertificate {
  /// `PEM_read_bio_PrivateKey`, which passes over what is no key.
  private static func privateKey(_ pem: [UInt8], _ password: Secret<String>?) throws(Problem) -> OpaquePointer {
    // Without a callback the last argument is the password, so that nobody is asked for one.
    var text = Array((password?.revealed ?? "").utf8CString)
    defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    let key = try reading(pem) { bio in
      text.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(bio, nil, nil, $0.baseAddress) }
    }
    if let key { return key }
    let lines = String(decoding: pem, as: UTF8.self)
    guard lines.contains("PRIVATE KEY-----") else { throw .noKey }
    guard lines.contains("ENCRYPTED") else { throw .noKey }
    throw password == nil ? .passwordNeeded : .wrongPassword
  }

  /// `PEM_read_bio_X509` to the end.
  private static func certificates(_ pem: [UInt8]) throws(Problem) -> [OpaquePointer] {
    try reading(pem) { bio in
      var found: [OpaquePointer] = []
      while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) { found.append(certificate) }
      return found
    }
  }

  /// Lends bytes to a BIO (`BIO_new_mem_buf`), which keeps their address and no copy: they must
  /// stay where they are until it is freed.
  private static func reading<Result>(_ bytes: [UInt8], _ read: (OpaquePointer) -> Result) throws(Problem) -> Result {
    let result = bytes.withUnsafeBytes { buffer -> Result? in
      guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else { return nil }
      defer {
        BIO_free(bio)
        ERR_clear_error()
      }
      return read(bio)
    }
    guard let result else { throw .failed("BIO_new_mem_buf") }
    return result
  }

  /// `X509_cmp_current_time` on both ends of the certificate's time.
  private static func validity(_ certificate: OpaquePointer) -> Problem? {
    if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 { return .expired }
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 ? .notYetValid : nil
  }
}
