internal import Azure
internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

/// The tables of a workspace: `Microsoft.OperationalInsights/workspaces/tables`.
extension AzureResources {
  func tables(_ spec: ExportSpec) async throws(ResourceError) -> [String: TableFacts]? {
    guard let workspace = spec.source.resource else { return nil }
    return try await translated {
      let tables = try await client.list("\(workspace)/tables", .operationalInsights)
      return Dictionary(tables.compactMap(Self.facts)) { first, _ in first }
    }
  }

  private static func facts(_ table: JSON) -> (String, TableFacts)? {
    let properties = table["properties"] ?? [:]
    guard let name = table["name"]?.string, let days = properties["retentionInDays"]?.integer else { return nil }
    let plan = TablePlan(rawValue: properties["plan"]?.string?.lowercased() ?? "") ?? .analytics
    let schema = properties["schema"] ?? [:]
    let columns = ((schema["standardColumns"] ?? []).elements + (schema["columns"] ?? []).elements).compactMap {
      column in
      column["name"]?.string.map { ($0, column["type"]?.string ?? "") }
    }
    return (
      name,
      TableFacts(
        plan: plan, interactiveRetention: .day * Int64(days), columns: Dictionary(columns) { first, _ in first })
    )
  }
}
