import CLibCrypto

/// A certificate that an application signs in with, and its key (libcrypto).
package struct ClientIdentity: Sendable {
  /// PEM.
  package let certificate: String
  /// PEM, PKCS #8.
  package let key: String

  /// The kinds of keys that certificates have.
  package enum Kind: Sendable { case rsa, ellipticCurve }

  /// Signs itself; valid for `days` from today on. `password` encrypts the key.
  package init(
    _ kind: Kind = .rsa, days: ClosedRange<Int> = -1...365, password: String? = nil
  ) throws(CertificateAuthority.Failed) {
    let key = kind == .rsa ? try RSAKey.generate() : try CertificateAuthority.makeKey()
    defer { EVP_PKEY_free(key) }
    let certificate = try CertificateAuthority.makeCertificate(
      subject: "logexport emulator client", key: key, issuer: nil, issuerKey: key,
      extensions: [(NID_key_usage, "critical,digitalSignature")], days: days)
    defer { X509_free(certificate) }
    self.certificate = try CertificateAuthority.pem { PEM_write_bio_X509($0, certificate) }
    self.key = try CertificateAuthority.pem {
      guard let password else { return PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) }
      return PEM_write_bio_PKCS8PrivateKey(
        $0, key, EVP_aes_256_cbc(), password, Int32(password.utf8.count), nil, nil)
    }
  }
}
