/// The hosts of one Azure cloud, from Microsoft's lists of endpoints.
package struct CloudEnvironment: Sendable, Equatable {
  /// Scheme and host of the Log Analytics query service.
  package var queryEndpoint: String
  /// The scope of its tokens.
  package var queryScope: String
  /// What follows `ACCOUNT.blob.`.
  package var storageSuffix: String
  package var storageScope: String
  /// Scheme and host of Azure Resource Manager.
  package var resourceManagerEndpoint: String
  package var resourceManagerScope: String
  /// What follows `VAULT.` in the host of a key vault.
  package var keyVaultSuffix: String
  /// The scope of its tokens.
  package var keyVaultScope: String { "https://\(keyVaultSuffix)/.default" }
  /// Scheme and host of Microsoft Entra ID, unless `AZURE_AUTHORITY_HOST` names another.
  package var authority: String
  /// Further hosts of Microsoft Entra ID.
  package var otherAuthorities: [String] = []
  /// Domains of the query service, all of whose hosts are Microsoft's own.
  package var queryDomains: [String]
  /// Whether plain HTTP to loopback is allowed, as only an emulator needs.
  package var allowsLoopback = false

  package static let `public` = CloudEnvironment(
    queryEndpoint: "https://api.loganalytics.azure.com", queryScope: "https://api.loganalytics.io/.default",
    storageSuffix: "core.windows.net", storageScope: "https://storage.azure.com/.default",
    resourceManagerEndpoint: "https://management.azure.com",
    resourceManagerScope: "https://management.azure.com/.default", keyVaultSuffix: "vault.azure.net",
    authority: "https://login.microsoftonline.com",
    queryDomains: ["loganalytics.azure.com", "loganalytics.io"])

  package static let usGovernment = CloudEnvironment(
    queryEndpoint: "https://api.loganalytics.us", queryScope: "https://api.loganalytics.us/.default",
    storageSuffix: "core.usgovcloudapi.net", storageScope: "https://storage.azure.com/.default",
    resourceManagerEndpoint: "https://management.usgovcloudapi.net",
    resourceManagerScope: "https://management.usgovcloudapi.net/.default", keyVaultSuffix: "vault.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
    queryDomains: ["loganalytics.us"])

  package static let china = CloudEnvironment(
    queryEndpoint: "https://api.loganalytics.azure.cn", queryScope: "https://api.loganalytics.azure.cn/.default",
    storageSuffix: "core.chinacloudapi.cn", storageScope: "https://storage.azure.com/.default",
    resourceManagerEndpoint: "https://management.chinacloudapi.cn",
    resourceManagerScope: "https://management.chinacloudapi.cn/.default", keyVaultSuffix: "vault.azure.cn",
    authority: "https://login.chinacloudapi.cn", otherAuthorities: ["login.partner.microsoftonline.cn"],
    queryDomains: ["loganalytics.azure.cn"])

  /// The emulator that ships with the program, on its default port.
  package static let emulator = emulator(at: "http://127.0.0.1:10000")

  /// An emulator at a scheme and host, which answers for every service.
  package static func emulator(at origin: String) -> CloudEnvironment {
    CloudEnvironment(
      queryEndpoint: origin, queryScope: `public`.queryScope, storageSuffix: `public`.storageSuffix,
      storageScope: `public`.storageScope, resourceManagerEndpoint: origin,
      resourceManagerScope: `public`.resourceManagerScope, keyVaultSuffix: `public`.keyVaultSuffix, authority: origin,
      queryDomains: [], allowsLoopback: true)
  }
}

extension CloudEnvironment {
  /// Scheme, host and perhaps path of a key vault; the emulator has all of its vaults on one host.
  package func keyVaultURL(_ vault: String) -> String {
    allowsLoopback ? "\(authority)/keyvault/\(vault)" : "https://\(vault).\(keyVaultSuffix)"
  }
}

/// The well-known identities of the emulator; none of them is a secret.
package enum DevelopmentIdentity {
  /// Azurite and its predecessor document this account and key.
  package static let account = "devstoreaccount1"
  package static let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

  /// The emulator's own tenant, application and secret.
  package static let tenant = "11111111-1111-4111-8111-111111111111"
  package static let client = "22222222-2222-4222-8222-222222222222"
  package static let secret = "emulator-secret"
}
