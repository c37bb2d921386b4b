import Azure
import Testing

@Suite struct HostPolicyTests {
  /// For some service, unless one is named.
  private func isAllowed(
    _ url: String, _ cloud: CloudEnvironment = .public, of service: AzureService? = nil, allowed: [String] = []
  ) -> Bool {
    guard let service else {
      return AzureService.allCases.contains { isAllowed(url, cloud, of: $0, allowed: allowed) }
    }
    do {
      try HostPolicy(cloud: cloud, allowed: allowed).check(url, of: service)
      return true
    } catch {
      #expect(error.kind == .hostNotAllowed)
      return false
    }
  }

  @Test(arguments: [
    "https://api.loganalytics.azure.com/v1", "https://api.loganalytics.io/v1", "https://st.blob.core.windows.net/c/b",
    "https://login.microsoftonline.com/t/oauth2", "HTTPS://API.LogAnalytics.Azure.COM/v1",
    "https://st.blob.core.windows.net:443/", "https://st.blob.core.windows.net?x=1", "https://st.blob.core.windows.net",
    "https://management.azure.com/subscriptions", "https://kv-soc.vault.azure.net/secrets/key",
  ])
  func `hosts of the cloud are allowed`(_ url: String) { #expect(isAllowed(url)) }

  @Test(arguments: [
    // Other ends, other beginnings.
    "https://evilloganalytics.azure.com/", "https://loganalytics.azure.com.attacker.tld/",
    "https://core.windows.net.attacker.tld/", "https://evilcore.windows.net/", "https://attacker.tld/core.windows.net",
    "https://attacker.tld?.core.windows.net", "https://attacker.tld#.core.windows.net", "https://azure.com/",
    "https://evilvault.azure.net/", "https://kv.vault.azure.net.attacker.tld/", "https://kv.vault.azure.cn/",
    "https://management.usgovcloudapi.net/", "https://vm.eastus.cloudapp.azure.com/",
    "https://attacker.azurewebsites.net/",
    "https://microsoftonline.com/", "https://evil.microsoftonline.com/",
    // User information, and what parsers disagree on.
    "https://api.loganalytics.azure.com@attacker.tld/", "https://user:pass@api.loganalytics.azure.com/",
    "https://attacker.tld\\.core.windows.net/", "https://attacker.tld%2f.core.windows.net/",
    "https://attacker.tld%00.core.windows.net/", "https://attacker.tld\t.core.windows.net/",
    "https://attacker.tld\n.core.windows.net/", "https://attacker.tld;.core.windows.net/",
    "https://attacker.tld／.core.windows.net/", "https://attacker。core.windows.net/",
    "https://st.blob.core.windows.net./", "https://.core.windows.net/", "https://[::1].core.windows.net/",
    "https:///core.windows.net/", "https://", "https://st.blob.core.windows.net:44a/",
    "https://st.blob.core.windows.net:/", "https://st.blob.core.windows.net:0/",
    "https://st.blob.core.windows.net:443:1/",
    // Other schemes.
    "http://api.loganalytics.azure.com/", "ftp://st.blob.core.windows.net/", "//st.blob.core.windows.net/",
    "st.blob.core.windows.net", "", "file:///etc/passwd",
    // This machine is no public cloud.
    "http://127.0.0.1:10000/", "https://localhost/", "http://169.254.169.254/metadata", "https://169.254.169.254/",
  ])
  func `any other host is refused`(_ url: String) { #expect(!isAllowed(url)) }

  @Test func `each cloud has its own hosts`() {
    #expect(isAllowed("https://api.loganalytics.us/v1", .usGovernment))
    #expect(isAllowed("https://st.blob.core.usgovcloudapi.net/", .usGovernment))
    #expect(!isAllowed("https://st.blob.core.windows.net/", .usGovernment))
    #expect(!isAllowed("https://st.blob.core.windows.net/", .china))
    // Customers' machines have names under this one.
    #expect(!isAllowed("https://attacker.chinaeast.cloudapp.chinacloudapi.cn/", .china))
    for cloud in [CloudEnvironment.public, .usGovernment, .china] {
      let urls: [AzureService: String] = [
        .query: cloud.queryEndpoint, .storage: "https://st.blob.\(cloud.storageSuffix)/",
        .resourceManager: cloud.resourceManagerEndpoint, .keyVault: cloud.keyVaultURL("kv-soc"),
        .authority: cloud.authority,
      ]
      // Each its own, and no other's: anybody may have an account or a vault.
      for (owner, url) in urls {
        for service in AzureService.allCases {
          #expect(isAllowed(url, cloud, of: service) == (service == owner), "\(url) for \(service)")
        }
      }
    }
  }

  @Test(arguments: [
    ("https://evil.blob.core.windows.net/v1", AzureService.query), ("https://evil.vault.azure.net/v1", .query),
    ("https://evil.blob.core.windows.net/tenant", .authority), ("https://evil.vault.azure.net/tenant", .authority),
    ("https://management.azure.com/v1", .query), ("https://evil.vault.azure.net/", .storage),
    ("https://api.loganalytics.io/secrets", .keyVault), ("https://evil.blob.core.windows.net/", .resourceManager),
    ("https://evil.z6.web.core.windows.net/", .storage), ("https://evil.file.core.windows.net/", .storage),
  ])
  func `a credential of one service goes to no other's host`(_ url: String, _ service: AzureService) {
    #expect(!isAllowed(url, of: service))
  }

  @Test func `both sign-in hosts of the cloud in China are`() {
    #expect(isAllowed("https://login.partner.microsoftonline.cn/t", .china, of: .authority))
  }

  @Test(arguments: [
    ("logs.example.net", true), ("Logs.Example.net:8443", true), ("10.0.0.4", true), ("[fd00::1]:443", true),
    ("https://logs.example.net", false), ("logs.example.net/", false), ("logs.example.net/v1", false),
    ("*.example.net", false), ("*", false), ("", false), ("a b", false), ("a@logs.example.net", false),
    ("logs.example.net:0", false), ("logs.example.net?x", false), (".example.net", false),
  ])
  func `what the command line allows is a host and nothing else`(_ text: String, _ isHost: Bool) {
    #expect(HostPolicy.isHost(text) == isHost)
  }

  @Test(arguments: ["http://127.0.0.1:10000/", "http://localhost:1/", "http://[::1]:10000/", "http://127.1.2.3/"])
  func `the emulator's cloud is this machine`(_ url: String) { #expect(isAllowed(url, .emulator)) }

  @Test(arguments: [
    "http://127.attacker.tld/", "http://127.0.0.1.attacker.tld/", "http://127.0.0.1@attacker.tld/",
    "http://localhost.attacker.tld/", "http://127.0.0/", "http://127.0.0.1.1/", "http://127.0.0.256/", "http://[::2]/",
    "http://0.0.0.0/", "http://169.254.169.254/", "https://api.loganalytics.azure.com/", "http://10.0.0.1/",
  ])
  func `the emulator's cloud is nothing but this machine`(_ url: String) { #expect(!isAllowed(url, .emulator)) }

  @Test func `a host of the command line is allowed over TLS alone`() {
    #expect(isAllowed("https://logs.corp.example/v1", allowed: ["logs.corp.example"]))
    #expect(isAllowed("https://LOGS.corp.example:8443/v1", allowed: ["Logs.Corp.Example"]))
    #expect(isAllowed("https://logs.corp.example:8443/v1", allowed: ["logs.corp.example:8443"]))
    #expect(!isAllowed("https://logs.corp.example/v1", allowed: ["logs.corp.example:8443"]))
    #expect(!isAllowed("http://logs.corp.example/v1", allowed: ["logs.corp.example"]))
    #expect(!isAllowed("https://sub.logs.corp.example/v1", allowed: ["logs.corp.example"]))
    #expect(isAllowed("http://127.0.0.1:10000/", allowed: ["127.0.0.1"]))
  }

  @Test func `on the emulator naming its host binds the credentials to hosts that are named`() {
    let emulator = CloudEnvironment.emulator(at: "http://127.0.0.1:7000")
    #expect(HostPolicy(cloud: emulator, allowed: []).takesPublicIdentityAlone)
    #expect(HostPolicy(cloud: emulator, allowed: ["localhost", "127.0.0.1:7001"]).takesPublicIdentityAlone)
    #expect(!HostPolicy(cloud: emulator, allowed: ["127.0.0.1"]).takesPublicIdentityAlone)
    #expect(!HostPolicy(cloud: emulator, allowed: ["127.0.0.1:7000"]).takesPublicIdentityAlone)
    #expect(!HostPolicy(cloud: .public, allowed: []).takesPublicIdentityAlone)
    #expect(isAllowed("http://127.0.0.1:7001/", emulator))
    #expect(isAllowed("http://127.0.0.1:7001/", emulator, allowed: ["127.0.0.1"]))
    #expect(!isAllowed("http://127.0.0.1:7001/", emulator, allowed: ["127.0.0.1:7000"]))
    #expect(!isAllowed("http://localhost:7000/", emulator, allowed: ["127.0.0.1"]))
  }

  @Test func `a refusal names the host and the remedy, and no query`() throws {
    do {
      try HostPolicy(cloud: .public, allowed: []).check("https://attacker.tld/c?sig=hidden", of: .storage)
      Issue.record("it was allowed")
    } catch {
      #expect(error.message.contains("attacker.tld") && error.message.contains("--allow-host attacker.tld"))
      #expect(!error.message.contains("hidden"))
    }
  }
}
