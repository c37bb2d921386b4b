import Diagnostics
import ExportSpec
import Testing

@Suite struct NameTests {
  @Test(arguments: [
    ("logs-{table}", "SecurityEvent", "logs-securityevent"), ("{table}", "My_Table_CL", "my-table-cl"),
    ("logs", "SecurityEvent", "logs"), ("{table}-{table}", "A_B", "a-b-a-b"), ("{x}-{table}", "T", "{x}-t"),
  ])
  func `a container's name takes the table's in lower case, with hyphens`(
    template: String, table: String, name: String
  ) {
    #expect(containerName(template: template, table: table) == name)
  }

  @Test func `a name reaches KQL in brackets and quotes`() {
    #expect(quotedIdentifier("SecurityEvent") == "['SecurityEvent']")
    #expect(quotedIdentifier("a'] | union ['b\\") == "['a\\'] | union [\\'b\\\\']")
  }

  @Test(arguments: [
    ("SecurityEvent", true), ("_Internal", true), ("Custom_CL", true), ("T1", true), ("", false), ("1T", false),
    ("a b", false), ("a-b", false), ("é", false), ("a.b", false), ("T\n", false),
  ])
  func `identifiers are letters, digits and underscores`(name: String, isOne: Bool) {
    #expect(isIdentifier(name) == isOne)
  }

  @Test(arguments: [
    "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_SAS_TOKEN",
    "my_secret_name", "DB_PASSWORD", "API_KEY", "GITHUB_TOKEN",
  ])
  func `a variable known to hold a secret is refused, set or not`(name: String) {
    for environment in [[:], [name: "hunter2"]] {
      let text = specText(destination: ", path: \"${env:\(name):-x}/{start}.{ext}\"")
      let (spec, diagnostics) = decode(text, environment: environment)
      #expect(spec == nil)
      #expect(diagnostics.map(\.summary) == ["the variable \(name) holds a secret, and no key of the spec takes one"])
    }
  }

  @Test func `a value out of the environment is never repeated in a message`() {
    let text = specText(destination: ", format: \"${env:FORMAT}\"")
    let (_, diagnostics) = decode(text, environment: ["FORMAT": "hunter2"])
    #expect(diagnostics.count == 1)
    #expect(!diagnostics.contains { $0.json.contains("hunter2") })
  }

  @Test(arguments: ["account", "url", "directory", "container", "format", "manifest"])
  func `a SAS token in a wrong place is not repeated in a message`(key: String) {
    let value = "https://a.blob.core.windows.net/{x}?sv=1&sig=hunter2"
    let text = """
      version: 1
      name: archive
      source: { workspace: 00000000-0000-0000-0000-000000000001 }
      range: { last: 1d }
      destination: { account: "abc", \(key): "\(value)" }
      tables: [T]
      """
    let (_, diagnostics) = decode(text)
    #expect(key == "directory" || diagnostics.hasErrors)
    #expect(!diagnostics.contains { $0.json.contains("hunter2") })
    #expect(!DiagnosticRenderer().render(diagnostics, source: SourceText(text)).contains("hunter2"))
  }
}
