/// A built-in role, as far as it bears on storage and logs.
struct BuiltInRole: Sendable {
  /// What a role lets its holder do with data; management is not enforced.
  enum Power: Sendable {
    case readBlobs, writeBlobs, readLogs
  }

  let id: String
  let name: String
  let description: String
  let powers: Set<Power>
  let actions: [String]
  let dataActions: [String]

  private static let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers"

  /// The roles that are known, with their documented identifiers.
  static let all = [
    BuiltInRole(
      id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe", name: "Storage Blob Data Contributor",
      description: "Allows for read, write and delete access to Azure Storage blob containers and data",
      powers: [.readBlobs, .writeBlobs],
      actions: [
        "\(blobs)/delete", "\(blobs)/read", "\(blobs)/write",
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
      ],
      dataActions: ["delete", "read", "write", "move/action", "add/action"].map { "\(blobs)/blobs/\($0)" }),
    BuiltInRole(
      id: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", name: "Storage Blob Data Owner",
      description: "Allows for full access to Azure Storage blob containers and data, including POSIX access control",
      powers: [.readBlobs, .writeBlobs],
      actions: [
        "\(blobs)/*", "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
      ], dataActions: ["\(blobs)/blobs/*"]),
    BuiltInRole(
      id: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", name: "Storage Blob Data Reader",
      description: "Allows for read access to Azure Storage blob containers and data", powers: [.readBlobs],
      actions: [
        "\(blobs)/read", "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
      ], dataActions: ["\(blobs)/blobs/read"]),
    BuiltInRole(
      id: "3b03c2da-16b3-4a49-8834-0f8130efdd3b", name: "Log Analytics Data Reader",
      description: "Can query and search all logs", powers: [.readLogs],
      actions: [
        "Microsoft.OperationalInsights/workspaces/read", "Microsoft.OperationalInsights/workspaces/query/read",
      ], dataActions: ["Microsoft.OperationalInsights/workspaces/tables/data/read"]),
    BuiltInRole(
      id: "73c42c96-874c-492b-b04d-ab87d138a893", name: "Log Analytics Reader",
      description: "Can view and search all monitoring data and view monitoring settings", powers: [.readLogs],
      actions: [
        "*/read", "Microsoft.OperationalInsights/workspaces/analytics/query/action",
        "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*",
      ], dataActions: []),
    BuiltInRole(
      id: "acdd72a7-3385-48ef-bd42-f606fba81ae7", name: "Reader",
      description: "View all resources, but does not allow you to make any changes.", powers: [.readLogs],
      actions: ["*/read"], dataActions: []),
    BuiltInRole(
      id: "b24988ac-6180-42a0-ab88-20f7382dd24c", name: "Contributor",
      description: "Grants full access to manage all resources, but does not allow you to assign roles",
      powers: [.readLogs], actions: ["*"], dataActions: []),
    BuiltInRole(
      id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", name: "Owner",
      description: "Grants full access to manage all resources, including the ability to assign roles",
      powers: [.readLogs], actions: ["*"], dataActions: []),
  ]

  /// The role that a definition's identifier ends in; nil where there is none.
  static func named(_ definition: String) -> BuiltInRole? {
    let name = definition.split(separator: "/").last?.lowercased()
    return all.first { $0.id == name }
  }

  /// The object of Microsoft.Authorization/roleDefinitions.
  func shown(under subscription: String?) -> JSONValue {
    let scope = subscription.map { "/subscriptions/\($0)" } ?? ""
    return [
      "id": .string("\(scope)/providers/Microsoft.Authorization/roleDefinitions/\(id)"), "name": .string(id),
      "type": "Microsoft.Authorization/roleDefinitions",
      "properties": [
        "roleName": .string(name), "type": "BuiltInRole", "description": .string(description),
        "assignableScopes": ["/"],
        "permissions": [
          [
            "actions": .array(actions.map { .string($0) }), "notActions": [],
            "dataActions": .array(dataActions.map { .string($0) }), "notDataActions": [],
          ]
        ],
      ],
    ]
  }
}
