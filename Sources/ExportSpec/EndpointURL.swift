/// An absolute URL of a service, checked and without a trailing slash.
///
/// Only `https`, or `http` to this machine (127.0.0.1, localhost, [::1]); no
/// user, no query and no fragment, where credentials would hide.
struct EndpointURL: Equatable {
  var text: String

  /// Why a text is refused.
  struct Problem: Error, Equatable {
    var reason: String
    var remedy: String?
    /// Whether the text seems to carry a credential.
    var holdsSecret = false
  }

  init(_ text: String) throws(Problem) {
    if text.contains("?") {
      throw Problem(
        reason: "it has a query", remedy: "keep a SAS token out of the spec: put it into the environment",
        holdsSecret: true)
    }
    let lower = text.lowercased()
    let scheme = ["https://", "http://"].first { lower.hasPrefix($0) }
    guard let scheme else {
      throw Problem(reason: "it does not begin with https://", remedy: "give an absolute URL")
    }
    if text.contains("#") { throw Problem(reason: "it has a fragment", remedy: "remove all from # on") }
    let rest = text.dropFirst(scheme.count)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<slash]
    if authority.contains("@") {
      throw Problem(reason: "it names a user", remedy: "keep credentials out of the spec", holdsSecret: true)
    }
    let host = try Self.host(of: authority)
    guard scheme == "https://" || ["127.0.0.1", "localhost", "[::1]"].contains(host) else {
      throw Problem(
        reason: "plain http is only for this machine (127.0.0.1, localhost, [::1])", remedy: "use https://")
    }
    let path = try Self.path(rest[slash...])
    self.text = scheme + authority.lowercased() + path
  }

  /// The host in lower case; checks the port.
  private static func host(of authority: Substring) throws(Problem) -> String {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
      host = authority[...close]
      let after = authority[authority.index(after: close)...]
      if after.hasPrefix(":") {
        port = after.dropFirst()
      } else if !after.isEmpty {
        throw Problem(reason: "\"\(authority)\" is no host")
      }
      guard host.dropFirst().dropLast().utf8.allSatisfy({ $0.isHexDigit || $0 == 0x3A || $0 == 0x2E }), host.count > 3
      else {
        throw Problem(reason: "\"\(host)\" is no IPv6 address")
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        port = authority[authority.index(after: colon)...]
      }
      guard !host.isEmpty, host.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == 0x2D || $0 == 0x2E }),
        !host.hasPrefix("."), !host.contains("..")
      else { throw Problem(reason: "\"\(host)\" is no host name") }
    }
    if let port {
      guard port.utf8.allSatisfy({ $0.isDigit }), let number = Int(port), (1...65_535).contains(number)
      else { throw Problem(reason: "\"\(port)\" is no port") }
    }
    return host.lowercased()
  }

  /// The path without slashes at its end; of characters that a URL holds as they are (RFC 3986).
  private static func path(_ text: Substring) throws(Problem) -> Substring {
    let allowed = Set("-._~!$&'()*+,;=:@%/".utf8)
    guard text.utf8.allSatisfy({ $0.isLetterOrDigit || allowed.contains($0) }) else {
      throw Problem(reason: "its path holds a character that a URL cannot", remedy: "percent-encode it")
    }
    var path = text
    while path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
