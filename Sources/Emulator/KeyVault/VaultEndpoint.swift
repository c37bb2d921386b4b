import FoundationEssentials

/// Key Vault's secrets: `/keyvault/VAULT/secrets…`, since all vaults share one host here.
struct VaultEndpoint: Sendable {
  let vaults: Vaults
  let issuer: TokenIssuer
  let tenant: String

  /// The audience of tokens, and the last part of the hosts that ids name.
  private static let resource = "https://vault.azure.net"
  /// Secrets of one page, unless `maxresults` says less.
  private static let pageSize = 25
  /// Days that a deleted secret can be recovered.
  private static let recoverableDays: Int64 = 90

  func answer(_ request: HTTPRequest, origin: String, _ path: VaultPath) throws -> HTTPResponse {
    if let refusal = unauthorized(request, origin) { return refusal }
    guard request.target["api-version"] != nil else {
      return Self.refuse(400, "BadParameter", "api-version must be specified")
    }
    guard vaults.exists(path.vault) else {
      return Self.refuse(404, "VaultNotFound", "There is no vault '\(path.vault)' here: --secret names them")
    }
    let vault = path.vault
    switch (request.method, path.place) {
    case ("GET", .secrets): return list(request, origin, vault, vaults.names(vault).map { item(vault, $0, nil) })
    case ("GET", .versions(let name)):
      let entry = vaults.entry(vault, name).flatMap { $0.deleted == nil ? $0 : nil }
      return list(request, origin, vault, (entry?.versions ?? []).map { item(vault, name, $0) })
    case ("GET", .secret(let name, let version)): return get(vault, name, version)
    case ("PUT", .secret(let name, nil)): return set(vault, name, request.body)
    case ("DELETE", .secret(let name, nil)):
      return vaults.delete(vault, name).map { .json(200, deleted(vault, name, $0)) } ?? Self.notFound(name)
    case ("GET", .deletedSecrets):
      let items = vaults.names(vault, deleted: true).compactMap { name in
        vaults.entry(vault, name).map { deleted(vault, name, $0) }
      }
      return list(request, origin, vault, items)
    case ("GET", .deletedSecret(let name)):
      guard let entry = vaults.entry(vault, name), entry.deleted != nil else { return Self.notFound(name) }
      return .json(200, deleted(vault, name, entry))
    case ("DELETE", .deletedSecret(let name)):
      return vaults.purge(vault, name) ? HTTPResponse(status: 204) : Self.notFound(name)
    case ("POST", .recovery(let name)):
      guard let secret = vaults.recover(vault, name)?.versions.last else { return Self.notFound(name) }
      return .json(200, "{\(bundle(vault, name, secret))}")
    default: return Self.refuse(405, "MethodNotAllowed", "The method is not allowed here")
    }
  }
}

extension VaultEndpoint {
  /// The challenge that clients learn the tenant and the resource from.
  private func unauthorized(_ request: HTTPRequest, _ origin: String) -> HTTPResponse? {
    let message: String
    var reason = ""
    if let token = TokenIssuer.bearer(request.headers) {
      do throws(TokenIssuer.Problem) {
        _ = try issuer.check(token, audiences: [Self.resource])
        return nil
      } catch {
        (message, reason) =
          switch error {
          case .malformed: ("AKV10046: Unable to resolve the key used for signature validation.", "invalid_token")
          case .expired: ("AKV10063: Token has expired.", "invalid_token")
          case .wrongAudience(let audience):
            ("AKV10022: Invalid audience. Expected \(Self.resource), found: \(audience).", "invalid_token")
          }
      }
    } else {
      message = "AKV10000: Request is missing a Bearer or PoP token."
    }
    var challenge = "Bearer authorization=\"\(origin)/\(tenant)\", resource=\"\(Self.resource)\""
    if !reason.isEmpty { challenge += ", error=\"\(reason)\"" }
    return Self.refuse(401, "Unauthorized", message, headers: [("WWW-Authenticate", challenge)])
  }

  private func get(_ vault: String, _ name: String, _ version: String?) -> HTTPResponse {
    guard let entry = vaults.entry(vault, name), entry.deleted == nil,
      let secret = version.map({ wanted in entry.versions.last { $0.version == wanted } }) ?? entry.versions.last
    else { return Self.notFound(name) }
    guard secret.isEnabled else {
      return Self.refuse(
        403, "Forbidden", "Operation get is not allowed on a disabled secret.", inner: "SecretDisabled")
    }
    return .json(200, "{\"value\":\(Escaped.json(secret.value)),\(bundle(vault, name, secret))}")
  }

  /// What `PUT` takes of a secret.
  private struct Given: Decodable {
    var value: String
    var contentType: String?
    var tags: [String: String]?
    var attributes: Attributes?

    struct Attributes: Decodable {
      var enabled: Bool?
      var nbf: Int64?
      var exp: Int64?
    }
  }

  private func set(_ vault: String, _ name: String, _ body: [UInt8]) -> HTTPResponse {
    guard VaultPath.isName(name) else {
      return Self.refuse(400, "BadParameter", "The request URI contains an invalid name: \(name)")
    }
    // Whatever is wrong with it, the answer is the same.
    guard let given = try? JSONDecoder().decode(Given.self, from: Data(body)) else {
      return Self.refuse(400, "BadParameter", "Property value has invalid value")
    }
    let secret = VaultSecret(
      value: given.value, contentType: given.contentType, tags: given.tags ?? [:],
      isEnabled: given.attributes?.enabled ?? true, notBefore: given.attributes?.nbf, expires: given.attributes?.exp)
    guard let made = vaults.set(vault, name, secret) else {
      return Self.refuse(
        409, "Conflict", "Secret \(name) is currently in a deleted but recoverable state.",
        inner: "ObjectIsDeletedButRecoverable")
    }
    return .json(200, "{\"value\":\(Escaped.json(made.value)),\(bundle(vault, name, made))}")
  }
}

extension VaultEndpoint {
  /// A page of items that are JSON already, and where the next one begins.
  private func list(_ request: HTTPRequest, _ origin: String, _ vault: String, _ items: [String]) -> HTTPResponse {
    let size = request.target["maxresults"].flatMap { Int($0) } ?? Self.pageSize
    guard (1...Self.pageSize).contains(size) else {
      return Self.refuse(400, "BadParameter", "maxresults must be from 1 to \(Self.pageSize)")
    }
    let start = min(max(0, request.target["$skiptoken"].flatMap { Int($0) } ?? 0), items.count)
    let end = min(start + size, items.count)
    var next = "null"
    if end < items.count, let version = request.target["api-version"] {
      next = Escaped.json(
        "\(origin)\(request.target.rawPath)?api-version=\(version)&$skiptoken=\(end)&maxresults=\(size)")
    }
    return .json(200, "{\"value\":[\(items[start..<end].joined(separator: ","))],\"nextLink\":\(next)}")
  }

  /// An item of a list: a secret, or a version of it, without its value.
  private func item(_ vault: String, _ name: String, _ version: VaultSecret?) -> String {
    guard let secret = version ?? vaults.entry(vault, name)?.versions.last else { return "{}" }
    return "{\(bundle(vault, name, secret, named: version != nil))}"
  }

  private func deleted(_ vault: String, _ name: String, _ entry: VaultEntry) -> String {
    guard let secret = entry.versions.last, let time = entry.deleted else { return "{}" }
    return """
      {"recoveryId":"\(Self.host(vault))/deletedsecrets/\(name)","deletedDate":\(time),\
      "scheduledPurgeDate":\(time + Self.recoverableDays * 86_400),\(bundle(vault, name, secret))}
      """
  }

  /// The members of a secret but for its value; ids are those of the real service, which clients take apart.
  private func bundle(_ vault: String, _ name: String, _ secret: VaultSecret, named: Bool = true) -> String {
    let tags = secret.tags.sorted { $0.key < $1.key }.map { "\(Escaped.json($0.key)):\(Escaped.json($0.value))" }
    let times = [("nbf", secret.notBefore), ("exp", secret.expires)].map { name, time in
      time.map { "\"\(name)\":\($0)," } ?? ""
    }
    return """
      "id":"\(Self.host(vault))/secrets/\(name)\(named ? "/\(secret.version)" : "")",\
      \(secret.contentType.map { "\"contentType\":\(Escaped.json($0))," } ?? "")\
      "attributes":{"enabled":\(secret.isEnabled),\(times.joined())"created":\(secret.created),"updated":\(secret.created),\
      "recoveryLevel":"Recoverable+Purgeable","recoverableDays":\(Self.recoverableDays)},\
      "tags":{\(tags.joined(separator: ","))}
      """
  }

  private static func host(_ vault: String) -> String { "https://\(vault.lowercased()).vault.azure.net" }

  private static func notFound(_ name: String) -> HTTPResponse {
    refuse(404, "SecretNotFound", "A secret with (name/id) \(name) was not found in this key vault.")
  }

  private static func refuse(
    _ status: Int, _ code: String, _ message: String, inner: String? = nil, headers: [(String, String)] = []
  ) -> HTTPResponse {
    let inner = inner.map { ",\"innererror\":{\"code\":\"\($0)\"}" } ?? ""
    return .json(
      status, "{\"error\":{\"code\":\"\(code)\",\"message\":\(Escaped.json(message))\(inner)}}", headers: headers)
  }
}
