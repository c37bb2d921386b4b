/// What a table is declared to be: its plan and how long its rows are kept.
package struct TableSettings: Sendable, Equatable {
  /// The plans, by the names that Resource Manager gives them.
  package enum Plan: String, Sendable, CaseIterable {
    case analytics = "Analytics"
    case basic = "Basic"
    case auxiliary = "Auxiliary"
  }

  package var plan = Plan.analytics
  /// Days that rows can be queried; nil for the workspace's.
  package var retention: Int?
  /// Days that rows are kept in all; nil for no longer than they can be queried.
  package var total: Int?

  /// An Analytics table kept as long as its workspace says.
  package init() {}

  /// Days past which queries show no rows; nil where none are set. Basic and
  /// Auxiliary tables answer for 30 days, and nothing changes that.
  var enforcedDays: Int? { plan == .analytics ? retention : 30 }
}

extension TableSettings {
  /// What a PUT or PATCH says; what it does not say stays.
  struct Change {
    var plan: Plan?
    /// -1 for the default.
    var retention: Int?
    /// -1 for the default.
    var total: Int?

    /// Reads the properties of a request.
    init(_ properties: JSONValue?) throws(ResourceError) {
      if let text = properties?["plan"] {
        guard let plan = Plan.allCases.first(where: { $0.rawValue == text.string }) else {
          throw TableSettings.invalid("plan")
        }
        self.plan = plan
      }
      retention = properties?["retentionInDays"]?.integer
      total = properties?["totalRetentionInDays"]?.integer
    }
  }

  /// These settings with a change, as the service takes it.
  func changed(by change: Change) throws(ResourceError) -> TableSettings {
    var settings = self
    settings.plan = change.plan ?? plan
    if settings.plan != .analytics {
      guard change.retention == nil || change.retention == 30 || change.retention == -1 else {
        throw Self.invalid("retentionInDays")
      }
      settings.retention = nil
    } else if let days = change.retention {
      guard days == -1 || (4...730).contains(days) else { throw Self.invalid("retentionInDays") }
      settings.retention = days == -1 ? nil : days
    }
    if let days = change.total {
      // 12 years, the longest.
      guard days == -1 || (4...4383).contains(days), days == -1 || days >= settings.enforcedDays ?? 0 else {
        throw Self.invalid("totalRetentionInDays")
      }
      settings.total = days == -1 ? nil : days
    }
    return settings
  }

  private static func invalid(_ name: String) -> ResourceError {
    ResourceError(400, "InvalidParameter", "The value of '\(name)' is not valid for the table.")
  }

  /// What was kept of a table; nil for nothing.
  init(_ document: ResourceDocument?) {
    guard let properties = document?.properties else { return }
    plan = properties["plan"]?.string.flatMap(Plan.init(rawValue:)) ?? .analytics
    retention = properties["retentionInDays"]?.integer
    total = properties["totalRetentionInDays"]?.integer
  }

  /// The properties that Resource Manager shows.
  func shown(workspaceDays: Int) -> JSONValue {
    let interactive = enforcedDays ?? workspaceDays
    let whole = max(total ?? interactive, interactive)
    return [
      "plan": .string(plan.rawValue), "retentionInDays": .integer(interactive),
      "totalRetentionInDays": .integer(whole), "archiveRetentionInDays": .integer(whole - interactive),
      "retentionInDaysAsDefault": .bool(retention == nil), "totalRetentionInDaysAsDefault": .bool(total == nil),
    ]
  }
}

extension ResourceManager {
  static let tableType = "Microsoft.OperationalInsights/workspaces/tables"

  /// The identifier of a table.
  static func tableID(_ name: String, _ workspace: String) -> String { "\(workspace)/tables/\(name)" }

  /// Keeps a table's settings.
  static func set(
    _ settings: TableSettings, of table: String, under workspace: String, _ documents: inout ResourceStore.Documents
  ) throws(ResourceError) {
    let id = tableID(table, workspace)
    documents[id: id] = ResourceDocument(
      id: id, type: tableType,
      content: [
        "properties": .members([
          "plan": .string(settings.plan.rawValue), "retentionInDays": settings.retention.map { .integer($0) },
          "totalRetentionInDays": settings.total.map { .integer($0) },
        ])
      ])
  }

  /// The schema object: the service's own tables have standard columns, and
  /// one's own have columns beside those that every table has.
  static func schema(of table: LogTable) -> JSONValue {
    let isCustom = table.name.hasSuffix("_CL")
    let own = table.columns.map { $0.shown(isHidden: false) }
    let hidden = table.hiddenColumns.map { $0.shown(isHidden: true) }
    return [
      "name": .string(table.name), "tableType": isCustom ? "CustomLog" : "Microsoft",
      "tableSubType": isCustom ? "DataCollectionRuleBased" : "Any", "source": isCustom ? "customer" : "microsoft",
      "solutions": ["LogManagement"],
      "standardColumns": .array(isCustom ? hidden : own + hidden), "columns": .array(isCustom ? own : []),
    ]
  }
}

extension LogColumn {
  /// The column object, whose types have names of their own.
  fileprivate func shown(isHidden: Bool) -> JSONValue {
    let type =
      switch type {
      case .bool: "boolean"
      default: type.rawValue
      }
    return [
      "name": .string(name), "type": .string(type), "isDefaultDisplay": .bool(!isHidden), "isHidden": .bool(isHidden),
    ]
  }
}
