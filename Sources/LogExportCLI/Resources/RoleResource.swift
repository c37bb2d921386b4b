internal import Azure
internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Planning
internal import Timeline

/// Role assignments: `Microsoft.Authorization/roleAssignments`.
enum RoleResource {
  /// Built-in roles by their GUIDs, which are the same everywhere: the one that is granted first, then those that
  /// hold it.
  static func definitions(_ grant: Grant) -> [String] {
    switch grant {
    case .storageContributor:
      [
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  // Storage Blob Data Contributor
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",  // Storage Blob Data Owner
      ]
    case .workspaceReader:
      [
        "3b03c2da-16b3-4a49-8834-0f8130efdd3b",  // Log Analytics Data Reader
        "73c42c96-874c-492b-b04d-ab87d138a893",  // Log Analytics Reader
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",  // Log Analytics Contributor
      ]
    }
  }

  /// What the assignments of a scope come to for one grant; nil where none of them gives it.
  ///
  /// An assignment may be bound by a condition on attributes (`condition`), such as the names of containers. It counts
  /// only where none without a condition does.
  static func held(_ grant: Grant, by assignments: [JSON]) -> HeldGrant? {
    let roles = definitions(grant)
    let giving = assignments.map { $0["properties"] ?? [:] }.filter { properties in
      let role = properties["roleDefinitionId"]?.string?.lowercased() ?? ""
      return roles.contains { role.hasSuffix($0) }
    }
    if giving.isEmpty { return nil }
    let free = giving.filter { $0["condition"]?.string?.isEmpty ?? true }
    let since = (free.isEmpty ? giving : free).map { $0["createdOn"]?.string.flatMap { Tick(iso8601: $0) } }
    // One whose time is not known may be the one that has acted for long.
    return HeldGrant(isConditional: free.isEmpty, since: since.contains(nil) ? nil : since.compactMap(\.self).min())
  }

  /// Between attempts to assign a role to a principal that is not found, 5 minutes in all.
  ///
  /// A service principal that has just been made reaches Resource Manager some minutes later. `principalType` is sent
  /// so that it is not looked up (role-based-access-control/troubleshooting, "PrincipalNotFound"); where it is all the
  /// same, it is waited for as long as Terraform's azurerm does.
  static let principalPauses =
    [Duration.seconds(5), .seconds(10), .seconds(15)] + Array(repeating: Duration.seconds(30), count: 9)

  /// The name of an assignment, a GUID that is always the same for the same one: asking twice makes one.
  ///
  /// Version 8 of RFC 9562, of bits of the maker's choice: the first of a SHA-256.
  static func name(scope: String, role: String, principal: String) -> String {
    let digits = Array(Digest.sha256("\(scope.lowercased())|\(role)|\(principal)"))
    func group(_ range: Range<Int>) -> String { String(digits[range]) }
    return "\(group(0..<8))-\(group(8..<12))-8\(group(13..<16))-8\(group(17..<20))-\(group(20..<32))"
  }
}

extension AzureResources {
  /// What the principal may do already; an assignment to a group that it is in counts.
  func grants(_ spec: ExportSpec) async throws -> [Grant: HeldGrant]? {
    guard let access = spec.access else { return nil }
    try await checkWorkspace(spec)
    var grants: [Grant: HeldGrant] = [:]
    for grant in Grant.allCases {
      let filter = PercentEncoding.query("atScope() and assignedTo('\(access.principal)')")
      let assignments = try await client.list(
        "\(scope(of: grant, spec))/providers/Microsoft.Authorization/roleAssignments", .authorization,
        query: "$filter=\(filter)")
      grants[grant] = RoleResource.held(grant, by: assignments)
    }
    return grants
  }

  func assign(_ grant: Grant, _ spec: ExportSpec) async throws {
    guard let access = spec.access, let role = RoleResource.definitions(grant).first else { return }
    let scope = try scope(of: grant, spec)
    let name = RoleResource.name(scope: scope, role: role, principal: access.principal)
    let subscription = scope.split(separator: "/").prefix(2).joined(separator: "/")
    do throws(AzureError) {
      try await client.put(
        "\(scope)/providers/Microsoft.Authorization/roleAssignments/\(name)", .authorization,
        [
          "properties": [
            "roleDefinitionId": .string(
              "/\(subscription)/providers/Microsoft.Authorization/roleDefinitions/\(role)"),
            "principalId": .string(access.principal), "principalType": "ServicePrincipal",
          ]
        ], whileRefusedBy: "PrincipalNotFound", pauses: RoleResource.principalPauses)
    } catch {
      if error.serviceCode == "PrincipalNotFound" {
        var unknown = error
        unknown.remedy =
          "\n  access.principal takes the object id of a service principal of this tenant, which is not its client id: az ad sp show --id CLIENT-ID --query id"
        throw unknown
      }
      // Somebody else has made it, under another name.
      guard error.serviceCode == "RoleAssignmentExists" else { throw error }
    }
  }

  private func scope(of grant: Grant, _ spec: ExportSpec) throws -> String {
    switch grant {
    case .storageContributor: return try accountID
    case .workspaceReader:
      guard let workspace = spec.source.resource else {
        throw AzureError(.badRequest, "the spec names no source.resource")
      }
      return workspace
    }
  }
}
