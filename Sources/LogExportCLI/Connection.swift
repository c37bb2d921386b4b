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
  /// How to sign in.
  private let credentials: EnvironmentCredentials
  /// Where requests may go.
  let hosts: HostPolicy
  /// Of all queries, whatever they are for.
  let pace = QueryPace()

  init(
    _ file: SpecFile, _ arguments: Arguments, log: Log, onRetry: @escaping @Sendable (String) -> Void
  ) throws(CommandFailure) {
    self.file = file
    cloud = CloudEnvironment(file.spec.source)
    if let caFile = arguments.value("ca-file") {
      guard let data = FileManager.default.contents(atPath: caFile) else {
        throw CommandFailure(.error, "--ca-file \(caFile) cannot be read")
      }
      guard String(decoding: data, as: UTF8.self).contains("CERTIFICATE-----") else {
        throw CommandFailure(.error, "--ca-file \(caFile) holds no certificate\n  It takes authorities as PEM.")
      }
    }
    for proxy in ProxyVariable.current { KnownSecrets.note(proxy) }
    client = HTTPClient(HTTPConfiguration(caFile: arguments.value("ca-file"), userAgent: "logexport/\(version)"))
    for host in arguments.all("allow-host") where !HostPolicy.isHost(host) {
      throw CommandFailure(
        .usage,
        "--allow-host '\(host)' is no host\n  It takes one host, with or without a port, such as logs.example.net: no scheme, no path, no *."
      )
    }
    hosts = HostPolicy(cloud: cloud, allowed: arguments.all("allow-host"))
    pipeline = Pipeline(
      client: client, hosts: hosts,
      backoff: Backoff(attempts: 7), ids: RequestIDs(run: log.run.number, start: log.run.start.unixSeconds)
    ) { reason in
      log.write(.debug, "again: \(reason)")
      onRetry(reason)
    }
    var variables = SecretVariables(file.environment)
    if hosts.takesPublicIdentityAlone {
      let unused = variables.choosing
      if !unused.isEmpty, let host = URLParts(cloud.authority)?.host {
        log.write(
          .info,
          "\(unused.joined(separator: ", ")) \(unused.count == 1 ? "is" : "are") not used with cloud: emulator;"
            + " --allow-host \(host) lets the emulator have \(unused.count == 1 ? "it" : "them")")
      }
      variables = SecretVariables([:])
    }
    credentials = EnvironmentCredentials(variables, cloud: cloud, pipeline: pipeline, client: client)
  }
}

// MARK: - The source

extension Connection {
  /// Scheme and host of the query service.
  var endpoint: String { file.spec.source.endpoint ?? cloud.queryEndpoint }

  /// What Resource Manager is asked by; nil where the spec names no resource.
  func resources() throws(CommandFailure) -> (any ResourceStore)? {
    guard file.spec.destination.resource != nil || file.spec.source.resource != nil else { return nil }
    let client = ResourceManagerClient(
      pipeline: pipeline, authorizer: try authorizer(scope: cloud.resourceManagerScope),
      endpoint: cloud.resourceManagerEndpoint)
    return AzureResources(client: client, account: file.spec.destination.resource)
  }

  /// The scope of its tokens.
  var queryScope: String { cloud.queryScope }

  /// The query service of the spec's workspace.
  func source() throws(CommandFailure) -> any LogSource {
    let client = LogAnalyticsClient(
      pipeline: pipeline, authorizer: try authorizer(scope: cloud.queryScope), endpoint: endpoint,
      workspace: file.spec.source.workspace, pace: pace)
    return LogAnalyticsSource(client: client)
  }

  /// The tokens of every scope, which all that signs in shares.
  func tokens() throws(CommandFailure) -> TokenCache {
    do throws(AzureError) { return try credentials.tokens() } catch { throw CommandFailure(SourceError(error)) }
  }

  private func authorizer(scope: String) throws(CommandFailure) -> BearerAuthorizer {
    BearerAuthorizer(try tokens(), scope: scope)
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
        ? "\(cloud.authority)/\(name)" : "https://\(name).blob.\(cloud.storageSuffix)"
    case .url(let given): url = given
    }
    return AzureBlobStore(url: url, pipeline: pipeline, authorizer: try authorizer(of: url))
  }

  /// The absolute path of a store in a directory; nil for any other.
  var directory: String? {
    if case .directory(let path) = file.spec.destination.store { absolute(path) } else { nil }
  }

  /// The variable that signs for the store by an account key; nil where a token does.
  func storageKey() throws(CommandFailure) -> String? {
    if case .directory = file.spec.destination.store { return nil }
    do throws(AzureError) { return try StorageSecret.signedByKey(credentials) } catch {
      throw CommandFailure(SourceError(error))
    }
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
    do throws(AzureError) {
      if let authorizer = try StorageSecret.authorizer(of: url, credentials) { return authorizer }
    } catch {
      throw CommandFailure(SourceError(error))
    }
    // A spec that has keys refused is tried out by a token.
    if file.spec.source.cloud == .emulator, file.spec.network?.sharedKey != false,
      let authorizer = SharedKeyAuthorizer(
        account: URLParts(url)?.storageAccount ?? "", key: Secret(DevelopmentIdentity.key))
    {
      return authorizer
    }
    return try authorizer(scope: cloud.storageScope)
  }
}

extension CloudEnvironment {
  /// The emulator answers for every service at the endpoint that answers queries.
  init(_ source: Source) {
    switch source.cloud {
    case .public: self = .public
    case .usgovernment: self = .usGovernment
    case .china: self = .china
    case .emulator: self = source.endpoint.flatMap { URLParts($0) }.map { .emulator(at: $0.origin) } ?? .emulator
    }
  }
}
