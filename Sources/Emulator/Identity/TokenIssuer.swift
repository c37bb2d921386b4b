import FoundationEssentials
import Synchronization

/// Issues and checks bearer tokens: JWTs signed with a key of this process, so
/// tokens of an earlier run are refused.
final class TokenIssuer: Sendable {
  /// What a token says.
  struct Claims: Codable, Sendable, Equatable {
    /// The audience without a trailing slash.
    var aud: String
    /// The client's id.
    var appid: String
    /// The object id of the client's service principal.
    var oid: String
    var tid: String
    /// Seconds since 1970.
    var iat: Int64
    var exp: Int64
    /// The token's own id.
    var uti: String
  }

  /// Why a token is refused.
  enum Problem: Error, Equatable {
    case malformed
    case expired
    case wrongAudience(String)
  }

  /// Seconds a token is valid for.
  let lifetime: Int64
  private let clock: EmulatorClock
  private let key = Digest.random(32)
  private let revoked = Mutex<Set<String>>([])

  /// An issuer with a new key; `lifetime` in seconds.
  init(clock: EmulatorClock, lifetime: Int64) {
    self.clock = clock
    self.lifetime = lifetime
  }

  /// A new token.
  func issue(audience: String, to client: ClientCredentials) throws -> String {
    let now = clock.seconds
    let claims = Claims(
      aud: Self.normal(audience), appid: client.client, oid: client.object, tid: client.tenant, iat: now,
      exp: now + lifetime, uti: Digest.guid())
    let header = Base64.encodeURL(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    let body = header + "." + Base64.encodeURL(Array(try JSONEncoder().encode(claims)))
    return body + "." + Base64.encodeURL(Digest.hmac(key: key, Array(body.utf8)))
  }

  /// The claims of a valid token meant for one of `audiences`.
  func check(_ token: String, audiences: [String]) throws(Problem) -> Claims {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let signature = Base64.decode(parts[2]),
      signature == Digest.hmac(key: key, Array("\(parts[0]).\(parts[1])".utf8)),
      let body = Base64.decode(parts[1]),
      // Text that this process signed decodes; anything else is malformed.
      let claims = try? JSONDecoder().decode(Claims.self, from: Data(body))
    else { throw .malformed }
    guard clock.seconds < claims.exp, !revoked.withLock({ $0.contains(claims.uti) }) else { throw .expired }
    guard audiences.contains(claims.aud) else { throw .wrongAudience(claims.aud) }
    return claims
  }

  /// Makes a token expired from now on.
  func expire(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let body = Base64.decode(parts[1]),
      // What is no token cannot expire.
      let claims = try? JSONDecoder().decode(Claims.self, from: Data(body))
    else { return }
    revoked.withLock { _ = $0.insert(claims.uti) }
  }

  /// An audience without its trailing slashes.
  static func normal(_ audience: String) -> String {
    var text = audience[...]
    while text.hasSuffix("/") { text.removeLast() }
    return String(text)
  }

  /// The token of an `Authorization: Bearer` header.
  static func bearer(_ headers: HTTPHeaders) -> String? {
    guard let value = headers["authorization"], value.lowercased().hasPrefix("bearer ") else { return nil }
    return String(value.dropFirst(7)).trimmingBlanks()
  }
}
