internal import Azure
internal import Planning

/// An account's blob service: `Microsoft.Storage/storageAccounts/blobServices`, of which there is one, `default`.
extension AzureResources {
  private var serviceID: String { get throws { try "\(accountID)/blobServices/default" } }

  func blobServiceState() async throws -> BlobServiceState {
    let policy = try await client.get(serviceID, .storage).properties["deleteRetentionPolicy"] ?? [:]
    return BlobServiceState(softDeleteDays: policy["enabled"]?.bool == true ? policy["days"]?.integer : nil)
  }

  /// `PUT` replaces the properties, so that those that are there are sent along.
  func setSoftDelete(days: Int) async throws {
    var properties = try await client.get(serviceID, .storage).properties
    var policy = properties["deleteRetentionPolicy"] ?? [:]
    policy["enabled"] = true
    policy["days"] = .integer(Int64(days))
    properties["deleteRetentionPolicy"] = policy
    try await client.put(serviceID, .storage, ["properties": properties])
  }
}
