internal import Azure
internal import ExportSpec
internal import Planning

/// The network that the job runs in: `Microsoft.Network/virtualNetworks`, `…/subnets` and `networkSecurityGroups`.
extension AzureResources {
  private typealias State = ResourceState.Existing

  func virtualNetworkState(_ policy: VirtualNetworkPolicy?) async throws -> ResourceState.Existing<VirtualNetworkState>?
  {
    guard let policy else { return nil }
    guard let network = try await client.find(policy.resource, .network) else { return .absent }
    let subnets = (network.properties["subnets"] ?? []).elements.compactMap { subnet in
      subnet["name"]?.string.map { ($0.lowercased(), Self.subnet(subnet["properties"] ?? [:])) }
    }
    return .present(
      VirtualNetworkState(
        addressSpace: (network.properties["addressSpace"]?["addressPrefixes"] ?? []).elements.compactMap(\.string),
        subnets: Dictionary(subnets) { first, _ in first }))
  }

  private static func subnet(_ properties: JSON) -> SubnetState {
    SubnetState(
      prefix: properties["addressPrefix"]?.string
        ?? (properties["addressPrefixes"] ?? []).elements.compactMap(\.string).joined(separator: ", "),
      serviceEndpoints: Set((properties["serviceEndpoints"] ?? []).elements.compactMap { $0["service"]?.string }),
      securityGroup: properties["networkSecurityGroup"]?["id"]?.string)
  }

  /// `PUT` of the network as it is, with the prefixes that it lacks.
  func setVirtualNetwork(_ policy: VirtualNetworkPolicy) async throws {
    let present = try await client.find(policy.resource, .network)
    var body = Self.writable(present?.body ?? [:])
    if present == nil { body["location"] = policy.location.map(JSON.string) }
    var properties = body["properties"] ?? [:]
    var space = properties["addressSpace"] ?? [:]
    let prefixes = (space["addressPrefixes"] ?? []).elements
    let missing = policy.addressSpace.map(JSON.string).filter { !prefixes.contains($0) }
    space["addressPrefixes"] = .array(prefixes + missing)
    properties["addressSpace"] = space
    body["properties"] = properties
    try await client.put(policy.resource, .network, body, ifMatch: present?.etag)
  }

  /// `PUT` of the subnet as it is, with the endpoint for storage and the security group.
  func setSubnet(_ policy: VirtualNetworkPolicy) async throws {
    guard let declared = policy.subnet else { return }
    let id = "\(policy.resource)/subnets/\(declared.name)"
    let present = try await client.find(id, .network)
    var body = Self.writable(present?.body ?? [:])
    var properties = body["properties"] ?? [:]
    if present == nil { properties["addressPrefix"] = .string(declared.prefix) }
    let endpoints = (properties["serviceEndpoints"] ?? []).elements
    if !endpoints.contains(where: { $0["service"]?.string?.lowercased().hasPrefix("microsoft.storage") == true }) {
      properties["serviceEndpoints"] = .array(endpoints + [["service": "Microsoft.Storage"]])
    }
    if let group = policy.securityGroup { properties["networkSecurityGroup"] = ["id": .string(group.resource)] }
    body["properties"] = properties
    try await client.put(id, .network, body, ifMatch: present?.etag)
  }

  /// Without what only the service writes, in the resource and in all that it holds.
  private static func writable(_ body: JSON) -> JSON {
    switch body {
    case .object(let members):
      .object(members.filter { !served.contains($0.key) }.mapValues(writable))
    case .array(let values): .array(values.map(writable))
    default: body
    }
  }

  /// Members that Microsoft.Network's description marks as read-only.
  private static let served: Set<String> = ["etag", "provisioningState", "resourceGuid", "type", "purpose"]
}

// MARK: - The security group

extension AzureResources {
  func securityGroupState(_ policy: SecurityGroupPolicy?) async throws -> ResourceState.Existing<SecurityGroupState>? {
    guard let policy else { return nil }
    guard let group = try await client.find(policy.resource, .network) else { return .absent }
    return .present(
      SecurityGroupState(rules: (group.properties["securityRules"] ?? []).elements.compactMap(Self.securityRule)))
  }

  /// Creates the group with its rules, or writes those that differ one by one: the others stay.
  func setSecurityGroup(_ policy: VirtualNetworkPolicy) async throws {
    guard let group = policy.securityGroup else { return }
    guard let present = try await client.find(group.resource, .network) else {
      let rules = group.rules.map { rule in
        JSON.object(["name": .string(rule.name), "properties": Self.properties(rule)])
      }
      var body: JSON = ["properties": ["securityRules": .array(rules)]]
      body["location"] = policy.location.map(JSON.string)
      try await client.put(group.resource, .network, body)
      return
    }
    let rules = (present.properties["securityRules"] ?? []).elements.compactMap(Self.securityRule)
    for rule in group.rules where !rules.contains(rule) {
      try await client.put(
        "\(group.resource)/securityRules/\(rule.name)", .network, ["properties": Self.properties(rule)])
    }
  }

  private static func properties(_ rule: SecurityRulePolicy) -> JSON {
    let networkProtocol = rule.networkProtocol == .any ? "*" : titled(rule.networkProtocol.rawValue)
    var properties: JSON = [
      "priority": .integer(Int64(rule.priority)), "direction": .string(titled(rule.direction.rawValue)),
      "access": .string(titled(rule.access.rawValue)), "protocol": .string(networkProtocol),
      "sourceAddressPrefix": .string(rule.source), "sourcePortRange": "*",
      "destinationAddressPrefix": .string(rule.destination),
    ]
    if rule.ports.count == 1 {
      properties["destinationPortRange"] = .string(rule.ports[0])
    } else {
      properties["destinationPortRanges"] = .array(rule.ports.map(JSON.string))
    }
    return properties
  }

  /// `inbound` as the service spells it, `Inbound`.
  private static func titled(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

  /// Sources and ports of several stand in lists of their own, and are joined as one text.
  private static func securityRule(_ json: JSON) -> SecurityRulePolicy? {
    let properties = json["properties"] ?? [:]
    func all(_ one: String, _ many: String) -> [String] {
      let several = (properties[many] ?? []).elements.compactMap(\.string)
      return several.isEmpty ? [properties[one]?.string].compactMap { $0 } : several
    }
    guard let name = json["name"]?.string, let priority = properties["priority"]?.integer,
      let direction = properties["direction"]?.string.flatMap({
        SecurityRulePolicy.Direction(rawValue: $0.lowercased())
      }),
      let access = properties["access"]?.string.flatMap({ NetworkAction(rawValue: $0.lowercased()) })
    else { return nil }
    let networkProtocol = properties["protocol"]?.string?.lowercased() ?? "*"
    // A protocol or a source port that a spec cannot declare makes the rule another one than any that is declared.
    let sourcePorts = all("sourcePortRange", "sourcePortRanges")
    let others = sourcePorts == ["*"] ? "" : " from port \(sourcePorts.joined(separator: ","))"
    return SecurityRulePolicy(
      name: name, priority: priority, direction: direction, access: access,
      networkProtocol: SecurityRulePolicy.TransportProtocol(rawValue: networkProtocol) ?? .any,
      source: all("sourceAddressPrefix", "sourceAddressPrefixes").joined(separator: ",") + others
        + (["*", "tcp", "udp", "icmp"].contains(networkProtocol) ? "" : " by \(networkProtocol)"),
      destination: all("destinationAddressPrefix", "destinationAddressPrefixes").joined(separator: ","),
      ports: all("destinationPortRange", "destinationPortRanges"))
  }
}
