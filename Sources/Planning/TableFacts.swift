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
