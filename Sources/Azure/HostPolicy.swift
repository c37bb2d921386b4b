package import HTTP

/// Which hosts a request of this run may go to.
///
/// Tokens and keys go only to hosts of the service that they are for, in the declared cloud, or to hosts that were
/// named on the command line: a changed spec must not be able to send them anywhere else. Within a cloud the services
/// are kept apart, as anybody may have an account or a vault there, and a name under its domain.
package struct HostPolicy: Sendable {
  private let cloud: CloudEnvironment
  private let allowed: Set<String>

  /// `allowed` are hosts as given to `--allow-host`, with or without a port.
  package init(cloud: CloudEnvironment, allowed: [String]) {
    self.cloud = cloud
    self.allowed = Set(allowed.map { $0.lowercased() })
  }

  /// Whether a text is what `allowed` takes: a host, with or without a port, and nothing else.
  package static func isHost(_ text: String) -> Bool { URLParts("https://\(text)")?.authority == text.lowercased() }

  /// Throws `hostNotAllowed` for a host that is none of the service, and for plain HTTP beyond loopback.
  @discardableResult
  package func check(_ url: String, of service: AzureService) throws(AzureError) -> URLParts {
    guard let parts = URLParts(url) else {
      throw AzureError(.hostNotAllowed, "'\(url.prefix { $0 != "?" })' is no URL of a service")
    }
    let isNamed = names(parts)
    if parts.isLoopback {
      guard takesPublicIdentityAlone || isNamed else {
        throw AzureError(
          .hostNotAllowed,
          cloud.allowsLoopback
            ? "\(parts.authority) is not the host that --allow-host lets have credentials of the environment\n"
              + "  If it is right, allow it on the command line as well: --allow-host \(parts.host)"
            : "\(parts.authority) is this machine, which no cloud but the emulator's is on\n"
              + "  Say cloud: emulator in the spec, or --allow-host \(parts.host).")
      }
      return parts
    }
    guard parts.scheme == "https" else {
      throw AzureError(.hostNotAllowed, "plain HTTP to \(parts.authority) is refused: credentials would be readable")
    }
    guard isNamed || cloud.domains(of: service).contains(where: { parts.host == $0 || parts.host.hasSuffix(".\($0)") })
    else {
      throw AzureError(
        .hostNotAllowed,
        "\(parts.host) is not a host of \(service) in the declared cloud, so no credential is sent to it\n"
          + "  If it is right, allow it on the command line: --allow-host \(parts.host)")
    }
    return parts
  }

  /// Whether this run is one on the emulator, whose host nobody named on the command line: it signs with the emulator's
  /// public identity alone. Any program of this machine may listen there, and a spec can say so.
  package var takesPublicIdentityAlone: Bool {
    cloud.allowsLoopback && !(URLParts(cloud.authority).map(names) ?? false)
  }

  private func names(_ parts: URLParts) -> Bool { allowed.contains(parts.host) || allowed.contains(parts.authority) }
}

extension CloudEnvironment {
  /// Domains whose hosts take the credentials of a service; none where this machine is the cloud.
  fileprivate func domains(of service: AzureService) -> [String] {
    if allowsLoopback { return [] }
    return switch service {
    case .query: queryDomains
    case .storage: ["blob.\(storageSuffix)"]
    case .resourceManager: [resourceManagerEndpoint.host]
    case .keyVault: [keyVaultSuffix]
    case .authority: [authority.host] + otherAuthorities
    }
  }
}

extension String {
  /// Of a URL; empty where it is none.
  fileprivate var host: String { URLParts(self)?.host ?? "" }
}
