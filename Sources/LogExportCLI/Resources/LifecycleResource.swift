internal import Azure
internal import ExportSpec
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
    let deletion = blob["delete"].map { $0.members.values.compactMap(\.integer).max() ?? 0 }
    return LifecycleRule(
      name: json["name"]?.string ?? "", isEnabled: json["enabled"]?.bool ?? true,
      prefixes: (filters["prefixMatch"] ?? []).elements.compactMap(\.string),
      blobTypes: Set((filters["blobTypes"] ?? []).elements.compactMap(\.string)), coolAfter: age("tierToCool"),
      coldAfter: age("tierToCold"), archiveAfter: age("tierToArchive"), deleteAfter: age("delete"),
      others: others(definition), deletesFrom: deletion)
  }

  /// What a spec cannot declare of a rule, in the service's words.
  private static func others(_ definition: JSON) -> [String] {
    let blob = definition["actions"]?["baseBlob"] ?? [:]
    var others: [String] = []
    for (action, conditions) in blob.members {
      if !actions.contains(action) { others.append(action) }
      for (name, value) in conditions.members where name != days {
        others.append("\(action) \(name)\(value.integer.map { " \($0)" } ?? "")")
      }
    }
    others += (definition["actions"] ?? [:]).members.keys.filter { $0 != "baseBlob" }.map { "actions on \($0)s" }
    others += (definition["filters"] ?? [:]).members.keys.filter { !["blobTypes", "prefixMatch"].contains($0) }
    return others.sorted()
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

  /// Nil where the spec names no account; nor where it declares nothing of them, so that there is only a remark to be
  /// made of them, and they cannot be read.
  func lifecycleRules(_ spec: ExportSpec) async throws -> [LifecycleRule]? {
    if account == nil { return nil }
    do { return try await presentRules().map(LifecycleResource.rule) } catch let error as AzureError {
      guard error.kind != .cancelled, spec.retention == nil else { throw error }
      return nil
    }
  }

  /// `PUT` replaces the policy, and it has no ETag: the rules that are there are read just before.
  func setLifecycle(_ rules: [LifecycleRule]) async throws {
    let merged = LifecycleResource.merged(rules, into: try await presentRules())
    try await client.put(policyID, .storage, ["properties": ["policy": ["rules": .array(merged)]]])
  }
}
