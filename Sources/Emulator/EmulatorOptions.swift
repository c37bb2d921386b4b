/// The command line of `logexport-emulator`, decoded.
package struct EmulatorOptions: Sendable {
  /// Rows to load from a file at start.
  package struct Load: Sendable, Equatable {
    package var table: String
    /// NDJSON.
    package var file: String
    /// The column that becomes TimeGenerated; nil for one of that name.
    package var timeColumn: String?
  }

  /// A generated table.
  package struct Generator: Sendable, Equatable {
    package var table: String
    package var rowsPerHour: Int
  }

  /// What to do instead of running.
  package enum Action: Sendable {
    case run, help, version
  }

  /// A command line that is not understood.
  package struct Malformed: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  package var action = Action.run
  package var configuration = EmulatorConfiguration()
  package var limits = QueryLimits()
  package var loads: [Load] = []
  package var generators: [Generator] = []
  /// The range of generated rows, ISO 8601; nil for the year up to the start.
  package var generatedRange: (from: String, to: String)?
  /// Where the authority's certificate is written; nil for a temporary file.
  package var authorityFile: String?
  /// Where a token of the trusted identity provider is written; nil for none.
  package var federatedTokenFile: String?

  /// Reads the arguments behind the program's name.
  package init(_ arguments: [String]) throws(Malformed) {
    configuration.port = 10000
    var rest = arguments[...]
    var wantsTLS = false
    var tlsPort: UInt16?
    var accounts: [StorageAccount] = []
    var workspaces: [String] = []
    while let argument = rest.popFirst() {
      let (flag, attached) = Self.halves(argument)
      guard let known = Self.flags.first(where: { $0.name == flag }) else {
        throw Malformed(description: "unknown argument '\(argument)'")
      }
      guard known.value != nil else {
        if attached != nil { throw Malformed(description: "\(flag) takes no value") }
        switch flag {
        case "--tls": wantsTLS = true
        case "--enforce-roles": configuration.enforcesRoles = true
        case "--help": action = .help
        default: action = .version
        }
        continue
      }
      guard let value = attached ?? rest.popFirst() else { throw Malformed(description: "\(flag) needs a value") }
      switch flag {
      case "--port": configuration.port = try Self.number(flag, value)
      case "--tls-port":
        tlsPort = try Self.number(flag, value)
        wantsTLS = true
      case "--ca-out": authorityFile = value
      case "--data": configuration.dataFolder = value
      case "--account": accounts.append(try Self.account(value))
      case "--workspace": workspaces.append(value)
      case "--tenant": configuration.credentials.tenant = value
      case "--client-id": configuration.credentials.client = value
      case "--client-secret": configuration.credentials.secret = value
      case "--client-certificate": configuration.clientCertificateFiles.append(value)
      case "--federated-token-out": federatedTokenFile = value
      case "--secret": configuration.secrets.append(try Self.secret(value))
      case "--token-lifetime": configuration.tokenLifetime = try Self.number(flag, value)
      case "--limits": try readLimits(value)
      case "--faults": try readFaults(value)
      case "--seed": configuration.seed = try Self.number(flag, value)
      case "--load": loads.append(try Self.load(value))
      case "--generate": generators += try Self.generators(value)
      case "--table-plan": try readTablePlan(value)
      case "--table-retention": try readTableRetention(value)
      case "--caller": configuration.caller = try Self.caller(value)
      case "--rules-delay": configuration.rulesDelay = try Self.number(flag, value)
      case "--grant-delay": configuration.grantDelay = try Self.number(flag, value)
      default: generatedRange = try Self.range(value)
      }
    }
    if !accounts.isEmpty { configuration.accounts = accounts }
    if !workspaces.isEmpty { configuration.workspaces = workspaces }
    if wantsTLS { configuration.tlsPort = tlsPort ?? (configuration.port == 0 ? 0 : 10443) }
  }
}
