/// `networkAcls` of a storage account.
struct NetworkRules {
  private let isDenying: Bool
  private let addresses: [IPv4]
  private let subnets: Set<String>

  /// Reads what `normal` has let pass; no rules at all let everyone in.
  init(_ value: JSONValue?) {
    isDenying = value?["defaultAction"]?.string == "Deny"
    addresses = (value?["ipRules"]?.array ?? []).compactMap { $0["value"]?.string.flatMap { IPv4($0) } }
    subnets = Set((value?["virtualNetworkRules"]?.array ?? []).compactMap { $0["id"]?.string }.map(ResourceID.key))
  }

  /// Whether a caller is let in. A subnet counts where it exists and its
  /// service endpoint for storage is on; without one its traffic comes from
  /// an address that no rule can name.
  func admit(_ caller: Caller, _ documents: ResourceStore.Documents) -> Bool {
    guard isDenying else { return true }
    switch caller {
    case .address(let text):
      guard let address = IPv4(text) else { return false }
      return addresses.contains { $0.contains(address) }
    case .subnet(let id):
      guard let subnet = documents[id: id], Self.reachesStorage(subnet) else { return false }
      return subnets.contains(ResourceID.key(id))
    }
  }

  /// Whether a subnet has the service endpoint for storage.
  static func reachesStorage(_ subnet: ResourceDocument) -> Bool {
    (subnet.properties["serviceEndpoints"]?.array ?? []).contains {
      ["microsoft.storage", "microsoft.storage.global"].contains($0["service"]?.string?.lowercased() ?? "")
    }
  }
}

extension NetworkRules {
  /// Checks a whole set of rules as the service does and completes it.
  static func normal(_ value: JSONValue, _ documents: ResourceStore.Documents) throws(ResourceError) -> JSONValue {
    guard value.object != nil, let action = value["defaultAction"]?.string, ["Allow", "Deny"].contains(action) else {
      throw .invalidValue("networkAcls.defaultAction")
    }
    var rules = value
    let bypass = (value["bypass"]?.string ?? "AzureServices").split(separator: ",").map { String($0).trimmingBlanks() }
    guard bypass.allSatisfy(["None", "Logging", "Metrics", "AzureServices"].contains) else {
      throw .invalidValue("networkAcls.bypass")
    }
    rules["bypass"] = .string(bypass.joined(separator: ", "))
    rules["ipRules"] = .array(try addressRules(value["ipRules"]))
    rules["virtualNetworkRules"] = .array(try subnetRules(value["virtualNetworkRules"], documents))
    return rules
  }

  /// Public IPv4 only, and no prefix of 31 or 32 bits: a single address is
  /// given bare.
  private static func addressRules(_ value: JSONValue?) throws(ResourceError) -> [JSONValue] {
    var rules: [JSONValue] = []
    for rule in value?.array ?? [] {
      guard let text = rule["value"]?.string, let network = IPv4(text),
        network.length <= 30 || !text.contains("/"), !IPv4.privateNetworks.contains(where: { $0.contains(network) }),
        rule["action"].map({ $0.string == "Allow" }) ?? true
      else { throw .invalidValue("networkAcls.ipRules[*].value") }
      rules.append(rule.merging(["action": "Allow"]))
    }
    return rules
  }

  private static func subnetRules(_ value: JSONValue?, _ documents: ResourceStore.Documents) throws(ResourceError)
    -> [JSONValue]
  {
    var rules: [JSONValue] = []
    for rule in value?.array ?? [] {
      guard let id = rule["id"]?.string, case .subnet? = Caller(id) else {
        throw .invalidValue("networkAcls.virtualNetworkRules[*].id")
      }
      let name = id.split(separator: "/").last ?? ""
      let network = id.split(separator: "/").dropLast(2).joined(separator: "/")
      guard let subnet = documents[id: id] else {
        // The code is the service's; the reason's name is not confirmed by any source.
        throw ResourceError(
          400, "NetworkAclsValidationFailure",
          "Validation of network acls failure: SubnetsNotFound:Subnets \(name) of virtual network /\(network) were "
            + "not found.")
      }
      guard reachesStorage(subnet) else {
        throw ResourceError(
          400, "NetworkAclsValidationFailure",
          "Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets \(name) of virtual "
            + "network /\(network) do not have ServiceEndpoints for Microsoft.Storage resources configured. Add "
            + "Microsoft.Storage to subnet's ServiceEndpoints collection before trying to ACL Microsoft.Storage "
            + "resources to these subnets.")
      }
      // What it is in is the service's to say.
      rules.append(rule.merging(["action": "Allow", "state": .null]))
    }
    return rules
  }
}
