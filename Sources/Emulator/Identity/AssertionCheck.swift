/// Whether an assertion proves who the client is: one that the application signed with a
/// registered certificate, or one of the trusted issuer.
struct AssertionCheck {
  /// The application.
  let client: String
  /// What an assertion of the application may name as its audience.
  let audiences: [String]
  /// Seconds since 1970.
  let now: Int64
  let certificates: [RegisteredCertificate]
  let issuer: FederatedIssuer

  /// A refusal by its AADSTS number.
  struct Refusal: Error, Equatable {
    let code: Int
    let message: String
  }

  /// Seconds that clocks may differ by.
  private static let skew: Double = 300

  func check(_ text: String) throws(Refusal) {
    guard let token = SignedToken(text) else {
      throw Refusal(code: 50027, message: "JWT token is invalid or malformed.")
    }
    if token.claims.iss.lowercased() == client.lowercased() {
      try checkOwn(token)
    } else {
      try checkFederated(token)
    }
    guard Double(now) < token.claims.exp + Self.skew, Double(now) + Self.skew >= token.claims.nbf ?? 0 else {
      throw Refusal(
        code: 700024, message: "Client assertion is not within its valid time range.")
    }
  }

  private func checkOwn(_ token: SignedToken) throws(Refusal) {
    guard token.claims.sub.lowercased() == client.lowercased() else {
      throw Refusal(
        code: 700021, message: "Client assertion application identifier doesn't match 'client_id' parameter.")
    }
    guard audiences.contains(where: { $0.lowercased() == token.claims.aud.lowercased() }) else {
      throw Refusal(
        code: 700023, message: "Client assertion audience claim does not match Realm issuer.")
    }
    // Some libraries pad them.
    let named = [token.header.x5t, token.header.x5tSHA256].compactMap { $0.flatMap { Base64.decode($0) } }
    guard let certificate = certificates.first(where: { !Set($0.thumbprints).isDisjoint(with: named) }) else {
      throw Refusal(
        code: 700027,
        message: "The certificate with identifier used to sign the client assertion is not registered on application.")
    }
    guard certificate.verifies(token) else {
      throw Refusal(
        code: 700027, message: "Client assertion failed signature validation.")
    }
    guard certificate.isValid(at: now) else {
      throw Refusal(
        code: 1_000_502, message: "The provided certificate is not within its specified validity window.")
    }
  }

  private func checkFederated(_ token: SignedToken) throws(Refusal) {
    let record = "No matching federated identity record found for presented assertion"
    guard token.claims.iss == FederatedIssuer.issuer else {
      throw Refusal(code: 700211, message: "\(record) issuer '\(token.claims.iss)'.")
    }
    guard token.claims.aud == FederatedIssuer.audience else {
      throw Refusal(code: 700212, message: "\(record) audience '\(token.claims.aud)'.")
    }
    guard token.claims.sub == FederatedIssuer.subject else {
      throw Refusal(code: 700213, message: "\(record) subject '\(token.claims.sub)'.")
    }
    guard issuer.verifies(token) else {
      throw Refusal(code: 50013, message: "Assertion failed signature validation.")
    }
  }
}
