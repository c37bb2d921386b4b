import Azure
import ExportSpec
import Planning
import Testing
import Timeline

@testable import LogExportCLI

private func json(_ text: String) throws -> JSON { try #require(JSON(Array(text.utf8))) }

@Suite struct `What others own stays` {
  @Test func `network rules keep what a spec cannot declare, and other people's rules`() throws {
    let present = try json(
      #"{"bypass":"AzureServices, Metrics","defaultAction":"Allow","ipRules":[{"action":"Allow","value":"198.51.100.7"}],"resourceAccessRules":[{"tenantId":"t"}],"virtualNetworkRules":[{"id":"/A/b","action":"Allow","state":"Succeeded"}]}"#
    )
    let merged = AccountResource.merged(
      NetworkRulesChange(defaultAction: .deny, addAddresses: ["203.0.113.10"], addSubnets: ["/a/B", "/c"]),
      into: present)
    #expect(
      merged
        == (try json(
          #"{"bypass":"AzureServices, Metrics","defaultAction":"Deny","ipRules":[{"action":"Allow","value":"198.51.100.7"},{"action":"Allow","value":"203.0.113.10"}],"resourceAccessRules":[{"tenantId":"t"}],"virtualNetworkRules":[{"id":"/A/b","action":"Allow","state":"Succeeded"},{"id":"/c","action":"Allow"}]}"#
        )))
  }

  @Test func `what this version does not know of network rules is written back as it was`() throws {
    let present = try json(
      #"{"defaultAction":"Allow","futureMode":{"deep":[1.5,null]},"ipRules":[{"value":"198.51.100.7","action":"Allow","note":"x"}],"ipv6Rules":[{"value":"2001:db8::/32","action":"Allow"}],"resourceAccessRules":[{"tenantId":"t","resourceId":"/r"}],"virtualNetworkRules":[{"id":"/a","action":"Allow","state":"Provisioning","more":true}]}"#
    )
    var expected = present
    expected["defaultAction"] = "Deny"
    #expect(AccountResource.merged(NetworkRulesChange(defaultAction: .deny), into: present) == expected)
    let others = NetworkRulesChange(removeAddresses: ["198.51.100.7"], removeSubnets: ["/a"])
    expected = present
    expected["ipRules"] = []
    expected["virtualNetworkRules"] = []
    #expect(AccountResource.merged(others, into: present) == expected)
    #expect(JSON(expected.bytes) == expected)
  }

  @Test func `a change that is taken back leaves what others have changed since`() throws {
    let before = try json(
      #"{"bypass":"Metrics","defaultAction":"Allow","ipRules":[{"value":"5.6.7.8","note":"x"}],"virtualNetworkRules":[{"id":"/a"}]}"#
    )
    let change = NetworkRulesChange(
      defaultAction: .deny, bypass: [.azureServices, .logging], addAddresses: ["1.2.3.4", "5.6.7.8"],
      removeSubnets: ["/A"])
    let made = AccountResource.merged(change, into: before)
    #expect(AccountResource.undone(change, in: made, to: before) == before)
    #expect(AccountResource.undone(change, in: before, to: before) == before)
    // Somebody lets in an address and a subnet, and takes one out, while the store is asked whether it answers.
    let now = try json(
      #"{"bypass":"Logging, AzureServices","defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"},{"value":"9.9.9.9"}],"virtualNetworkRules":[{"id":"/b"}],"future":1}"#
    )
    #expect(
      AccountResource.undone(change, in: now, to: before)
        == (try json(
          #"{"bypass":"Metrics","defaultAction":"Allow","ipRules":[{"value":"9.9.9.9"}],"virtualNetworkRules":[{"id":"/b"},{"id":"/a"}],"future":1}"#
        )))
    // What somebody has set to something else is theirs.
    let theirs = try json(#"{"bypass":"None","defaultAction":"Deny","ipRules":[],"virtualNetworkRules":[]}"#)
    let undone = AccountResource.undone(change, in: theirs, to: before)
    #expect(undone["bypass"] == "None" && undone["defaultAction"] == "Allow")
  }

  @Test(
    arguments: [
      (#"{"bypass":"AzureServices","defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"},{"value":"5.6.7.8"}]}"#, true),
      // Somebody lets in one more.
      (
        #"{"bypass":"AzureServices, Logging","defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"},{"value":"5.6.7.8"},{"value":"9.9.9.9"}]}"#,
        true
      ),
      // Takes out ours, another's, or whom the bypass lets in.
      (#"{"bypass":"AzureServices","defaultAction":"Deny","ipRules":[{"value":"5.6.7.8"}]}"#, false),
      (#"{"bypass":"AzureServices","defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"}]}"#, false),
      (#"{"bypass":"None","defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"},{"value":"5.6.7.8"}]}"#, false),
    ])
  func `rules that somebody has closed further are not this run's to open again`(_ now: String, _ stands: Bool) throws {
    let before = try json(#"{"bypass":"AzureServices","defaultAction":"Allow","ipRules":[{"value":"5.6.7.8"}]}"#)
    let change = NetworkRulesChange(defaultAction: .deny, addAddresses: ["1.2.3.4"])
    #expect(AccountResource.stands(change, in: try json(now), from: before) == stands)
  }

  @Test(
    arguments: [
      ("{}", 30, true, #"{"immutabilityPeriodSinceCreationInDays":30,"allowProtectedAppendWrites":true}"#),
      (
        #"{"immutabilityPeriodSinceCreationInDays":365,"allowProtectedAppendWrites":true}"#, 5, false,
        #"{"immutabilityPeriodSinceCreationInDays":365,"allowProtectedAppendWrites":true}"#
      ),
      (
        #"{"immutabilityPeriodSinceCreationInDays":5,"allowProtectedAppendWritesAll":true}"#, 30, true,
        #"{"immutabilityPeriodSinceCreationInDays":30,"allowProtectedAppendWritesAll":true}"#
      ),
    ])
  func `a policy is written over another without taking anything from it`(
    _ present: String, _ days: Int, _ appends: Bool, _ expected: String
  ) throws {
    #expect(
      AzureResources.policy(days: days, allowsAppends: appends, over: try json(present)) == (try json(expected)))
  }

  @Test func `rules are taken out by name, whatever the case of an id`() throws {
    let present = try json(
      #"{"ipRules":[{"value":"1.2.3.4"},{"value":"5.6.7.8"}],"virtualNetworkRules":[{"id":"/A/b"}]}"#)
    let merged = AccountResource.merged(
      NetworkRulesChange(bypass: [], removeAddresses: ["1.2.3.4"], removeSubnets: ["/a/B"]), into: present)
    #expect(merged == (try json(#"{"bypass":"None","ipRules":[{"value":"5.6.7.8"}],"virtualNetworkRules":[]}"#)))
  }

  @Test func `a lifecycle policy keeps other rules as they were written`() throws {
    let other = try json(
      #"{"name":"others","type":"Lifecycle","definition":{"actions":{"snapshot":{"delete":{"daysAfterCreationGreaterThan":9}}},"filters":{"blobTypes":["blockBlob"]}}}"#
    )
    let old = LifecycleResource.json(LifecycleRule(name: "logexport-soc", prefixes: ["a/"], deleteAfter: 900))
    let new = LifecycleRule(name: "logexport-soc", prefixes: ["a/", "b/"], coolAfter: 30, deleteAfter: 730)
    let merged = LifecycleResource.merged([new], into: [old, other])
    #expect(merged == [LifecycleResource.json(new), other])
    #expect(LifecycleResource.rule(merged[0]) == new)
    #expect(LifecycleResource.rule(other).others == ["actions on snapshots"])
    #expect(LifecycleResource.rule(other).deletesFrom == nil)
  }

  @Test(
    arguments: [
      (#"{"daysAfterModificationGreaterThan":30}"#, 30, []),
      (#"{"daysAfterCreationGreaterThan":10}"#, 10, ["delete daysAfterCreationGreaterThan 10"]),
      (
        #"{"daysAfterLastAccessTimeGreaterThan":90,"daysAfterCreationGreaterThan":10}"#, 90,
        ["delete daysAfterCreationGreaterThan 10", "delete daysAfterLastAccessTimeGreaterThan 90"]
      ), (#"{}"#, 0, []),
    ] as [(String, Int, [String])])
  func `when a rule deletes is known by whichever clock it goes`(_ delete: String, _ days: Int, _ others: [String])
    throws
  {
    let text =
      #"{"name":"r","definition":{"actions":{"baseBlob":{"delete":\#(delete)}},"filters":{"blobTypes":["blockBlob"]}}}"#
    let rule = LifecycleResource.rule(try json(text))
    #expect(rule.deletesFrom == days)
    #expect(rule.others == others)
  }

  @Test func `a rule without a prefix, which would reach every container, is never written`() {
    #expect(LifecycleResource.merged([LifecycleRule(name: "x", prefixes: [], deleteAfter: 1)], into: []).isEmpty)
  }

  @Test func `the name of a role assignment is a GUID of its own, and always the same`() {
    let name = RoleResource.name(scope: "/Subscriptions/S", role: "r", principal: "p")
    #expect(name == RoleResource.name(scope: "/subscriptions/s", role: "r", principal: "p"))
    #expect(name != RoleResource.name(scope: "/subscriptions/s", role: "r", principal: "q"))
    #expect(name.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
  }

  @Test(
    arguments: [
      ("[]", nil), (#"[{"roleDefinitionId":"/x/ba92f5b4-2d11-453d-a403-e96b0029c9fe"}]"#, HeldGrant()),
      (#"[{"roleDefinitionId":"/x/B7E6DC6D-F1E8-4753-8033-0F276BB0955B","condition":null}]"#, HeldGrant()),
      (#"[{"roleDefinitionId":"/x/acdd72a7-3385-48ef-bd42-f606fba81ae7"}]"#, nil),
      (
        #"[{"roleDefinitionId":"/x/ba92f5b4-2d11-453d-a403-e96b0029c9fe","condition":"(@Resource[x] StringEquals 'a')"}]"#,
        HeldGrant(isConditional: true)
      ),
      (
        #"[{"roleDefinitionId":"/x/ba92f5b4-2d11-453d-a403-e96b0029c9fe","condition":"(x)"},{"roleDefinitionId":"/x/b7e6dc6d-f1e8-4753-8033-0f276bb0955b","condition":""}]"#,
        HeldGrant()
      ),
    ] as [(String, HeldGrant?)])
  func `a role under a condition counts where none without one is held`(properties: String, held: HeldGrant?) throws {
    let assignments = try json(properties).elements.map { JSON.object(["properties": $0]) }
    #expect(RoleResource.held(.storageContributor, by: assignments) == held)
  }

  @Test(
    arguments: [
      (#"[{"createdOn":"2026-01-01T10:00:00.5Z"},{"createdOn":"2026-01-01T09:00:00Z"}]"#, "2026-01-01T09:00:00Z"),
      (#"[{"createdOn":"2026-01-01T10:00:00Z"},{}]"#, nil), (#"[{"createdOn":"soon"}]"#, nil),
      (
        #"[{"createdOn":"2026-01-01T10:00:00Z"},{"createdOn":"2026-01-01T09:00:00Z","condition":"(x)"}]"#,
        "2026-01-01T10:00:00Z"
      ),
    ] as [(String, String?)])
  func `a role is held since the earliest of its assignments`(properties: String, since: String?) throws {
    let assignments = try json(properties).elements.map { assignment in
      var assignment = assignment
      assignment["roleDefinitionId"] = "/x/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
      return JSON.object(["properties": assignment])
    }
    let held = RoleResource.held(.storageContributor, by: assignments)
    #expect(held?.since == since.flatMap { Tick(iso8601: $0) })
  }

  @Test func `what an account leaves out is taken for the wider of what it may mean`() throws {
    let state = AccountResource.state(try json(#"{"minimumTlsVersion":"TLS1_1"}"#))
    #expect(state.minTls == "1.1" && state.sharedKey && state.httpsOnly == nil && state.anonymousAccess)
    #expect(state.rules == NetworkRules(defaultAction: .allow, bypass: [.azureServices], addresses: [], subnets: []))
  }
}
