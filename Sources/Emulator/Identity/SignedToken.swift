import FoundationEssentials

/// A signed JSON web token in compact form (RFC 7515), taken apart but not yet believed.
struct SignedToken {
  struct Header: Codable {
    var alg: String
    /// Thumbprints of the certificate.
    var x5t: String?
    var x5tSHA256: String?
    /// The certificate and those above it, base64 of DER.
    var x5c: [String]?

    private enum CodingKeys: String, CodingKey {
      case alg, x5t, x5c
      case x5tSHA256 = "x5t#S256"
    }
  }

  struct Claims: Codable {
    var iss: String
    var sub: String
    var aud: String
    /// Seconds since 1970; libraries write fractions.
    var exp: Double
    var nbf: Double?
  }

  let header: Header
  let claims: Claims
  /// Header and claims as they were signed.
  let signedText: [UInt8]
  let signature: [UInt8]

  /// Nil for what is no such token.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let head = Base64.decode(parts[0]), let body = Base64.decode(parts[1]),
      let signature = Base64.decode(parts[2]),
      // What does not decode is malformed, whatever the reason.
      let header = try? JSONDecoder().decode(Header.self, from: Data(head)),
      let claims = try? JSONDecoder().decode(Claims.self, from: Data(body))
    else { return nil }
    self.header = header
    self.claims = claims
    self.signature = signature
    signedText = Array("\(parts[0]).\(parts[1])".utf8)
  }
}
