package import HTTP

/// Which hosts a request of this run may go to.
///
/// Tokens and keys go only under the declared cloud's domains, or to hosts that
/// were named on the command line: a changed spec must not be able to send them
/// anywhere else.
package struct HostPolicy: Sendable {
  private let domains: [String]
  private let allowed: Set<String>
  private let allowsLoopback: Bool

  /// `allowed` are hosts as given to `--allow-host`, with or without a port.
  package init(cloud: CloudEnvironment, allowed: [String]) {
    domains = cloud.domains
    self.allowed = Set(allowed.map { $0.lowercased() })
    allowsLoopback = cloud.allowsLoopback
  }

  /// Throws `hostNotAllowed` for any other host, and for plain HTTP beyond loopback.
  @discardableResult
  package func check(_ url: String) throws(AzureError) -> URLParts {
    guard let parts = URLParts(url) else {
      throw AzureError(.hostNotAllowed, "'\(url.prefix { $0 != "?" })' is no URL of a service")
    }
    let isNamed = allowed.contains(parts.host) || allowed.contains(parts.authority)
    if parts.isLoopback {
      guard allowsLoopback || isNamed else {
        throw AzureError(
          .hostNotAllowed,
          "\(parts.authority) is this machine, which no cloud but the emulator's is on\n"
            + "  Say cloud: emulator in the spec, or --allow-host \(parts.host).")
      }
      return parts
    }
    guard parts.scheme == "https" else {
      throw AzureError(.hostNotAllowed, "plain HTTP to \(parts.authority) is refused: credentials would be readable")
    }
    guard isNamed || domains.contains(where: { parts.host == $0 || parts.host.hasSuffix(".\($0)") }) else {
      throw AzureError(
        .hostNotAllowed,
        "\(parts.host) is not a host of the declared cloud, so no credential is sent to it\n"
          + "  If it is right, allow it on the command line: --allow-host \(parts.host)")
    }
    return parts
  }
}
