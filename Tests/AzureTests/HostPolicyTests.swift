import Azure
import Testing

@Suite struct HostPolicyTests {
  private func isAllowed(_ url: String, _ cloud: CloudEnvironment = .public, allowed: [String] = []) -> Bool {
    do {
      try HostPolicy(cloud: cloud, allowed: allowed).check(url)
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
      #expect(isAllowed(cloud.queryEndpoint, cloud))
      #expect(isAllowed(cloud.authority, cloud))
      #expect(isAllowed("https://st.blob.\(cloud.storageSuffix)/", cloud))
      #expect(isAllowed(cloud.resourceManagerEndpoint, cloud))
      #expect(isAllowed(cloud.keyVaultURL("kv-soc"), cloud))
    }
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

  @Test func `a refusal names the host and the remedy, and no query`() throws {
    do {
      try HostPolicy(cloud: .public, allowed: []).check("https://attacker.tld/c?sig=hidden")
      Issue.record("it was allowed")
    } catch {
      #expect(error.message.contains("attacker.tld") && error.message.contains("--allow-host attacker.tld"))
      #expect(!error.message.contains("hidden"))
    }
  }
}
