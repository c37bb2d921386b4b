import Testing

@testable import Emulator

@Suite struct RoleTests {
  private static let contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
  private static let blobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
  private static let logReader = "3b03c2da-16b3-4a49-8834-0f8130efdd3b"
  private static let subscription = "/subscriptions/\(ResourceID.subscription)"

  @discardableResult
  private func grant(
    _ bench: Bench, _ role: String, at scope: String, name: String = Digest.guid(),
    to principal: String = ClientCredentials.development.object
  ) throws -> Reply {
    try bench.resource(
      "PUT", "\(scope)/providers/Microsoft.Authorization/roleAssignments/\(name)",
      [
        "properties": [
          "principalId": .string(principal),
          "roleDefinitionId": .string("/providers/Microsoft.Authorization/roleDefinitions/\(role)"),
        ]
      ])
  }

  @Test func `without assignments nobody reads or writes where roles are enforced`() throws {
    let bench = try Bench { $0.enforcesRoles = true }
    #expect(try bench.blobByToken("GET", "?comp=list").code == "AuthorizationPermissionMismatch")
    #expect(try bench.query().status == 403)
    // The account's key is above roles.
    #expect(bench.blob("GET", "?comp=list").status == 200)
  }

  @Test func `an assignment acts at its scope and below`() throws {
    let bench = try Bench { $0.enforcesRoles = true }
    let account = ResourceManager.accountID("devstoreaccount1")
    for name in ["logs", "other"] { #expect(bench.blob("PUT", "\(name)?restype=container").status == 201) }
    try grant(bench, Self.contributor, at: "\(account)/blobServices/default/containers/logs")
    let block = ["x-ms-blob-type": "BlockBlob"]
    #expect(try bench.blobByToken("PUT", "logs/b", block, body: "1").status == 201)
    #expect(try bench.blobByToken("PUT", "other/b", block, body: "1").status == 403)
    #expect(try bench.blobByToken("GET", "?comp=list").status == 403)
    try grant(bench, Self.blobReader, at: Self.subscription)
    #expect(try bench.blobByToken("GET", "?comp=list").status == 200)
    #expect(try bench.blobByToken("PUT", "other/b", block, body: "1").status == 403)
    #expect(try bench.query().status == 403)
    try grant(bench, Self.logReader, at: ResourceManager.workspaceID(0))
    #expect(try bench.query().status == 200)
  }

  @Test func `an assignment to someone else does nothing`() throws {
    let bench = try Bench { $0.enforcesRoles = true }
    try grant(bench, Self.contributor, at: Self.subscription, to: Digest.guid())
    #expect(try bench.blobByToken("GET", "?comp=list").status == 403)
  }

  @Test func `a grant takes as many refusals as it was given`() throws {
    let bench = try Bench {
      $0.enforcesRoles = true
      $0.grantDelay = 2
    }
    #expect(try bench.blobByToken("GET", "?comp=list").status == 403)
    try grant(bench, Self.contributor, at: Self.subscription)
    let statuses = try (0..<4).map { _ in try bench.blobByToken("GET", "?comp=list").status }
    #expect(statuses == [403, 403, 200, 200])
  }

  @Test func `an assignment is one of its kind and keeps its subject`() throws {
    let bench = try Bench()
    let name = Digest.guid()
    #expect(try grant(bench, Self.contributor, at: Self.subscription, name: name).status == 201)
    #expect(try grant(bench, Self.contributor, at: Self.subscription, name: name).status == 200)
    #expect(try grant(bench, Self.contributor, at: Self.subscription).errorCode() == "RoleAssignmentExists")
    #expect(
      try grant(bench, Self.blobReader, at: Self.subscription, name: name).errorCode()
        == "RoleAssignmentUpdateNotPermitted")
    #expect(
      try grant(bench, Self.blobReader, at: Self.subscription, name: "x").errorCode() == "InvalidRoleAssignmentId")
    #expect(try grant(bench, Digest.guid(), at: Self.subscription).errorCode() == "RoleDefinitionDoesNotExist")
    #expect(try grant(bench, Self.blobReader, at: Self.subscription, to: "me").errorCode() == "InvalidPrincipalId")
    let path = "\(Self.subscription)/providers/Microsoft.Authorization/roleAssignments/\(name)"
    #expect(try bench.resource("DELETE", path).status == 200)
    #expect(try bench.resource("DELETE", path).status == 204)
    #expect(try bench.resource("GET", path).errorCode() == "RoleAssignmentNotFound")
  }
}
