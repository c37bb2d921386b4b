internal import Azure
internal import Export
internal import ExportSpec
internal import Planning

/// A storage account's properties and network rules: `Microsoft.Storage/storageAccounts`.
enum AccountResource {
  /// `1.2` as the service spells it, `TLS1_2`.
  static func tls(_ version: String) -> String { "TLS" + version.replacing(".", with: "_") }

  static func state(_ properties: JSON) -> AccountState {
    // What was never set is left out. Sources differ in what that means for anonymous access, so that the wider
    // reading is taken: it is then set.
    AccountState(
      anonymousAccess: properties["allowBlobPublicAccess"]?.bool ?? true,
      minTls: properties["minimumTlsVersion"]?.string.map {
        String($0.dropFirst(3)).replacing("_", with: ".")
      } ?? "1.0",
      httpsOnly: properties["supportsHttpsTrafficOnly"]?.bool,
      sharedKey: properties["allowSharedKeyAccess"]?.bool ?? true,
      publicNetworkAccess: properties["publicNetworkAccess"]?.string ?? "Enabled",
      rules: rules(properties["networkAcls"] ?? [:]))
  }

  private static func rules(_ acls: JSON) -> NetworkRules {
    let bypass = (acls["bypass"]?.string ?? "AzureServices").split(separator: ",")
    return NetworkRules(
      defaultAction: acls["defaultAction"]?.string?.lowercased() == "deny" ? .deny : .allow,
      bypass: Set(bypass.compactMap { BypassedService(rawValue: $0.filter { $0 != " " }) }),
      addresses: (acls["ipRules"] ?? []).elements.compactMap { $0["value"]?.string },
      subnets: (acls["virtualNetworkRules"] ?? []).elements.compactMap { $0["id"]?.string },
      others: (acls["ipv6Rules"] ?? []).elements.compactMap { $0["value"]?.string }
        + (acls["resourceAccessRules"] ?? []).elements.compactMap { $0["resourceId"]?.string.map { "resource \($0)" } })
  }

  /// The rules with a change made in them: whatever else they hold stays as it was written.
  static func merged(_ change: NetworkRulesChange, into acls: JSON) -> JSON {
    var acls = acls
    if let action = change.defaultAction { acls["defaultAction"] = action == .deny ? "Deny" : "Allow" }
    if let bypass = change.bypass {
      acls["bypass"] = .string(bypass.isEmpty ? "None" : bypass.map(\.rawValue).sorted().joined(separator: ", "))
    }
    acls["ipRules"] = list(acls["ipRules"], "value", change.addAddresses, change.removeAddresses)
    acls["virtualNetworkRules"] = list(acls["virtualNetworkRules"], "id", change.addSubnets, change.removeSubnets)
    return acls
  }

  /// Whether rules still let in all whom a change let in or left in. Where they do not, somebody has closed them
  /// further since.
  static func stands(_ change: NetworkRulesChange, in present: JSON, from before: JSON) -> Bool {
    let (now, made) = (rules(present), rules(merged(change, into: before)))
    func holds(_ all: KeyPath<NetworkRules, [String]>) -> Bool {
      Set(made[keyPath: all].map { $0.lowercased() }).isSubset(of: now[keyPath: all].map { $0.lowercased() })
    }
    return (now.defaultAction == .allow || made.defaultAction == .deny) && made.bypass.isSubset(of: now.bypass)
      && holds(\.addresses) && holds(\.subnets) && holds(\.others)
  }

  /// The rules with a change taken out of them, as far as it is still in them: what others have changed since stays.
  static func undone(_ change: NetworkRulesChange, in present: JSON, to before: JSON) -> JSON {
    var acls = present
    let (now, old) = (rules(present), rules(before))
    if let action = change.defaultAction, action == now.defaultAction, action != old.defaultAction {
      acls["defaultAction"] = before["defaultAction"] ?? "Allow"
    }
    if let bypass = change.bypass, bypass == now.bypass, bypass != old.bypass {
      acls["bypass"] = before["bypass"] ?? "AzureServices"
    }
    let made = merged(change, into: before)
    for (name, key) in [("ipRules", "value"), ("virtualNetworkRules", "id")] {
      func keys(_ acls: JSON) -> Set<String> {
        Set((acls[name] ?? []).elements.compactMap { $0[key]?.string?.lowercased() })
      }
      let added = keys(made).subtracting(keys(before))
      let removed = keys(before).subtracting(keys(made)).subtracting(keys(present))
      if added.isDisjoint(with: keys(present)), removed.isEmpty { continue }
      func select(_ acls: JSON, _ isWanted: (String) -> Bool) -> [JSON] {
        (acls[name] ?? []).elements.filter { isWanted($0[key]?.string?.lowercased() ?? "") }
      }
      acls[name] = .array(select(present) { !added.contains($0) } + select(before) { removed.contains($0) })
    }
    return acls
  }

  /// `az rest` with exactly the rules that were read; it puts the signed-in cloud's host before the path.
  static func command(restoring rules: String, of account: String) -> String {
    let body = #"{"properties":{"networkAcls":\#(rules)}}"#.replacing("'", with: #"'\''"#)
    let version = ResourceManagerClient.Version.storage.rawValue
    return "az rest --method patch --url '\(account)?api-version=\(version)' --body '\(body)'"
  }

  /// A list of rules without some and with others, which are compared without regard to case, as ids are.
  private static func list(_ rules: JSON?, _ key: String, _ added: [String], _ removed: [String]) -> JSON {
    let gone = Set(removed.map { $0.lowercased() })
    let kept = (rules ?? []).elements.filter { !gone.contains($0[key]?.string?.lowercased() ?? "") }
    let known = Set(kept.compactMap { $0[key]?.string?.lowercased() })
    let new = added.filter { !known.contains($0.lowercased()) }
    return .array(kept + new.map { .object([key: .string($0), "action": "Allow"]) })
  }
}

extension AzureResources {
  func accountState() async throws -> AccountState {
    AccountResource.state(try await client.get(accountID, .storage).properties)
  }

  /// `PATCH` of one property, which leaves the others.
  func setAccount(_ name: String, _ value: JSON) async throws {
    try await client.patch(accountID, .storage, ["properties": .object([name: value])])
  }

  /// `PATCH` replaces `networkAcls` as a whole, and accounts have no ETag: what is there is read just before.
  func changeRules(_ change: NetworkRulesChange) async throws {
    let present = try await client.get(accountID, .storage).properties["networkAcls"] ?? [:]
    try await setAccount("networkAcls", AccountResource.merged(change, into: present))
  }

  func networkRules(_ spec: ExportSpec) async throws(ResourceError) -> NetworkRulesSnapshot {
    try await translated {
      let acls = try await client.get(accountID, .storage).properties["networkAcls"] ?? [:]
      let text = String(decoding: acls.bytes, as: UTF8.self)
      return NetworkRulesSnapshot(text: text, command: AccountResource.command(restoring: text, of: try accountID))
    }
  }

  func undo(
    _ change: NetworkRulesChange, to before: NetworkRulesSnapshot, _ spec: ExportSpec
  ) async throws(ResourceError) -> RulesUndoing {
    guard let old = JSON(Array(before.text.utf8)) else {
      throw ResourceError(.invalid, "the network rules that were read cannot be written back: \(before.text)")
    }
    return try await translated {
      let present = try await client.get(accountID, .storage).properties["networkAcls"] ?? [:]
      let undone = AccountResource.undone(change, in: present, to: old)
      guard undone != present else { return .done }
      guard AccountResource.stands(change, in: present, from: old) else { return .left }
      try await setAccount("networkAcls", undone)
      return .done
    }
  }
}
