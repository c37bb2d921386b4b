import Synchronization

/// A running emulator: the listeners and the services behind them.
package final class Emulator: Sendable {
  /// The port of plain HTTP.
  package var port: UInt16 { plain.port }
  /// The port of HTTPS, where there is one.
  package var tlsPort: UInt16? { secure?.port }
  /// The certificate of the authority that signed the HTTPS listener's, as
  /// PEM text.
  package let authorityPEM: String?
  /// What it was started with.
  package let configuration: EmulatorConfiguration

  private let services: Services
  private let plain: HTTPDaemon
  private let secure: HTTPDaemon?

  /// Starts answering before it returns; `logs` answers the queries.
  package init(_ configuration: EmulatorConfiguration, logs: any LogService) throws {
    let services = try Services(configuration, logs: logs)
    self.configuration = configuration
    self.services = services
    plain = try HTTPDaemon(port: configuration.port) { services.answer($0, scheme: "http") }
    if let port = configuration.tlsPort {
      let authority = try CertificateAuthority()
      authorityPEM = authority.certificatePEM
      secure = try HTTPDaemon(port: port, credentials: authority.serverCredentials()) {
        services.answer($0, scheme: "https")
      }
    } else {
      authorityPEM = nil
      secure = nil
    }
  }

  /// `http://127.0.0.1:PORT`.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// `https://localhost:PORT`, where HTTPS is on.
  package var tlsURL: String? { tlsPort.map { "https://localhost:\($0)" } }

  /// Replaces the fault rules; counting begins anew.
  package func replaceFaults(_ rules: [FaultRule]) { services.faults.replace(rules) }

  /// Lets time pass for the leases of blobs and containers, and for nothing else.
  package func advanceLeases(seconds: Int) { services.advanceLeases(seconds: seconds) }

  /// Lets time pass for immutability policies, and for nothing else.
  package func advancePolicies(days: Int) { services.advancePolicies(days: days) }

  /// Resource Manager's names for the first account and the first workspace,
  /// and its subscription.
  package var resourceIDs: [(String, String)] {
    let account = configuration.accounts.first.map { ("storage_resource", ResourceManager.accountID($0.name)) }
    let workspace = configuration.workspaces.first.map { _ in ("workspace_resource", ResourceManager.workspaceID(0)) }
    return [("subscription", ResourceID.subscription)] + [account, workspace].compactMap { $0 }
  }

  /// Says where requests to Blob storage come from, from now on.
  package func setCaller(_ caller: Caller) { services.setCaller(caller) }

  /// A token of the trusted identity provider, valid for `lifetime` seconds.
  package func federatedToken(lifetime: Int64 = 86_400) throws -> String {
    try services.federation.token(lifetime: lifetime)
  }

  /// Requests so far by operation.
  package var requestCounts: [String: Int] { services.counters.counts }

  /// Closes the listeners and waits for their connections.
  package func stop() {
    services.isStopping.store(true, ordering: .releasing)
    plain.stop()
    secure?.stop()
  }
}
