internal import Azure
internal import BlobStorage
internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import HTTP
internal import Pacing
internal import Timeline

/// Makes the source and the store that a spec names, with the credentials that the
/// environment holds. Nothing is sent yet.
struct Connection {
  private let file: SpecFile
  private let cloud: CloudEnvironment
  let client: HTTPClient
  private let pipeline: Pipeline
  /// Where requests may go.
  let hosts: HostPolicy
  /// Of all queries, whatever they are for.
  let pace = QueryPace()

  init(
    _ file: SpecFile, _ arguments: Arguments, log: Log, onRetry: @escaping @Sendable (String) -> Void
  ) throws(CommandFailure) {
    self.file = file
    cloud = CloudEnvironment(file.spec.source.cloud)
    if let caFile = arguments.value("ca-file") {
      guard let data = FileManager.default.contents(atPath: caFile) else {
        throw CommandFailure(.error, "--ca-file \(caFile) cannot be read")
      }
      guard String(decoding: data, as: UTF8.self).contains("CERTIFICATE-----") else {
        throw CommandFailure(.error, "--ca-file \(caFile) holds no certificate\n  It takes authorities as PEM.")
      }
    }
    client = HTTPClient(HTTPConfiguration(caFile: arguments.value("ca-file"), userAgent: "logexport/\(version)"))
    hosts = HostPolicy(cloud: cloud, allowed: arguments.all("allow-host"))
    pipeline = Pipeline(
      client: client, hosts: hosts,
      backoff: Backoff(attempts: 7), ids: RequestIDs(run: log.run.number, start: log.run.start.unixSeconds)
    ) { reason in
      log.write(.debug, "again: \(reason)")
      onRetry(reason)
    }
  }

  private func variable(_ name: String) -> String? {
    file.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

// MARK: - The source

extension Connection {
  /// Scheme and host of the query service.
  var endpoint: String { file.spec.source.endpoint ?? cloud.queryEndpoint }

  /// What Resource Manager is asked by; nil where the spec names no resource.
  func resources() throws(CommandFailure) -> (any ResourceStore)? { nil }

  /// The scope of its tokens.
  var queryScope: String { cloud.queryScope }

  /// The query service of the spec's workspace.
  func source() throws(CommandFailure) -> any LogSource {
    let client = LogAnalyticsClient(
      pipeline: pipeline, authorizer: BearerAuthorizer(try credential(), scope: cloud.queryScope), endpoint: endpoint,
      workspace: file.spec.source.workspace, pace: pace)
    return LogAnalyticsSource(client: client)
  }

  /// The ways to a token, in their documented order.
  func credential() throws(CommandFailure) -> any TokenCredential {
    let authority = variable("AZURE_AUTHORITY_HOST").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? authority
    let tenant = variable("AZURE_TENANT_ID")
    let clientID = variable("AZURE_CLIENT_ID")
    if file.spec.source.cloud == .emulator, variable("AZURE_CLIENT_SECRET") == nil {
      return ClientSecretCredential(
        pipeline: pipeline, authority: authority, tenant: DevelopmentIdentity.tenant,
        client: DevelopmentIdentity.client, secret: DevelopmentIdentity.secret)
    }
    var ways: [(name: String, credential: any TokenCredential)] = []
    var skipped: [String] = []
    if let tenant, let clientID, let secret = variable("AZURE_CLIENT_SECRET") {
      ways.append(
        (
          "EnvironmentCredential",
          ClientSecretCredential(
            pipeline: pipeline, authority: authority, tenant: tenant, client: clientID, secret: secret)
        ))
    } else {
      skipped.append("environment: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not all set")
    }
    if let tenant, let clientID, let token = variable("AZURE_FEDERATED_TOKEN_FILE") {
      ways.append(
        (
          "WorkloadIdentityCredential",
          WorkloadIdentityCredential(
            pipeline: pipeline, authority: authority, tenant: tenant, client: clientID, file: token)
        ))
    } else {
      skipped.append("workload identity: AZURE_FEDERATED_TOKEN_FILE is not set")
    }
    var appService: (endpoint: String, header: String)?
    if let endpoint = variable("IDENTITY_ENDPOINT"), let header = variable("IDENTITY_HEADER") {
      appService = (endpoint, header)
    }
    ways.append(
      (
        "ManagedIdentityCredential",
        ManagedIdentityCredential(client: client, clientID: clientID, appService: appService)
      ))
    ways.append(("AzureCLICredential", AzureCLICredential()))
    return try picked(ways, skipped)
  }

  /// `AZURE_TOKEN_CREDENTIALS` names one way, or `prod` or `dev` for a group.
  private func picked(
    _ ways: [(name: String, credential: any TokenCredential)], _ skipped: [String]
  ) throws(CommandFailure) -> any TokenCredential {
    guard let wanted = variable("AZURE_TOKEN_CREDENTIALS")?.lowercased() else {
      return CredentialChain(ways, skipped: skipped)
    }
    let chosen = ways.filter { way in
      switch wanted {
      case "prod": way.name != "AzureCLICredential"
      case "dev": way.name == "AzureCLICredential"
      default: way.name.lowercased() == wanted
      }
    }
    guard !chosen.isEmpty else {
      throw CommandFailure(
        .denied, "AZURE_TOKEN_CREDENTIALS=\(wanted) picks no way to a token\n  " + skipped.joined(separator: "\n  "))
    }
    return CredentialChain(chosen, skipped: skipped)
  }

  /// The emulator signs tokens itself, at the endpoint that answers queries.
  private var authority: String {
    guard file.spec.source.cloud == .emulator else { return cloud.authority }
    return URLParts(endpoint)?.origin ?? cloud.authority
  }
}

// MARK: - The store

extension Connection {
  /// The store of the spec's destination.
  func store() throws(CommandFailure) -> any LeasingStore {
    let url: String
    switch file.spec.destination.store {
    case .directory(let path): return DirectoryStore(root: absolute(path))
    case .account(let name):
      url =
        file.spec.source.cloud == .emulator
        ? "\(authority)/\(name)" : "https://\(name).blob.\(cloud.storageSuffix)"
    case .url(let given): url = given
    }
    return AzureBlobStore(url: url, pipeline: pipeline, authorizer: try authorizer(of: url))
  }

  /// Relative to the spec's own directory.
  private func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    var base = file.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    if file.path.hasPrefix("/"), base.isEmpty { base = "/" }
    if !base.hasPrefix("/") {
      base = FileManager.default.currentDirectoryPath + (base.isEmpty || base == "." ? "" : "/\(base)")
    }
    return base + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  /// A key, a SAS or a connection string of the environment; else a token.
  private func authorizer(of url: String) throws(CommandFailure) -> any Authorizer {
    let parts = URLParts(url)
    // A domain of one's own says nothing of the account, unless it begins with it.
    let account = parts?.storageAccount ?? parts.map { String($0.host.prefix { $0 != "." }) } ?? ""
    if let text = variable("AZURE_STORAGE_CONNECTION_STRING") {
      guard let connection = ConnectionString(text) else {
        throw CommandFailure(.denied, "AZURE_STORAGE_CONNECTION_STRING is no connection string with a key or a SAS")
      }
      if let problem = connection.contradiction(to: url) {
        throw CommandFailure(
          .error, "AZURE_STORAGE_CONNECTION_STRING does not fit the spec: \(problem)\n  Unset it, or correct either.")
      }
      if let key = connection.key {
        return try sharedKey(connection.account ?? account, key, "the connection string's key")
      }
      if let sas = connection.sas { return SASAuthorizer(token: sas) }
    }
    if let key = variable("AZURE_STORAGE_KEY") { return try sharedKey(account, key, "AZURE_STORAGE_KEY") }
    if let sas = variable("AZURE_STORAGE_SAS_TOKEN") { return SASAuthorizer(token: sas) }
    if file.spec.source.cloud == .emulator {
      return try sharedKey(account, DevelopmentIdentity.key, "the development key")
    }
    return BearerAuthorizer(try credential(), scope: cloud.storageScope)
  }

  private func sharedKey(_ account: String, _ key: String, _ origin: String) throws(CommandFailure) -> any Authorizer {
    guard let authorizer = SharedKeyAuthorizer(account: account, key: key) else {
      throw CommandFailure(.denied, "\(origin) is no base64")
    }
    return authorizer
  }
}

extension CloudEnvironment {
  init(_ cloud: Cloud) {
    switch cloud {
    case .public: self = .public
    case .usgovernment: self = .usGovernment
    case .china: self = .china
    case .emulator: self = .emulator
    }
  }
}
