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
      try await checkWorkspace(spec)
      let tables = try await client.list("\(workspace)/tables", .operationalInsights)
      return Dictionary(tables.compactMap(Self.facts)) { first, _ in first }
    }
  }

  /// Refuses a `source.resource` that is another workspace than `source.workspace`: its retention would prove nothing.
  func checkWorkspace(_ spec: ExportSpec) async throws {
    guard let resource = spec.source.resource else { return }
    let workspace = try await client.get(resource, .operationalInsights).properties["customerId"]?.string ?? ""
    guard workspace.lowercased() != spec.source.workspace else { return }
    throw AzureError(
      .badRequest,
      "source.resource is workspace \(workspace), source.workspace names \(spec.source.workspace)\n  Correct either in the spec."
    )
  }

  private static func facts(_ table: JSON) -> (String, TableFacts)? {
    let properties = table["properties"] ?? [:]
    guard let name = table["name"]?.string, let days = properties["retentionInDays"]?.integer,
      // Of a plan that is not known nothing can be said; the spec's own words count.
      let plan = TablePlan(rawValue: properties["plan"]?.string?.lowercased() ?? "")
    else { return nil }
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
