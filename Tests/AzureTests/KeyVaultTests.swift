import Azure
import Emulator
import HTTP
import Testing

private func reference(_ text: String) throws -> KeyVaultReference {
  try #require(try KeyVaultReference(text))
}

@Suite struct KeyVaultReferenceTests {
  @Test(
    arguments: [
      ("${keyvault:kv-soc/key}", "kv-soc", "key", nil), ("${keyvault:KV1/Name-2}", "kv1", "Name-2", nil),
      (
        "${keyvault:kv-soc/key/0123456789abcdef0123456789ABCDEF}", "kv-soc", "key",
        "0123456789abcdef0123456789ABCDEF"
      ),
    ] as [(String, String, String, String?)])
  func `vault, name and version are read`(text: String, vault: String, name: String, version: String?) throws {
    let found = try reference(text)
    #expect(found.vault == vault && found.name == name && found.version == version)
  }

  @Test(arguments: ["", "secret", "${env:X}", "keyvault:kv/a", "$${keyvault", "Eby8vdM02xNOcqFl=="])
  func `anything else is the secret itself`(_ text: String) throws {
    #expect(try KeyVaultReference(text) == nil)
  }

  @Test(arguments: [
    "${keyvault:}", "${keyvault:kv-soc}", "${keyvault:kv-soc/}", "${keyvault:/key}", "${keyvault:kv-soc/a/b}",
    "${keyvault:kv-soc/a/0123456789abcdef0123456789abcdef/c}", "${keyvault:kv/a}", "${keyvault:1kv/a}",
    "${keyvault:kv-/a}", "${keyvault:kv--soc/a}", "${keyvault:this-name-is-longer-than-24/a}",
    "${keyvault:kv.attacker.tld/a}", "${keyvault:attacker.tld#/a}", "${keyvault:kv@attacker/a}",
    "${keyvault:kv%2f/a}", "${keyvault:kv\u{e9}\u{e9}/a}", "${keyvault:kv-soc/a?b}", "${keyvault:kv-soc/..}",
    "${keyvault:kv-soc/a b}", " ${keyvault:kv-soc/a}", "${keyvault:kv-soc/a}x", "${keyvault:kv-soc/a",
  ])
  func `a name that could not be is refused`(_ text: String) async {
    await expect(.badRequest) { try KeyVaultReference(text) }
  }
}

@Suite struct KeyVaultClientTests {
  private func withVault(
    faults: String = "", _ body: (Emulator, KeyVaultClient) async throws -> Void
  ) async throws {
    var configuration = EmulatorConfiguration()
    configuration.secrets = [("kv-soc", "key", "first-secret-value"), ("kv-other", "key", "of-another-vault")]
    configuration.faults = try FaultRule.parse(faults)
    let emulator = try Emulator(configuration, logs: try Workspace())
    defer { emulator.stop() }
    try await body(emulator, client(emulator))
  }

  private func client(_ emulator: Emulator) -> KeyVaultClient {
    let credential = ClientSecretCredential(
      pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
      client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
    return KeyVaultClient(
      pipeline: quickPipeline(), tokens: TokenCache(credential), cloud: .emulator(at: emulator.url))
  }

  @Test func `a secret is read from its vault`() async throws {
    try await withVault { (_, client) async throws in
      #expect(try await client.secret(reference("${keyvault:kv-soc/key}")).revealed == "first-secret-value")
      #expect(try await client.secret(reference("${keyvault:KV-OTHER/key}")).revealed == "of-another-vault")
    }
  }

  @Test func `a secret that was read is masked from then on`() async throws {
    try await withVault { (_, client) async throws in
      _ = try await client.secret(reference("${keyvault:kv-soc/key}"))
      #expect(KnownSecrets.masked("it is first-secret-value.") == "it is ***.")
    }
  }

  @Test(arguments: [
    "${keyvault:kv-soc/absent}", "${keyvault:kv-none/key}",
    "${keyvault:kv-soc/key/0123456789abcdef0123456789abcdef}",
  ])
  func `what is not there is named`(_ text: String) async throws {
    try await withVault { (_, client) async throws in
      let error = await expect(.notFound) { try await client.secret(reference(text)) }
      #expect(error?.message.hasPrefix("\(text) cannot be read: the vault answered 404") == true)
    }
  }

  @Test func `a vault that is busy is asked again`() async throws {
    try await withVault(faults: "503:op=GetSecret,n=1-2") { (emulator, client) async throws in
      _ = try await client.secret(reference("${keyvault:kv-soc/key}"))
      #expect(emulator.requestCounts["GetSecret"] == 3)
    }
  }

  @Test func `a refusal names the role`() async throws {
    try await withVault(faults: "403:op=GetSecret") { (_, client) async throws in
      let error = await expect(.forbidden) { try await client.secret(reference("${keyvault:kv-soc/key}")) }
      #expect(error?.message.contains("Key Vault Secrets User") == true)
    }
  }

  @Test(
    arguments: [
      (
        403, #"{"error":{"code":"Forbidden","innererror":{"code":"SecretDisabled"}}}"#,
        "answered 403 SecretDisabled\n  The secret, or this version of it, is disabled: enable it, or name another."
      ), (200, "", "answered 200 without a secret"), (200, #"{"value":null}"#, "answered 200 without a secret"),
      (200, "<html>", "answered 200 without a secret"),
    ])
  func `what a vault answers instead of a secret is told`(_ status: Int, _ body: String, _ words: String) async throws {
    try await withServer([.reply(status, [:], body)]) { server async throws in
      let client = KeyVaultClient(
        pipeline: quickPipeline(), tokens: TokenCache(SlowCredential(delay: .zero)), cloud: .emulator(at: server.url))
      let error = await expect(status == 200 ? .invalidResponse : .forbidden) {
        try await client.secret(reference("${keyvault:kv-soc/key}"))
      }
      #expect(error?.message.contains(words) == true)
      #expect(error?.message.contains("Key Vault Secrets User") == false)
    }
  }

  @Test func `nothing is sent to a vault beyond the cloud`() async throws {
    let credential = SlowCredential()
    let cloud = CloudEnvironment.public
    let client = KeyVaultClient(
      pipeline: Pipeline(client: HTTPClient(), hosts: HostPolicy(cloud: .china, allowed: [])),
      tokens: TokenCache(credential), cloud: cloud)
    await expect(.hostNotAllowed) { try await client.secret(reference("${keyvault:kv-soc/key}")) }
    #expect(credential.count == 0)
  }
}
