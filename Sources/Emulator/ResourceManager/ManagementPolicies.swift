/// Microsoft.Storage/storageAccounts/managementPolicies/default: lifecycle
/// rules are checked and kept, but not carried out.
extension ResourceManager {
  private static let lifecycleType = "Microsoft.Storage/storageAccounts/managementPolicies"

  /// GET, PUT and DELETE.
  func managementPolicies(_ request: ResourceRequest) throws -> HTTPResponse {
    let names = request.path.names
    guard let account = names.first, let owner = store[Self.accountID(account)] else {
      throw ResourceError.parentNotFound(request.path)
    }
    guard names.count == 2, names[1].lowercased() == "default" else { throw ResourceError.notFound(request.path) }
    let id = owner.id + "/managementPolicies/default"
    switch request.http.method {
    case "GET":
      guard let policy = store[id] else {
        throw ResourceError(
          404, "ManagementPolicyNotFound", "No ManagementPolicy found for account \(owner.name)")
      }
      return .json(200, policy.shown)
    case "PUT":
      guard let rules = try request.body()["properties"]?["policy"]?["rules"]?.array else {
        throw ResourceError.invalidValue("rules")
      }
      try LifecycleRules.check(rules)
      let content: JSONValue = [
        "properties": [
          "lastModifiedTime": .string(HTTPDate.iso(clock.seconds)), "policy": ["rules": .array(rules)],
        ]
      ]
      let document = ResourceDocument(id: id, type: Self.lifecycleType, content: content)
      try store.change { $0[id: id] = document }
      return .json(200, document.shown)
    case "DELETE":
      return try store.change { documents in
        defer { documents[id: id] = nil }
        return HTTPResponse(status: documents[id: id] == nil ? 204 : 200)
      }
    default: throw ResourceError.methodNotAllowed
    }
  }
}

/// What the service takes as rules of a lifecycle policy.
enum LifecycleRules {
  private static let tiers = ["tierToCool", "tierToCold", "tierToArchive", "tierToHot"]
  private static let clocks = [
    "daysAfterModificationGreaterThan", "daysAfterCreationGreaterThan", "daysAfterLastAccessTimeGreaterThan",
    "daysAfterLastTierChangeGreaterThan",
  ]

  /// 1 to 100 rules of different names, 10 prefixes in each.
  static func check(_ rules: [JSONValue]) throws(ResourceError) {
    guard (1...100).contains(rules.count) else { throw .invalidValue("rules") }
    var names: Set<String> = []
    for rule in rules {
      guard let name = rule["name"]?.string, (1...256).contains(name.utf8.count), names.insert(name).inserted else {
        throw .invalidValue("rules[*].name")
      }
      guard rule["type"]?.string == "Lifecycle" else { throw .invalidValue("rules[*].type") }
      guard let definition = rule["definition"] else { throw .invalidValue("rules[*].definition") }
      let types = try blobTypes(definition["filters"])
      try actions(definition["actions"], types)
    }
  }

  private static func blobTypes(_ filters: JSONValue?) throws(ResourceError) -> [String] {
    let types = (filters?["blobTypes"]?.array ?? []).compactMap(\.string)
    guard !types.isEmpty, types.allSatisfy(["blockBlob", "appendBlob"].contains) else {
      throw .invalidValue("rules[*].definition.filters.blobTypes")
    }
    let prefixes = filters?["prefixMatch"]?.array ?? []
    guard prefixes.count <= 10, prefixes.allSatisfy({ isPrefix($0.string) }) else {
      throw .invalidValue("rules[*].definition.filters.prefixMatch")
    }
    return types
  }

  /// A prefix starts with a container's name.
  private static func isPrefix(_ text: String?) -> Bool {
    guard let container = text?.split(separator: "/", omittingEmptySubsequences: false).first else { return false }
    // The name itself may be a prefix where no slash follows.
    return container.utf8.first != nil
      && container.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "$")
      }
  }

  private static func actions(_ actions: JSONValue?, _ types: [String]) throws(ResourceError) {
    guard let actions = actions?.object, !actions.isEmpty else { throw .invalidValue("rules[*].definition.actions") }
    for (target, action) in actions {
      guard ["baseBlob", "snapshot", "version"].contains(target), let steps = action.object, !steps.isEmpty else {
        throw .invalidValue("rules[*].definition.actions.\(target)")
      }
      for (step, when) in steps where step != "enableAutoTierToHotFromCool" {
        let place = "rules[*].definition.actions.\(target).\(step)"
        guard step == "delete" || tiers.contains(step) else { throw .invalidValue(place) }
        // Tiers are block blobs' alone.
        if step != "delete", types.contains("appendBlob") { throw .invalidValue(place) }
        guard let days = when.object, !days.isEmpty,
          days.allSatisfy({ clocks.contains($0.key) && ($0.value.integer ?? -1) >= 0 })
        else { throw .invalidValue(place) }
      }
    }
  }
}
