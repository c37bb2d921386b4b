/// Microsoft.Storage/storageAccounts. The accounts are those of the command
/// line: none is made or deleted here.
extension ResourceManager {
  static let accountType = "Microsoft.Storage/storageAccounts"

  /// The identifier of an account.
  static func accountID(_ name: String) -> String { ResourceID.make(accountType, name) }

  /// GET, list, PATCH, PUT and listKeys.
  func storageAccounts(_ request: ResourceRequest) throws -> HTTPResponse {
    guard let name = request.path.names.first else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      let all = store.all
      return .list(
        all.children(of: request.path.scope, type: Self.accountType).map { shown($0, request.origin, all) })
    }
    let id = Self.accountID(name)
    if request.path.isCollection { return try keys(request, name) }
    switch request.http.method {
    case "GET":
      return .json(200, shown(try found(request.path, id), request.origin, store.all))
    case "PATCH", "PUT":
      guard store[id] != nil || request.http.method == "PATCH" else {
        throw ResourceError.notEmulated("Making a storage account; --account names them. That")
      }
      let body = try request.body()
      let changed = try store.change { documents in
        guard var document = documents[id: id] else { throw ResourceError.notFound(request.path) }
        try Self.update(&document, body, isPut: request.http.method == "PUT", documents)
        documents[id: id] = document
        return document
      }
      return .json(200, shown(changed, request.origin, store.all))
    case "DELETE": throw ResourceError.notEmulated("Deleting a storage account")
    default: throw ResourceError.methodNotAllowed
    }
  }

  /// An account open to every network, key and version of TLS, but not to
  /// anyone without credentials: nothing is anonymous unless it is asked for.
  static func freshAccount(created: String) -> JSONValue {
    [
      "location": .string(ResourceID.location), "kind": "StorageV2", "tags": .object([:]),
      "sku": ["name": "Standard_LRS", "tier": "Standard"],
      "properties": [
        "provisioningState": "Succeeded", "creationTime": .string(created), "accessTier": "Hot",
        "primaryLocation": .string(ResourceID.location), "statusOfPrimary": "available", "isHnsEnabled": false,
        "allowBlobPublicAccess": false, "allowSharedKeyAccess": true, "minimumTlsVersion": "TLS1_0",
        "supportsHttpsTrafficOnly": false, "publicNetworkAccess": "Enabled",
        "networkAcls": [
          "defaultAction": "Allow", "bypass": "AzureServices", "ipRules": [], "virtualNetworkRules": [],
        ],
      ],
    ]
  }

  /// Properties one by one, `networkAcls` and `tags` as a whole: what a request
  /// leaves out of `networkAcls` is gone (Azure/azure-cli issue 4825).
  private static func update(
    _ document: inout ResourceDocument, _ body: JSONValue, isPut: Bool, _ documents: ResourceStore.Documents
  ) throws(ResourceError) {
    if isPut {
      guard body["sku"]?["name"]?.string != nil, body["kind"]?.string != nil, let location = body["location"]?.string
      else { throw .invalidContent("sku, kind and location are required.") }
      guard location.filter({ $0 != " " }).lowercased() == document.content["location"]?.string else {
        throw ResourceError(
          409, "InvalidResourceLocation",
          "The resource '\(document.name)' already exists in location '\(ResourceID.location)'.")
      }
    }
    let properties = body["properties"] ?? .object([:])
    for name in ["allowBlobPublicAccess", "allowSharedKeyAccess", "supportsHttpsTrafficOnly"] {
      if let value = properties[name], value.bool == nil { throw .invalidValue(name) }
    }
    for (name, values) in [
      "minimumTlsVersion": ["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"],
      "publicNetworkAccess": ["Enabled", "Disabled", "SecuredByPerimeter"],
      "accessTier": ["Hot", "Cool", "Cold", "Premium"],
    ] {
      if let value = properties[name], !values.contains(value.string ?? "") { throw .invalidValue(name) }
    }
    var merged = document.properties.merging(properties)
    if let rules = properties["networkAcls"] { merged["networkAcls"] = try NetworkRules.normal(rules, documents) }
    for name in ["provisioningState", "creationTime", "primaryLocation", "statusOfPrimary", "primaryEndpoints"] {
      merged[name] = document.properties[name]
    }
    document.content["properties"] = merged
    for name in ["tags", "kind", "identity"] {
      if let value = body[name] { document.content[name] = value }
    }
    if let sku = body["sku"] { document.content["sku"] = (document.content["sku"] ?? .object([:])).merging(sku) }
  }

  /// With its endpoints, and with the state of its network rules.
  private func shown(_ document: ResourceDocument, _ origin: String, _ documents: ResourceStore.Documents)
    -> JSONValue
  {
    var properties = document.properties
    properties["primaryEndpoints"] = ["blob": .string("\(origin)/\(document.name)/")]
    if var rules = properties["networkAcls"] {
      rules["virtualNetworkRules"] = .array(
        (rules["virtualNetworkRules"]?.array ?? []).map { rule in
          let exists = rule["id"]?.string.flatMap { documents[id: $0] } != nil
          return rule.merging(["state": exists ? "Succeeded" : "NetworkSourceDeleted"])
        })
      properties["networkAcls"] = rules
    }
    return document.shown.merging(["properties": properties])
  }

  private func keys(_ request: ResourceRequest, _ name: String) throws(ResourceError) -> HTTPResponse {
    guard request.http.method == "POST" else { throw .methodNotAllowed }
    let account = accounts.first { $0.key.lowercased() == name.lowercased() }?.value
    guard let account else { throw .notFound(request.path) }
    return .json(
      200,
      ["keys": [["keyName": "key1", "value": .string(Base64.encode(account.key)), "permissions": "FULL"]]])
  }
}
