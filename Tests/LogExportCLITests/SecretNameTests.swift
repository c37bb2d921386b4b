import Azure
import ExportSpec
import Testing

@Suite struct SecretNameTests {
  @Test(
    arguments: SecretVariables.secrets + [
      "MSI_SECRET", "HTTPS_PROXY", "https_proxy", "all_proxy", "SYSTEM_ACCESSTOKEN",
    ])
  func `no variable that holds a secret is taken into a spec`(name: String) { #expect(namesSecret(name)) }

  @Test(arguments: ["NO_PROXY", "no_proxy", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "LOG_ANALYTICS_WORKSPACE_ID"])
  func `what is none may be`(name: String) { #expect(!namesSecret(name)) }
}
