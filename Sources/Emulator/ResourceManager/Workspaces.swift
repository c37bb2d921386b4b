/// Microsoft.OperationalInsights/workspaces and their tables: those that hold
/// rows.
extension ResourceManager {
  static let workspaceType = "Microsoft.OperationalInsights/workspaces"

  /// The identifier of the n-th workspace of the command line, from 0:
  /// `emulator`, `emulator-2`, …
  static func workspaceID(_ index: Int) -> String {
    ResourceID.make(workspaceType, index == 0 ? "emulator" : "emulator-\(index + 1)")
  }

  /// Rows are kept for two years, the longest interactive retention, unless a
  /// table says otherwise.
  static func freshWorkspace(customer: String, created: String) -> JSONValue {
    [
      "location": .string(ResourceID.location), "tags": .object([:]),
      "properties": [
        "customerId": .string(customer), "provisioningState": "Succeeded", "sku": ["name": "PerGB2018"],
        "retentionInDays": 730, "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled", "createdDate": .string(created), "modifiedDate": .string(created),
        "features": ["enableLogAccessUsingOnlyResourcePermissions": true],
      ],
    ]
  }

  /// GET, list, PATCH and PUT.
  func workspaces(_ request: ResourceRequest) throws -> HTTPResponse {
    if request.path.kind.contains("/workspaces/") { return try tables(request) }
    guard let name = request.path.names.first else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      return .list(store.all.children(of: request.path.scope, type: Self.workspaceType).map(\.shown))
    }
    let id = ResourceID.make(Self.workspaceType, name)
    switch request.http.method {
    case "GET": return .json(200, try found(request.path, id).shown)
    case "PATCH", "PUT":
      let body = try request.body()
      guard store[id] != nil || request.http.method == "PATCH" else {
        throw ResourceError.notEmulated("Making a workspace; --workspace names them. That")
      }
      if let days = body["properties"]?["retentionInDays"], !(7...730).contains(days.integer ?? 0) {
        throw ResourceError(400, "InvalidParameter", "'RetentionInDays' must be between 7 and 730.")
      }
      let changed = try store.change { documents in
        guard var document = documents[id: id] else { throw ResourceError.notFound(request.path) }
        var properties = document.properties.merging(body["properties"])
        for name in ["customerId", "provisioningState", "createdDate"] { properties[name] = document.properties[name] }
        properties["modifiedDate"] = .string(HTTPDate.iso(clock.seconds))
        document.content["properties"] = properties
        if let tags = body["tags"] { document.content["tags"] = tags }
        documents[id: id] = document
        return document
      }
      return .json(200, changed.shown)
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func tables(_ request: ResourceRequest) throws -> HTTPResponse {
    let names = request.path.names
    guard let name = names.first, let owner = store[ResourceID.make(Self.workspaceType, name)] else {
      throw ResourceError.parentNotFound(request.path)
    }
    guard request.path.kind.hasSuffix("/workspaces/tables") else {
      throw ResourceError.notEmulated("The type \(request.path.kind)")
    }
    let tables = logs.tables.sorted { $0.name < $1.name }
    guard names.count == 2 else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      return .list(tables.map { shown($0, owner) })
    }
    guard let table = tables.first(where: { $0.name.lowercased() == names[1].lowercased() }) else {
      throw ResourceError.notFound(request.path)
    }
    switch request.http.method {
    case "GET": return .json(200, shown(table, owner))
    case "PATCH", "PUT":
      let change = try TableSettings.Change(try request.body()["properties"])
      try store.change { documents in
        let settings = TableSettings(documents[id: Self.tableID(table.name, owner.id)])
        try Self.set(try settings.changed(by: change), of: table.name, under: owner.id, &documents)
      }
      return .json(200, shown(table, owner))
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func shown(_ table: LogTable, _ owner: ResourceDocument) -> JSONValue {
    let id = Self.tableID(table.name, owner.id)
    let settings = TableSettings(store[id])
    return [
      "id": .string(id), "name": .string(table.name), "type": .string(Self.tableType),
      "properties": settings.shown(workspaceDays: owner.properties["retentionInDays"]?.integer ?? 730)
        .merging(["schema": Self.schema(of: table), "provisioningState": "Succeeded"]),
    ]
  }
}
