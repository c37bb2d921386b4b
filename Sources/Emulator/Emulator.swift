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
