/// The mappings of a spec and the keys that each may have; the schema lists the same.
package enum SpecSection: String, CaseIterable {
  case spec, source, range, limits, destination, table, tableRange, retention, network, allow

  /// How messages name the mapping.
  package var title: String {
    switch self {
    case .spec: "the spec"
    case .table: "a table"
    case .tableRange: "a table's range"
    case .allow: "network.allow"
    default: rawValue
    }
  }

  /// The keys, in the order of the reference.
  package var keys: [String] {
    switch self {
    case .spec:
      [
        "version", "name", "source", "range", "limits", "destination", "onChange", "tables", "retention", "network",
      ]
    case .source: ["workspace", "resource", "cloud", "endpoint"]
    case .range: ["from", "last", "to", "slice", "settle"]
    case .limits: ["rows", "bytes"]
    case .destination:
      [
        "account", "url", "directory", "container", "path", "format", "compression", "dynamic", "nulls", "manifest",
      ]
    case .table:
      [
        "name", "columns", "where", "range", "retention", "plan", "slice", "settle", "container", "path", "format",
        "compression", "types",
      ]
    case .tableRange: ["from", "last", "to"]
    case .retention: ["deleteAfter", "coolAfter", "softDelete", "immutableFor"]
    case .network: ["anonymousAccess", "minTls", "allow", "manage"]
    case .allow: ["subnets", "ips"]
    }
  }

  /// Where else a key is at home, for one that stands in the wrong mapping.
  func otherHome(of key: String) -> SpecSection? {
    let homes: [SpecSection] = [.source, .range, .limits, .destination, .retention, .network, .allow, .spec, .table]
    return homes.first { $0 != self && $0.keys.contains(key) }
  }
}
