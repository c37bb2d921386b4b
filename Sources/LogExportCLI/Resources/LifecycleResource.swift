internal import Azure
internal import Planning

/// An account's lifecycle policy: `Microsoft.Storage/storageAccounts/managementPolicies`, of which there is one.
enum LifecycleResource {
  /// The actions on a blob that a spec can declare.
  private static let actions = ["tierToCool", "tierToCold", "tierToArchive", "delete"]
  private static let days = "daysAfterModificationGreaterThan"

  static func rule(_ json: JSON) -> LifecycleRule {
    let definition = json["definition"] ?? [:]
    let filters = definition["filters"] ?? [:]
    let blob = definition["actions"]?["baseBlob"] ?? [:]
    func age(_ action: String) -> Int? { blob[action]?[days]?.integer }
    let onlyKnown =
      Set(blob.members.keys).isSubset(of: actions)
      && blob.members.values.allSatisfy { Set($0.members.keys).isSubset(of: [days]) }
      && Set((definition["actions"] ?? [:]).members.keys).isSubset(of: ["baseBlob"])
      && Set(filters.members.keys).isSubset(of: ["blobTypes", "prefixMatch"])
    return LifecycleRule(
      name: json["name"]?.string ?? "", isEnabled: json["enabled"]?.bool ?? true,
      prefixes: (filters["prefixMatch"] ?? []).elements.compactMap(\.string),
      blobTypes: Set((filters["blobTypes"] ?? []).elements.compactMap(\.string)), coolAfter: age("tierToCool"),
      coldAfter: age("tierToCold"), archiveAfter: age("tierToArchive"), deleteAfter: age("delete"),
      hasOthers: !onlyKnown)
  }

  static func json(_ rule: LifecycleRule) -> JSON {
    var blob: JSON = [:]
    for (action, age) in zip(actions, [rule.coolAfter, rule.coldAfter, rule.archiveAfter, rule.deleteAfter]) {
      if let age { blob[action] = .object([days: .integer(Int64(age))]) }
    }
    return [
      "name": .string(rule.name), "enabled": .bool(rule.isEnabled), "type": "Lifecycle",
      "definition": [
        "filters": [
          "blobTypes": .array(rule.blobTypes.sorted().map(JSON.string)),
          "prefixMatch": .array(rule.prefixes.map(JSON.string)),
        ],
        "actions": ["baseBlob": blob],
      ],
    ]
  }

  /// The policy's rules with these in the place of those of their names; a rule without prefixes, which would be one
  /// for every container, never comes of it.
  static func merged(_ rules: [LifecycleRule], into present: [JSON]) -> [JSON] {
    var result = present
    for rule in rules where !rule.prefixes.isEmpty {
      if let index = result.firstIndex(where: { $0["name"]?.string == rule.name }) {
        result[index] = json(rule)
      } else {
        result.append(json(rule))
      }
    }
    return result
  }
}

extension AzureResources {
  private var policyID: String { get throws { try "\(accountID)/managementPolicies/default" } }

  private func presentRules() async throws -> [JSON] {
    let policy = try await client.find(policyID, .storage)
    return (policy?.properties["policy"]?["rules"] ?? []).elements
  }

  func lifecycleRules() async throws -> [LifecycleRule] { try await presentRules().map(LifecycleResource.rule) }

  /// `PUT` replaces the policy, and it has no ETag: the rules that are there are read just before.
  func setLifecycle(_ rules: [LifecycleRule]) async throws {
    let merged = LifecycleResource.merged(rules, into: try await presentRules())
    try await client.put(policyID, .storage, ["properties": ["policy": ["rules": .array(merged)]]])
  }
}
