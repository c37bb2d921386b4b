package import ExportSpec
package import Timeline

/// What the workspace says of one of its tables.
package struct TableFacts: Sendable, Equatable {
  package var plan: TablePlan
  /// How far back ordinary queries see.
  package var interactiveRetention: Timespan
  /// Columns by name, with their types in the service's words; standard ones included.
  package var columns: [String: String]

  package init(plan: TablePlan, interactiveRetention: Timespan, columns: [String: String]) {
    self.plan = plan
    self.interactiveRetention = interactiveRetention
    self.columns = columns
  }
}

extension TableSpec {
  /// The table as the workspace has it: its plan and its interactive retention are those, whatever the spec says.
  /// - Returns: the table, and where the spec says otherwise.
  package func informed(by facts: TableFacts) -> (table: TableSpec, contradictions: [String]) {
    var table = self
    var contradictions: [String] = []
    if let plan, plan != facts.plan {
      contradictions.append("\(name) is of plan \(facts.plan.rawValue), the spec says \(plan.rawValue)")
    }
    if let retention, retention != facts.interactiveRetention {
      contradictions.append(
        "\(name) is kept for \(facts.interactiveRetention) in the workspace, the spec says \(retention)")
    }
    table.plan = facts.plan
    table.retention = facts.interactiveRetention
    return (table, contradictions)
  }

  /// Declared columns that the workspace does not name. Hidden ones may be there all the same: the service decides.
  package func unknownColumns(in facts: TableFacts) -> [String] {
    (columns ?? []).filter { facts.columns[$0] == nil }
  }

  /// What `types` says to no effect: of columns that the workspace does not name, or whose own type cannot become that.
  package func idleTypes(in facts: TableFacts) -> [String] {
    types.sorted { $0.key < $1.key }.compactMap { column, type in
      guard let own = facts.columns[column] else { return "\(column) is no column of it" }
      return type.only.flatMap { $0 == own.lowercased() ? nil : "\(column) is no \($0)" }
    }
  }

  /// Columns of the table's Parquet files, beyond those that the spec names and is judged by, that readers take from a
  /// folder of the path instead: each with the folder's column.
  package func hiddenColumns(in facts: TableFacts) -> [(column: String, folder: String)] {
    guard format == .parquet, columns == nil else { return [] }
    return facts.columns.keys.sorted().compactMap { column in path.partition(hiding: column).map { (column, $0) } }
  }
}

extension ColumnType {
  /// The only type of the workspace that can become this; nil where every one can.
  package var only: String? {
    switch self {
    case .decimal: "decimal"
    case .microseconds: "datetime"
    case .string: nil
    }
  }
}
