/// Scheme, host and port of an absolute URL.
package struct URLParts: Sendable, Equatable {
  /// `http` or `https`.
  package var scheme: String
  /// Lower case, IPv6 in brackets.
  package var host: String
  /// 1 to 65535, without leading zeros; nil where the URL names none.
  package var port: String?
  /// From the first slash, without the query; empty where there is none.
  package var path: String

  /// Nil for anything but `http` and `https`, and for URLs with user information.
  package init?(_ url: String) {
    guard let colon = url.firstRange(of: "://") else { return nil }
    scheme = url[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let rest = url[colon.upperBound...]
    let authority = rest.utf8.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    guard var host = String(authority)?.lowercased() else { return nil }
    path = String(Substring(rest.utf8.dropFirst(authority.count)).prefix { $0 != "?" && $0 != "#" })
    port = nil
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      let digits = host[host.index(after: colon)...]
      guard let number = UInt16(digits), number > 0 else { return nil }
      port = String(number)
      host = String(host[..<colon])
    }
    guard Self.isHost(host) else { return nil }
    self.host = host
  }

  /// Letters, digits, hyphens, underscores and dots, or an IPv6 address in brackets. Whatever
  /// else an HTTP client might decode, fold or cut off would be another host than the one checked.
  private static func isHost(_ host: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
    if host.hasPrefix("["), host.hasSuffix("]"), host.utf8.count > 2 {
      return host.dropFirst().dropLast().utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x3A || $0 == 0x2E }
    }
    return !host.isEmpty && !host.hasPrefix(".")
      && host.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  /// Host, and port where the URL names one.
  package var authority: String { port.map { "\(host):\($0)" } ?? host }
  /// Scheme and authority.
  package var origin: String { "\(scheme)://\(authority)" }
  /// Whether the host is this machine by its name or an address.
  package var isLoopback: Bool { host == "localhost" || host == "[::1]" || ipv4?.first == 127 }
  /// 169.254.0.0/16, where the metadata service and App Service's endpoints are.
  package var isLinkLocal: Bool { ipv4.map { $0[0] == 169 && $0[1] == 254 } ?? false }

  /// The four numbers of an IPv4 address; nil for names, `127.example.org` among them.
  private var ipv4: [UInt8]? {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt8($0) : nil }
    return parts.count == 4 && numbers.count == 4 ? numbers : nil
  }
}
