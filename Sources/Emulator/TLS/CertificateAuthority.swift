import CLibCrypto

/// A certificate authority made at start, for one run (libcrypto). P-256 keys:
/// made in a millisecond, where RSA would take longer than the whole start.
package final class CertificateAuthority {
  /// A libcrypto call failed.
  package struct Failed: Error, CustomStringConvertible {
    package let call: String
    package var description: String { "libcrypto: \(call) failed" }
  }

  /// The authority's certificate, to be trusted by clients.
  package let certificatePEM: String
  private let key: OpaquePointer
  private let certificate: OpaquePointer

  /// Makes the key and the certificate.
  package init() throws(Failed) {
    key = try Self.makeKey()
    do {
      certificate = try Self.makeCertificate(
        subject: "logexport emulator authority", key: key, issuer: nil, issuerKey: key,
        extensions: [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")])
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    do {
      let certificate = certificate
      certificatePEM = try Self.pem { PEM_write_bio_X509($0, certificate) }
    } catch {
      EVP_PKEY_free(key)
      X509_free(certificate)
      throw error
    }
  }

  deinit {
    EVP_PKEY_free(key)
    X509_free(certificate)
  }

  /// A key and certificate for `localhost`, 127.0.0.1 and ::1.
  package func serverCredentials() throws(Failed) -> HTTPDaemon.Credentials {
    let serverKey = try Self.makeKey()
    defer { EVP_PKEY_free(serverKey) }
    let server = try Self.makeCertificate(
      subject: "localhost", key: serverKey, issuer: certificate, issuerKey: key,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"),
        (NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"),
      ])
    defer { X509_free(server) }
    return HTTPDaemon.Credentials(
      key: try Self.pem { PEM_write_bio_PrivateKey($0, serverKey, nil, nil, 0, nil, nil) },
      certificate: try Self.pem { PEM_write_bio_X509($0, server) } + certificatePEM)
  }
}

extension CertificateAuthority {
  /// `EVP_PKEY_keygen` on P-256.
  static func makeKey() throws(Failed) -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Failed(call: "EVP_PKEY_CTX_new_id") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw Failed(call: "EVP_PKEY_keygen") }
    return key
  }

  /// A certificate signed by `issuerKey` (`X509_sign`), by itself where `issuer` is nil; valid from
  /// a day ago for ten days, or for `days` from today on.
  static func makeCertificate(
    subject: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer,
    extensions: [(Int32, String)], days: ClosedRange<Int> = -1...10
  ) throws(Failed) -> OpaquePointer {
    guard let made = X509_new() else { throw Failed(call: "X509_new") }
    guard sign(made, subject, key, issuer ?? made, issuerKey, extensions, days) else {
      X509_free(made)
      throw Failed(call: "X509_sign")
    }
    return made
  }

  private static func sign(
    _ made: OpaquePointer, _ subject: String, _ key: OpaquePointer, _ issuer: OpaquePointer,
    _ issuerKey: OpaquePointer, _ extensions: [(Int32, String)], _ days: ClosedRange<Int>
  ) -> Bool {
    var serial: UInt64 = 0
    for byte in Digest.random(7) { serial = serial << 8 | UInt64(byte) }
    let name = X509_get_subject_name(made)
    guard X509_set_version(made, 2) == 1,  // Counted from 0: version 3.
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial) == 1,
      X509_gmtime_adj(X509_getm_notBefore(made), days.lowerBound * 86400) != nil,
      X509_gmtime_adj(X509_getm_notAfter(made), days.upperBound * 86400) != nil,
      X509_set_pubkey(made, key) == 1,
      X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, subject, -1, -1, 0) == 1,
      X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1
    else { return false }
    var context = v3_ext_ctx()
    X509V3_set_ctx(&context, issuer, made, nil, nil, 0)
    for (nid, value) in extensions {
      guard let item = X509V3_EXT_nconf_nid(nil, &context, nid, value) else { return false }
      defer { X509_EXTENSION_free(item) }
      guard X509_add_ext(made, item, -1) == 1 else { return false }
    }
    return X509_sign(made, issuerKey, EVP_sha256()) > 0
  }

  /// What `write` writes into a memory BIO.
  static func pem(_ write: (OpaquePointer) -> Int32) throws(Failed) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { throw Failed(call: "BIO_new") }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { throw Failed(call: "PEM_write_bio") }
    var bytes = [UInt8](repeating: 0, count: 16 * 1024)
    let count = BIO_read(bio, &bytes, Int32(bytes.count))
    guard count > 0 else { throw Failed(call: "BIO_read") }
    return String(decoding: bytes[..<Int(count)], as: UTF8.self)
  }
}
