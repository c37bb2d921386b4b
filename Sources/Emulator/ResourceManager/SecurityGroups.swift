/// Microsoft.Network/networkSecurityGroups and their rules, which are kept and
/// checked; no traffic is filtered by them.
extension ResourceManager {
  static let groupType = "Microsoft.Network/networkSecurityGroups"
  private static let ruleType = "Microsoft.Network/networkSecurityGroups/securityRules"

  /// GET, list, PUT, PATCH of tags and DELETE.
  func securityGroups(_ request: ResourceRequest) throws -> HTTPResponse {
    if request.path.kind.hasSuffix("/securityrules") { return try securityRules(request) }
    guard let name = request.path.names.first, !request.path.isCollection else {
      guard request.http.method == "GET", request.path.names.isEmpty else { throw ResourceError.methodNotAllowed }
      let all = store.all
      return .list(all.children(of: request.path.scope, type: Self.groupType).map { Self.shownGroup($0, all) })
    }
    let id = ResourceID.make(Self.groupType, name)
    switch request.http.method {
    case "GET": return Self.reply(200, try found(request.path, id), Self.shownGroup(_:_:), store.all)
    case "PATCH": return Self.reply(200, try tag(request, id), Self.shownGroup(_:_:), store.all)
    case "PUT":
      let body = try request.body()
      guard let location = body["location"]?.string else {
        throw ResourceError(400, "LocationRequired", "The location property is required for this definition.")
      }
      var content: JSONValue = ["location": .string(location), "properties": ["provisioningState": "Succeeded"]]
      content["tags"] = body["tags"]
      let document = ResourceDocument(id: id, type: Self.groupType, content: content)
      let before = try store.change { documents in
        let before = documents[id: id]
        try request.permit(over: before?.etag)
        documents.removeTree(id)
        documents[id: id] = document
        for rule in body["properties"]?["securityRules"]?.array ?? [] {
          try Self.put(rule, rule["name"]?.string ?? "", of: id, &documents)
        }
        return before
      }
      return Self.reply(before == nil ? 201 : 200, document, Self.shownGroup(_:_:), store.all)
    case "DELETE":
      if let user = user(of: id) {
        throw ResourceError(
          400, "InUseNetworkSecurityGroupCannotBeDeleted",
          "Network security group \(id) cannot be deleted because it is in use by the following resources: "
            + "\(user.id).")
      }
      return try delete(request, id)
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func securityRules(_ request: ResourceRequest) throws -> HTTPResponse {
    let owner = ResourceID.make(Self.groupType, request.path.names.first ?? "")
    guard store[owner] != nil else { throw ResourceError.parentNotFound(request.path) }
    guard request.path.names.count == 2 else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      return .list(store.all.children(of: owner, type: Self.ruleType).map(Self.shownPart))
    }
    let name = request.path.names[1]
    let id = "\(owner)/securityRules/\(name)"
    switch request.http.method {
    case "GET": return Self.reply(200, try found(request.path, id), Self.shownPart)
    case "PUT":
      let body = try request.body()
      let (before, document) = try store.change { documents in
        guard documents[id: owner] != nil else { throw ResourceError.parentNotFound(request.path) }
        let before = documents[id: id]
        try request.permit(over: before?.etag)
        let document = try Self.put(body, name, of: owner, &documents)
        documents[id: owner]?.etag = Digest.guid()
        return (before, document)
      }
      return Self.reply(before == nil ? 201 : 200, document, Self.shownPart)
    case "DELETE": return try delete(request, id)
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func user(of group: String) -> ResourceDocument? {
    store.all.values.first {
      $0.properties["networkSecurityGroup"]?["id"]?.string.map(ResourceID.key) == ResourceID.key(group)
    }
  }

  /// Checks and keeps one rule.
  @discardableResult
  private static func put(
    _ body: JSONValue, _ name: String, of group: String, _ documents: inout ResourceStore.Documents
  ) throws(ResourceError) -> ResourceDocument {
    guard !name.isEmpty, !name.contains("/") else {
      throw ResourceError(400, "InvalidResourceName", "Resource name '\(name)' is invalid.")
    }
    let id = "\(group)/securityRules/\(name)"
    var properties = body["properties"] ?? .object([:])
    try check(properties, name)
    for other in documents.children(of: group, type: ruleType)
    where other.id != id && other.properties["priority"] == properties["priority"]
      && other.properties["direction"]?.string?.lowercased() == properties["direction"]?.string?.lowercased()
    {
      throw ResourceError(
        400, "SecurityRuleConflict",
        "Security rule \(name) conflicts with rule \(other.name). Rules cannot have the same Priority and Direction.")
    }
    properties["provisioningState"] = "Succeeded"
    let document = ResourceDocument(id: id, type: ruleType, content: ["properties": properties])
    documents[id: id] = document
    return document
  }

  /// Priorities from 100 to 4096, and each end of the rule said. The code for
  /// a missing part is not confirmed by any source.
  private static func check(_ rule: JSONValue, _ name: String) throws(ResourceError) {
    guard (100...4096).contains(rule["priority"]?.integer ?? 0) else {
      throw ResourceError(
        400, "SecurityRuleInvalidPriority",
        "Security rule has invalid Priority. Value provided: \(rule["priority"]?.text ?? "none"). Allowed range "
          + "100-4096. Security rule: \(name).")
    }
    for (part, values) in [
      ("access", ["allow", "deny"]), ("direction", ["inbound", "outbound"]),
      ("protocol", ["*", "tcp", "udp", "icmp", "esp", "ah"]),
    ] where !values.contains(rule[part]?.string?.lowercased() ?? "") {
      throw ResourceError(
        400, "SecurityRuleInvalidParameter", "Security rule \(name) has an invalid value for \(part).")
    }
    for (one, several) in [
      ("sourceAddressPrefix", "sourceAddressPrefixes"), ("destinationAddressPrefix", "destinationAddressPrefixes"),
      ("sourcePortRange", "sourcePortRanges"), ("destinationPortRange", "destinationPortRanges"),
    ] where rule[one]?.string == nil && (rule[several]?.array ?? []).isEmpty {
      throw ResourceError(
        400, "SecurityRuleParameterContainsUnsupportedValue", "Security rule \(name) says no \(one) or \(several).")
    }
  }

  private static func shownGroup(_ document: ResourceDocument, _ documents: ResourceStore.Documents) -> JSONValue {
    let rules = documents.children(of: document.id, type: ruleType).map(shownPart)
    let defaults = defaultRules.map { name, properties in
      [
        "id": .string("\(document.id)/defaultSecurityRules/\(name)"), "name": .string(name),
        "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules", "properties": properties,
      ] as JSONValue
    }
    let properties = document.properties.merging([
      "securityRules": .array(rules), "defaultSecurityRules": .array(defaults),
    ])
    return shownPart(document).merging(["properties": properties])
  }

  /// What every group has, by the service's documentation.
  private static let defaultRules: [(String, JSONValue)] = [
    ("AllowVnetInBound", "Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
    ("AllowVnetOutBound", "Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", "Internet"),
    ("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
  ].map { name, direction, priority, access, source, destination in
    (
      name,
      [
        "direction": .string(direction), "priority": .integer(priority), "access": .string(access), "protocol": "*",
        "sourceAddressPrefix": .string(source), "destinationAddressPrefix": .string(destination),
        "sourcePortRange": "*", "destinationPortRange": "*", "provisioningState": "Succeeded",
      ]
    )
  }
}
