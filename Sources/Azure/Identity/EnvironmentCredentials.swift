package import HTTP

/// The ways to a token that the environment opens, in the order of Microsoft's
/// `DefaultAzureCredential`: environment, workload identity, managed identity, Azure CLI.
package struct EnvironmentCredentials: Sendable {
  private let variables: SecretVariables
  private let cloud: CloudEnvironment
  private let pipeline: Pipeline
  private let client: HTTPClient
  /// A failure where the variables contradict each other; it is told to whoever needs a token.
  private let made: Result<TokenCache, AzureError>

  /// Nothing is sent or read yet. `client` reaches the endpoints of managed identities.
  package init(_ variables: SecretVariables, cloud: CloudEnvironment, pipeline: Pipeline, client: HTTPClient) {
    self.variables = variables
    self.cloud = cloud
    self.pipeline = pipeline
    self.client = client
    let ways = Ways(variables: variables, cloud: cloud, pipeline: pipeline, client: client)
    do throws(AzureError) { made = .success(TokenCache(try ways.credential())) } catch { made = .failure(error) }
  }

  /// The tokens of all scopes, shared by all that ask here.
  package func tokens() throws(AzureError) -> TokenCache { try made.get() }

  /// Puts tokens of a scope on requests.
  package func authorizer(scope: String) throws(AzureError) -> BearerAuthorizer {
    BearerAuthorizer(try tokens(), scope: scope)
  }

  /// A secret that no identity depends on, such as a storage account's key.
  package func secret(_ name: String) throws(AzureError) -> SecretSource? {
    try variables.secret(name) { () throws(AzureError) in
      KeyVaultClient(pipeline: pipeline, tokens: try tokens(), cloud: cloud)
    }
  }
}

/// Makes the credentials of `EnvironmentCredentials`.
private struct Ways {
  let variables: SecretVariables
  let cloud: CloudEnvironment
  let pipeline: Pipeline
  let client: HTTPClient

  private typealias Way = CredentialChain.Way

  private enum Name: String, CaseIterable {
    case environment = "EnvironmentCredential"
    case workloadIdentity = "WorkloadIdentityCredential"
    case managedIdentity = "ManagedIdentityCredential"
    case azureCLI = "AzureCLICredential"

    var isForDevelopers: Bool { self == .azureCLI }
    /// Whether it is open only where variables say so; the others are looked for.
    var isConfigured: Bool { self == .environment || self == .workloadIdentity }
  }

  func credential() throws(AzureError) -> any TokenCredential {
    guard URLParts(authority) != nil else {
      throw AzureError(
        .badRequest,
        "AZURE_AUTHORITY_HOST is no URL of a sign-in host\n  Write scheme and host: \(cloud.authority)")
    }
    if cloud.allowsLoopback, SecretVariables.waysToTokens.allSatisfy({ variables[$0] == nil }) {
      return ClientSecretCredential(
        pipeline: pipeline, authority: authority, tenant: DevelopmentIdentity.tenant,
        client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
    }
    return try chain(try picked(), managedIdentity: variables["AZURE_CLIENT_ID"])
  }

  /// `AZURE_TOKEN_CREDENTIALS` names one way, or `prod` or `dev` for a group, whatever the case.
  private func picked() throws(AzureError) -> [Name] {
    guard let wanted = variables["AZURE_TOKEN_CREDENTIALS"]?.lowercased() else { return Name.allCases }
    let found = Name.allCases.filter { name in
      switch wanted {
      case "prod": !name.isForDevelopers
      case "dev": name.isForDevelopers
      default: name.rawValue.lowercased() == wanted
      }
    }
    guard found.isEmpty else { return found }
    let known = ["prod", "dev"] + Name.allCases.map(\.rawValue)
    throw AzureError(
      .unauthenticated,
      "AZURE_TOKEN_CREDENTIALS=\(wanted) is no way to a token\n  Set one of \(known.joined(separator: ", ")).")
  }

  /// `managedIdentity` is the client id of one that a user assigned.
  private func chain(_ names: [Name], managedIdentity: String?) throws(AzureError) -> CredentialChain {
    var ways: [(name: String, way: Way)] = []
    for name in names {
      let way: Way =
        switch name {
        case .environment: try environment(among: names)
        case .workloadIdentity: workloadIdentity
        case .managedIdentity: .open(self.managedIdentity(clientID: managedIdentity))
        case .azureCLI: .open(AzureCLICredential())
        }
      ways.append((name.rawValue, way))
    }
    return CredentialChain(ways, configured: Set(names.filter(\.isConfigured).map(\.rawValue)))
  }

  private var authority: String {
    variables["AZURE_AUTHORITY_HOST"].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? cloud.authority
  }

  /// The names among `names` that are not set, for people; nil where all are.
  private func missing(_ names: String...) -> String? {
    let missing = names.filter { variables[$0] == nil }
    return missing.isEmpty
      ? nil : missing.joined(separator: " and ") + (missing.count == 1 ? " is not set" : " are not set")
  }
}

extension Ways {
  /// A client secret, or else a client certificate.
  private func environment(among names: [Name]) throws(AzureError) -> Way {
    let certificate = variables["AZURE_CLIENT_CERTIFICATE_PATH"]
    guard let tenant = variables["AZURE_TENANT_ID"], let client = variables["AZURE_CLIENT_ID"] else {
      return .lacking(missing("AZURE_TENANT_ID", "AZURE_CLIENT_ID") ?? "")
    }
    if let secret = try secret("AZURE_CLIENT_SECRET", among: names) {
      return .open(
        ClientSecretCredential(
          pipeline: pipeline, authority: authority, tenant: tenant, client: client, secret: secret))
    }
    guard let certificate else {
      return .lacking("neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set")
    }
    return .open(
      ClientCertificateCredential(
        pipeline: pipeline, authority: authority, tenant: tenant, client: client, file: certificate,
        password: try secret("AZURE_CLIENT_CERTIFICATE_PASSWORD", among: names),
        sendsChain: ["1", "true"].contains(variables["AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"]?.lowercased() ?? "")))
  }

  private var workloadIdentity: Way {
    guard let tenant = variables["AZURE_TENANT_ID"], let client = variables["AZURE_CLIENT_ID"],
      let file = variables["AZURE_FEDERATED_TOKEN_FILE"]
    else { return .lacking(missing("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE") ?? "") }
    return .open(
      WorkloadIdentityCredential(pipeline: pipeline, authority: authority, tenant: tenant, client: client, file: file))
  }

  private func managedIdentity(clientID: String?) -> ManagedIdentityCredential {
    var appService: (endpoint: String, header: String)?
    if let endpoint = variables["IDENTITY_ENDPOINT"], let header = variables["IDENTITY_HEADER"] {
      appService = (endpoint, header)
    }
    return ManagedIdentityCredential(
      client: client, clientID: clientID, appService: appService,
      metadataHost: variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"])
  }

  /// A secret that signing in depends on, which another way must therefore open the vault for.
  private func secret(_ name: String, among names: [Name]) throws(AzureError) -> SecretSource? {
    try variables.secret(name) { () throws(AzureError) in
      let others = names.filter { $0 != .environment }
      guard !others.isEmpty else {
        throw AzureError(
          .unauthenticated,
          "\(name) lies in a key vault, and the only identity that may read it there is the one that needs it\n"
            + "  AZURE_TOKEN_CREDENTIALS must leave another way, or \(name) hold the secret itself.")
      }
      // AZURE_CLIENT_ID is the application's, so that a managed identity is the machine's own.
      let tokens = TokenCache(try chain(others, managedIdentity: nil))
      return KeyVaultClient(pipeline: pipeline, tokens: tokens, cloud: cloud)
    }
  }
}
