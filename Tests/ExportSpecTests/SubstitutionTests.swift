import Diagnostics
import ExportSpec
import Testing

@Suite struct SubstitutionTests {
  @Test(arguments: [
    ("${env:A}", "one"), ("x${env:A}y${env:A}", "xoneyone"), ("${env:EMPTY}", ""), ("${env:EMPTY:-d}", "d"),
    ("${env:NONE:-d}", "d"), ("${env:NONE:-}", ""), ("${env:A:-d}", "one"), ("$$", "$"), ("$${env:A}", "${env:A}"),
    ("$5 a$", "$5 a$"), ("$$$$", "$$"), ("${env:NONE:-$${x}", "$${x"), ("${env:TRICK}", "${env:A}"),
  ])
  func `references are replaced once, from left to right`(raw: String, text: String) throws {
    let environment = ["A": "one", "EMPTY": "", "TRICK": "${env:A}"]
    let spec = try #require(
      decode(
        """
        version: 1
        name: archive
        source: { workspace: 00000000-0000-0000-0000-000000000001 }
        range: { last: 1d }
        destination: { directory: "./\(raw)" }
        tables: [T]
        """, environment: environment
      ).spec)
    #expect(spec.destination.store == .directory("./" + text))
  }

  @Test func `a plain reference may stand for a number or a flag, a quoted one is a string`() throws {
    let environment = ["ROWS": "5", "FLAG": "true"]
    let spec = decode(
      specText(
        destination: ", resource: \(accountResource)",
        tail: "limits:\n  rows: ${env:ROWS}\nnetwork:\n  anonymousAccess: ${env:FLAG}"),
      environment: environment
    ).spec
    #expect(spec?.limits.rows == 5)
    #expect(spec?.network?.anonymousAccess == true)
    let (_, diagnostics) = decode(specText(tail: "limits: { rows: \"${env:ROWS}\" }"), environment: environment)
    #expect(diagnostics.map(\.summary) == ["rows is a whole number, not a string"])
  }

  @Test func `a value cannot bring keys or lists of its own`() {
    let environment = ["NAME": "a\", evil: \"b", "TABLE": "[A, B]"]
    #expect(decode(specText(table: ", where: \"x == '${env:NAME}'\""), environment: environment).spec != nil)
    let text = specText().split(separator: "\n").dropLast().joined(separator: "\n") + "\n  - ${env:TABLE}\n"
    #expect(decode(text, environment: environment).diagnostics.first?.summary == "\"${env:TABLE}\" is no table's name")
  }

  @Test func `a reference to a key vault says where it is allowed`() {
    let (spec, diagnostics) = decode(specText(table: ", where: \"Account == '${keyvault:kv-soc/name}'\""))
    #expect(spec == nil)
    #expect(diagnostics.first?.summary == "a secret of a key vault stands in no spec: no key of it takes one")
    #expect(diagnostics.first?.remedy?.contains("AZURE_STORAGE_KEY") == true)
  }

  @Test func `a variable in a predicate cannot leave its parentheses`() {
    let (spec, _) = decode(
      specText(table: ", where: \"Account == ${env:WHO}\""), environment: ["WHO": "'a') or (true"])
    #expect(spec == nil)
  }

  @Test func `what a variable holds is not repeated where the posture is wrong`() {
    let environment = ["ACCOUNT": "hidden1", "IP": "198.51.100.77", "PREFIX": "10.99.0.0/24", "RULE": "hidden2"]
    let network = "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/g/providers/Microsoft.Network"
    let text = specText(
      tail: """
        network:
          allow: { ips: ["${env:IP}", 198.51.100.0/24] }
          virtualNetwork:
            resource: \(network)/virtualNetworks/v
            addressSpace: [10.20.0.0/16]
            subnet: { name: jobs, prefix: "${env:PREFIX}" }
            securityGroup:
              resource: \(network)/networkSecurityGroups/g
              rules:
                - { name: "${env:RULE}", priority: 100, direction: inbound, access: allow }
                - { name: "${env:RULE}", priority: 100, direction: inbound, access: allow }
        """
    ).replacing("account: stsocarchive", with: "account: \"${env:ACCOUNT}\", resource: \(accountResource)")
    let (spec, diagnostics) = decode(text, environment: environment)
    #expect(spec == nil)
    #expect(diagnostics.count { $0.severity == .error } == 4)
    for diagnostic in diagnostics {
      for value in environment.values {
        let said = [diagnostic.summary, diagnostic.detail ?? "", diagnostic.remedy ?? ""].joined()
        #expect(!said.contains(value), "\(said)")
      }
    }
  }
}
