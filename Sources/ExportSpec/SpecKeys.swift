/// The mappings of a spec and the keys that each may have; the schema lists the same.
package enum SpecSection: String, CaseIterable {
  case spec, source, range, limits, destination, parquet, table, tableRange, retention, network, allow, virtualNetwork,
    subnet,
    securityGroup, securityRule, access

  /// How messages name the mapping.
  package var title: String {
    switch self {
    case .spec: "the spec"
    case .table: "a table"
    case .tableRange: "a table's range"
    case .allow: "network.allow"
    case .virtualNetwork: "network.virtualNetwork"
    case .subnet: "network.virtualNetwork.subnet"
    case .securityGroup: "network.virtualNetwork.securityGroup"
    case .securityRule: "a security rule"
    default: rawValue
    }
  }

  /// The keys, in the order of the reference.
  package var keys: [String] {
    switch self {
    case .spec:
      [
        "version", "name", "source", "range", "limits", "destination", "onChange", "tables", "retention", "network",
        "access",
      ]
    case .source: ["workspace", "resource", "cloud", "endpoint"]
    case .range: ["from", "last", "to", "slice", "settle"]
    case .limits: ["rows", "bytes"]
    case .destination:
      [
        "account", "url", "directory", "resource", "container", "path", "format", "compression", "dynamic", "nulls",
        "parquet", "manifest",
      ]
    case .parquet: ["rowGroup", "datetime", "guid"]
    case .table:
      [
        "name", "columns", "where", "range", "retention", "plan", "slice", "settle", "container", "path", "format",
        "compression", "parquet", "types",
      ]
    case .tableRange: ["from", "last", "to"]
    case .retention:
      ["deleteAfter", "coolAfter", "coldAfter", "archiveAfter", "softDelete", "immutableFor", "locked"]
    case .network:
      [
        "anonymousAccess", "minTls", "httpsOnly", "sharedKey", "default", "bypass", "allow", "manage",
        "virtualNetwork",
      ]
    case .allow: ["subnets", "ips", "others"]
    case .virtualNetwork: ["resource", "location", "addressSpace", "subnet", "securityGroup"]
    case .subnet: ["name", "prefix"]
    case .securityGroup: ["resource", "rules"]
    case .securityRule: ["name", "priority", "direction", "access", "protocol", "source", "destination", "ports"]
    case .access: ["principal", "manage"]
    }
  }

  /// Where else a key is at home, for one that stands in the wrong mapping.
  func otherHome(of key: String) -> SpecSection? {
    let homes: [SpecSection] = [
      .source, .range, .limits, .destination, .parquet, .retention, .network, .allow, .virtualNetwork, .subnet,
      .securityGroup,
      .access, .spec, .table,
    ]
    return homes.first { $0 != self && $0.keys.contains(key) }
  }
}
