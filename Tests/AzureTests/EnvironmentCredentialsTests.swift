import Azure
import Emulator
import FoundationEssentials
import HTTP
import Testing

private let scope = "https://storage.azure.com/.default"

private let entra = [
  "AZURE_TENANT_ID": DevelopmentIdentity.tenant, "AZURE_CLIENT_ID": DevelopmentIdentity.client,
]

private func credentials(
  _ variables: [String: String], _ cloud: CloudEnvironment = .public
) -> EnvironmentCredentials {
  EnvironmentCredentials(
    SecretVariables(variables), cloud: cloud,
    pipeline: cloud.allowsLoopback
      ? quickPipeline() : Pipeline(client: HTTPClient(), hosts: HostPolicy(cloud: cloud, allowed: [])),
    client: HTTPClient())
}

@Suite struct EnvironmentCredentialsTests {
  @Test(arguments: ["environmentcredential", "EnvironmentCredential", "PROD", "prod"])
  func `names and groups are known in any case`(_ name: String) async throws {
    try await withEmulator { (emulator) async throws in
      let variables = entra.merging(
        ["AZURE_CLIENT_SECRET": DevelopmentIdentity.secret, "AZURE_TOKEN_CREDENTIALS": name]) { $1 }
      let tokens = try credentials(variables, .emulator(at: emulator.url)).tokens()
      _ = try await tokens.token(scope: scope)
      #expect(tokens.credential.name == "EnvironmentCredential")
    }
  }

  @Test(arguments: ["VisualStudioCodeCredential", "environment", "production", "prod,dev", " prod"])
  func `a name that is not known is an error that lists those that are`(_ name: String) async {
    let error = await expect(.unauthenticated) { try credentials(["AZURE_TOKEN_CREDENTIALS": name]).tokens() }
    let message = error?.message ?? ""
    for known in [
      "prod", "dev", "EnvironmentCredential", "WorkloadIdentityCredential", "ManagedIdentityCredential",
      "AzureCLICredential",
    ] { #expect(message.contains(known), "\(message)") }
  }

  @Test(
    arguments: [
      ("EnvironmentCredential", [:], "AZURE_TENANT_ID and AZURE_CLIENT_ID are not set"),
      ("EnvironmentCredential", ["AZURE_TENANT_ID": "t"], "AZURE_CLIENT_ID is not set"),
      (
        "EnvironmentCredential", ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": ""],
        "neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set"
      ),
      (
        "WorkloadIdentityCredential", ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"],
        "AZURE_FEDERATED_TOKEN_FILE is not set"
      ),
    ] as [(String, [String: String], String)])
  func `a way that lacks something says what`(way: String, variables: [String: String], words: String) async throws {
    let tokens = try credentials(variables.merging(["AZURE_TOKEN_CREDENTIALS": way]) { $1 }).tokens()
    let error = await expect(.unauthenticated) { try await tokens.token(scope: scope) }
    #expect(error?.message.contains("\(way): \(words)") == true, "\(error?.message ?? "")")
  }

  @Test func `a client secret comes before a certificate`() async throws {
    try await withEmulator { (emulator) async throws in
      let variables = entra.merging(
        ["AZURE_CLIENT_SECRET": DevelopmentIdentity.secret, "AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere"]) { $1 }
      _ = try await credentials(variables, .emulator(at: emulator.url)).tokens().token(scope: scope)
    }
  }

  @Test func `all that sign in share the tokens of a scope`() async throws {
    try await withEmulator { (emulator) async throws in
      let shared = credentials([:], .emulator(at: emulator.url))
      for scope in [scope, "https://api.loganalytics.io/.default", scope] {
        var request = HTTPRequest(method: "GET", url: emulator.url)
        try await shared.authorizer(scope: scope).authorize(&request, refused: nil)
      }
      #expect(emulator.requestCounts["Token"] == 2)
    }
  }
}

@Suite struct KeptSecretTests {
  private func withVault(_ secret: String, _ body: (Emulator) async throws -> Void) async throws {
    var configuration = EmulatorConfiguration()
    configuration.secrets = [("kv-soc", "key", secret)]
    let emulator = try Emulator(configuration, logs: try Workspace())
    defer { emulator.stop() }
    try await body(emulator)
  }

  private let kept = "${keyvault:kv-soc/key}"

  @Test func `a client secret in a vault is read by another identity`() async throws {
    try await withVault(DevelopmentIdentity.secret) { (emulator) async throws in
      let variables = entra.merging(
        ["AZURE_CLIENT_SECRET": kept, "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url]) { $1 }
      let tokens = try credentials(variables, .emulator(at: emulator.url)).tokens()
      _ = try await tokens.token(scope: scope)
      #expect(tokens.credential.name == "EnvironmentCredential")
      #expect(emulator.requestCounts["ManagedIdentity"] == 1 && emulator.requestCounts["Token"] == 1)
    }
  }

  @Test func `a secret that only its own identity could read is a cycle`() async throws {
    let variables = entra.merging(
      ["AZURE_CLIENT_SECRET": kept, "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"]) { $1 }
    let error = await expect(.unauthenticated) { try credentials(variables).tokens() }
    #expect(error?.message.hasPrefix("AZURE_CLIENT_SECRET lies in a key vault, and the only identity") == true)
  }

  @Test func `a storage key is fetched with the first request, once`() async throws {
    try await withVault(DevelopmentIdentity.key) { (emulator) async throws in
      let url = "\(emulator.url)/\(DevelopmentIdentity.account)"
      let authorizer = try #require(
        try StorageSecret.authorizer(of: url, credentials(["AZURE_STORAGE_KEY": kept], .emulator(at: emulator.url))))
      #expect(emulator.requestCounts["GetSecret"] == nil)
      for _ in 0..<2 {
        let request = HTTPRequest(
          method: "GET", url: "\(url)/?comp=list", headers: [("x-ms-version", "2021-12-02")])
        #expect(try await quickPipeline().send(request, authorizer).head.status == 200)
      }
      #expect(emulator.requestCounts["GetSecret"] == 1)
    }
  }

  @Test(
    arguments: [
      ([:], nil), (["AZURE_STORAGE_KEY": "a2V5"], "AZURE_STORAGE_KEY"),
      (["AZURE_STORAGE_KEY": "${keyvault:vault/key}"], "AZURE_STORAGE_KEY"),
      (["AZURE_STORAGE_SAS_TOKEN": "?sv=2022-11-02&sp=rwl&sig=x"], "AZURE_STORAGE_SAS_TOKEN"),
      (["AZURE_STORAGE_SAS_TOKEN": "?sv=2022-11-02&skoid=o&sktid=t&sig=x"], nil),
      (
        ["AZURE_STORAGE_CONNECTION_STRING": "AccountName=st;AccountKey=a2V5;EndpointSuffix=core.windows.net"],
        "AZURE_STORAGE_CONNECTION_STRING"
      ),
      (
        [
          "AZURE_STORAGE_CONNECTION_STRING":
            "BlobEndpoint=https://st.blob.core.windows.net;SharedAccessSignature=sv=2022-11-02&skoid=o&sig=x"
        ], nil
      ),
    ] as [([String: String], String?)])
  func `what signs by a key of the account is known`(variables: [String: String], expected: String?) throws {
    #expect(try StorageSecret.signedByKey(credentials(variables)) == expected)
  }

  @Test(arguments: [
    "uniq-none", "sv=2022-11-02&sp=rwl", "https://st.blob.core.windows.net/?sv=2022-11-02&sig=uniq-none", "signature=x",
  ])
  func `a SAS that is none is told at once, and not repeated`(_ text: String) async {
    let credentials = credentials(["AZURE_STORAGE_SAS_TOKEN": text])
    let error = await expect(.unauthenticated) {
      try StorageSecret.authorizer(of: "https://st.blob.core.windows.net", credentials)
    }
    #expect(error?.message.hasPrefix("AZURE_STORAGE_SAS_TOKEN is no shared access signature") == true)
    #expect(error?.message.contains(text) == false)
  }

  @Test(arguments: ["\n", "\r\n", "\n\n"])
  func `a line end behind a secret is left away`(end: String) throws {
    let credentials = credentials(["AZURE_STORAGE_KEY": DevelopmentIdentity.key + end])
    #expect(try StorageSecret.authorizer(of: "https://st.blob.core.windows.net", credentials) is SharedKeyAuthorizer)
  }

  @Test(arguments: [("AZURE_STORAGE_KEY", "dW5p\ncTM="), ("AZURE_STORAGE_SAS_TOKEN", "sv=2021-12-02&sig=ab\ncd")])
  func `a line end within a secret is named`(name: String, value: String) async {
    let error = await expect(.unauthenticated) {
      try StorageSecret.authorizer(of: "https://st.blob.core.windows.net", credentials([name: value]))
    }
    #expect(error?.message.contains("has a blank or a line end within") == true)
  }

  @Test func `a malformed reference names its variable`() async {
    let error = await expect(.badRequest) {
      try StorageSecret.authorizer(
        of: "https://st.blob.core.windows.net", credentials(["AZURE_STORAGE_KEY": "${keyvault:kv.evil.tld/a}"]))
    }
    #expect(error?.message.hasPrefix("AZURE_STORAGE_KEY: 'kv.evil.tld' is no key vault's name") == true)
  }
}

@Suite struct SecretTests {
  @Test func `a secret is not printed, coded, hashed or compared`() {
    let secret = Secret("uniq9-never-shown") as Any
    #expect("\(secret)" == "(secret)" && String(reflecting: secret) == "(secret)")
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(!(secret is any Encodable) && !(secret is any Decodable))
    #expect(!(secret is any Equatable) && !(secret is any Hashable) && !(secret is any LosslessStringConvertible))
  }

  @Test(arguments: [("", ""), ("a", "a"), ("a", "b"), ("a", "aa"), ("", "a"), ("é", "e\u{301}")])
  func `equality is that of the bytes`(a: String, b: String) {
    #expect(Secret(a).matches(Secret(b)) == (Array(a.utf8) == Array(b.utf8)))
  }
}
