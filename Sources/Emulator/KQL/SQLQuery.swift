/// A KQL query as one SELECT, with the columns of its result.
package struct SQLQuery: Sendable, Equatable {
  package var sql: String
  package var columns: [LogColumn]

  /// A statement whose result has exactly `columns`, in their order.
  package init(sql: String, columns: [LogColumn]) {
    self.sql = sql
    self.columns = columns
  }
}
