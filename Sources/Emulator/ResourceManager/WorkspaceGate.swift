/// Holds queries against what Resource Manager declares of a workspace and its
/// tables.
struct WorkspaceGate: Sendable {
  let store: ResourceStore
  let roles: RoleGate

  /// Whether the bearer of a valid token may query a workspace.
  func admits(_ token: String, workspace: String) -> Bool {
    resource(workspace).map { roles.admits(token, .readLogs, at: $0.id) } ?? true
  }

  /// Days past which tables show no rows, by name, where they are set.
  func retention(of workspace: String) -> [String: Int] { settings(of: workspace).compactMapValues(\.enforcedDays) }

  /// Basic and Auxiliary tables are searched, not queried. That the service
  /// refuses is documented; the words are not.
  func refusal(of request: LogQueryRequest) -> HTTPResponse? {
    let isPart: (Character) -> Bool = { $0.isLetter || $0.isNumber || $0 == "_" }
    let name = String(request.query.drop { !isPart($0) }.prefix(while: isPart))
    guard request.endpoint == .query, let plan = settings(of: request.workspace)[name]?.plan, plan != .analytics
    else { return nil }
    return LogErrors.response(
      400, "BadArgumentError", "The table '\(name)' has the plan \(plan.rawValue): it can only be searched")
  }

  private func settings(of workspace: String) -> [String: TableSettings] {
    guard let owner = resource(workspace) else { return [:] }
    let tables = store.all.children(of: owner.id, type: ResourceManager.tableType)
    return Dictionary(tables.map { ($0.name, TableSettings($0)) }) { $1 }
  }

  private func resource(_ workspace: String) -> ResourceDocument? {
    store.all.values.first {
      $0.type == ResourceManager.workspaceType
        && $0.properties["customerId"]?.string?.lowercased() == workspace.lowercased()
    }
  }
}
