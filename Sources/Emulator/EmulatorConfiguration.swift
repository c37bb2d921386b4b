/// Everything that an emulator is started with.
package struct EmulatorConfiguration: Sendable {
  /// Plain HTTP; 0 takes a free port.
  package var port: UInt16 = 0
  /// HTTPS; 0 takes a free port, nil listens on none.
  package var tlsPort: UInt16?
  /// Where blobs and rows survive a restart; nil keeps them in memory.
  package var dataFolder: String?
  package var accounts: [StorageAccount] = [.development]
  package var credentials: ClientCredentials = .development
  /// PEM files of certificates that the application may sign in with.
  package var clientCertificateFiles: [String] = []
  /// What key vaults hold at start; the vaults that are named here are those that exist.
  package var secrets: [(vault: String, name: String, value: String)] = []
  /// The GUIDs of workspaces that exist.
  package var workspaces: [String] = [EmulatorConfiguration.developmentWorkspace]
  /// Requests in 30 seconds by one identity; 200 is the service's limit.
  package var rate = 200
  /// Queries at once by one identity; 5 is the service's limit.
  package var concurrency = 5
  package var faults: [FaultRule] = []
  /// Where requests to Blob storage come from, until told otherwise.
  package var caller: Caller = .outside
  /// Requests that are judged by the old network rules after a change of them.
  package var rulesDelay = 0
  /// Whether data asks for role assignments.
  package var enforcesRoles = false
  /// Requests that a role assignment refuses before it acts.
  package var grantDelay = 0
  /// Plan and retention of tables by name, in the first workspace.
  package var tables: [String: TableSettings] = [:]
  /// Decides faults by chance.
  package var seed: UInt64 = 1
  /// Seconds a token is valid for; about an hour at Microsoft Entra ID.
  package var tokenLifetime: Int64 = 3599
  package var clock: EmulatorClock = .system

  /// The development account and workspace, the service's limits, no faults.
  package init() {}

  /// The workspace that exists unless others are named.
  package static let developmentWorkspace = "33333333-3333-4333-8333-333333333333"
}
