#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A variable of the environment that names a proxy to libcurl.
///
/// libcurl repeats a value that it cannot read, password and all, and takes what stands before a raw `/` or `#` of a
/// password for the host. So a value is read here before libcurl sees it, and nothing of a wrong one is shown.
package struct ProxyVariable: Sendable {
  package let name: String
  /// User and password as they are written, up to the last `@`; nil where there are none.
  package let userInfo: String?
  /// Host, and port where it is named; nil where there is a problem.
  package let place: String?
  /// What is wrong with it, in words that follow its name.
  package let problem: String?

  /// Those that libcurl reads for HTTPS, in its order. Plain HTTP goes to this machine alone, where no proxy is asked.
  package static let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

  /// Those that are set for this process, by `getenv(3)`.
  package static var current: [ProxyVariable] {
    names.compactMap { name in
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : ProxyVariable(name, $0) }
    }
  }

  package init(_ name: String, _ value: String) {
    self.name = name
    let scheme = value.firstRange(of: "://")
    let rest = scheme.map { value[$0.upperBound...] } ?? value[...]
    let at = rest.lastIndex(of: "@")
    userInfo = at.map { String(rest[..<$0]) }
    let host = URLParts("http://\(at.map { rest[rest.index(after: $0)...] } ?? rest)")
    if let scheme, !Self.schemes.contains(value[..<scheme.lowerBound].lowercased()) {
      problem = "has none of the schemes \(Self.schemes.joined(separator: ", "))"
    } else if let userInfo, userInfo.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || "@/?#".utf8.contains($0) }) {
      problem =
        "has a user or a password with a character that must be written in percent: @ is %40, / is %2F, # is %23"
    } else if host == nil || !["", "/"].contains(host?.path) {
      problem = "has no host, or a port that is none from 1 to 65535"
    } else {
      problem = nil
    }
    place = problem == nil ? host?.authority : nil
  }

  private static let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
}
