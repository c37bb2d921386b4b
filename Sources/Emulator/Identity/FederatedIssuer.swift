import FoundationEssentials
import Synchronization

/// Another identity provider that the application trusts, as a cluster or a pipeline service is:
/// it gives its jobs tokens, which Entra ID exchanges for its own.
final class FederatedIssuer: Sendable {
  /// What the application's federated credential names.
  static let issuer = "https://issuer.emulator.invalid"
  static let subject = "job:logexport"
  /// What Entra ID wants as the audience of every federated token.
  static let audience = "api://AzureADTokenExchange"

  private let clock: EmulatorClock
  /// Made when it is first needed: it takes longer than the whole start.
  private let key = Mutex<RSAKey?>(nil)

  init(clock: EmulatorClock) { self.clock = clock }

  /// A signed token; `lifetime` in seconds, negative for one that has expired.
  func token(
    issuer: String = FederatedIssuer.issuer, subject: String = FederatedIssuer.subject,
    audience: String = FederatedIssuer.audience, lifetime: Int64 = 86_400
  ) throws -> String {
    let claims = SignedToken.Claims(
      iss: issuer, sub: subject, aud: audience, exp: Double(clock.seconds + lifetime),
      nbf: Double(clock.seconds - 86_400))
    let header = SignedToken.Header(alg: "RS256")
    let body =
      Base64.encodeURL(Array(try JSONEncoder().encode(header))) + "."
      + Base64.encodeURL(Array(try JSONEncoder().encode(claims)))
    return try key.withLock { key in
      let own = try key ?? RSAKey()
      key = own
      return body + "." + Base64.encodeURL(try own.signature(Array(body.utf8)))
    }
  }

  /// Whether this provider signed it.
  func verifies(_ token: SignedToken) -> Bool {
    token.header.alg == "RS256" && key.withLock { $0?.verifies(token.signature, token.signedText) ?? false }
  }
}
