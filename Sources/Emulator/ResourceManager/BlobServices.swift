/// Microsoft.Storage/storageAccounts/blobServices/default: what is declared
/// here is kept and shown; soft delete and versions are not acted on.
extension ResourceManager {
  private static let blobServiceType = "Microsoft.Storage/storageAccounts/blobServices"

  /// GET, PUT and list.
  func blobServices(_ request: ResourceRequest) throws -> HTTPResponse {
    let names = request.path.names
    guard let account = names.first, let owner = store[Self.accountID(account)] else {
      throw ResourceError.parentNotFound(request.path)
    }
    let id = owner.id + "/blobServices/default"
    if names.count == 1, request.http.method == "GET" { return .list([Self.current(id, owner, store.all).shown]) }
    guard names.count == 2, names[1].lowercased() == "default" else { throw ResourceError.notFound(request.path) }
    switch request.http.method {
    case "GET": return .json(200, Self.current(id, owner, store.all).shown)
    case "PUT":
      let properties = try request.body()["properties"] ?? .object([:])
      for name in ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"] {
        try Self.checkRetention(properties[name], name)
      }
      if let versions = properties["isVersioningEnabled"], versions.bool == nil {
        throw ResourceError.invalidValue("isVersioningEnabled")
      }
      let changed = try store.change { documents in
        var document = Self.current(id, owner, documents)
        document.content["properties"] = document.properties.merging(properties)
        documents[id: id] = document
        return document
      }
      return .json(200, changed.shown)
    default: throw ResourceError.methodNotAllowed
    }
  }

  private static func current(_ id: String, _ owner: ResourceDocument, _ documents: ResourceStore.Documents)
    -> ResourceDocument
  {
    documents[id: id]
      ?? ResourceDocument(
        id: id, type: blobServiceType,
        content: [
          "sku": owner.content["sku"] ?? .object([:]),
          "properties": [
            "cors": ["corsRules": []], "deleteRetentionPolicy": ["allowPermanentDelete": false, "enabled": false],
          ],
        ])
  }

  /// 1 to 365 days where it is on.
  private static func checkRetention(_ policy: JSONValue?, _ name: String) throws(ResourceError) {
    guard let policy else { return }
    guard let isEnabled = policy["enabled"]?.bool else { throw .invalidValue("\(name).enabled") }
    guard !isEnabled || (1...365).contains(policy["days"]?.integer ?? 0) else { throw .invalidValue("\(name).days") }
  }
}
