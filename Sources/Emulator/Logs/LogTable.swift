/// A type of KQL, under the name that the service's answers give it.
///
/// Each says how SQLite holds its values; a null of any type is NULL, and
/// strings are never null.
package enum ColumnType: String, Sendable, CaseIterable, Decodable {
  /// INTEGER, 0 or 1.
  case bool
  /// INTEGER of 32 bits.
  case int
  /// INTEGER of 64 bits.
  case long
  /// REAL; not-a-number, which SQLite takes for NULL, is the TEXT `NaN`.
  case real
  /// TEXT, the digits as they came.
  case decimal
  /// TEXT.
  case string
  /// INTEGER: ticks of 100 ns since 0001-01-01T00:00:00Z.
  case datetime
  /// INTEGER: ticks of 100 ns.
  case timespan
  /// TEXT: 36 characters, lower case.
  case guid
  /// TEXT: JSON.
  case dynamic
}

/// A column of a table or of a query's result.
package struct LogColumn: Sendable, Equatable {
  package var name: String
  package var type: ColumnType

  /// A column; names compare case-sensitively, as in KQL.
  package init(_ name: String, _ type: ColumnType) {
    self.name = name
    self.type = type
  }
}

/// A table of the workspace, as the query translator sees it.
package struct LogTable: Sendable, Equatable {
  package var name: String
  /// In the order in which a query without `project` returns them; `TimeGenerated` among them.
  package var columns: [LogColumn]
  /// Columns that a query returns only where it names them, such as `_BilledSize`.
  package var hiddenColumns: [LogColumn]

  /// A table; in SQL it goes by its name, quoted, and so do its columns.
  package init(name: String, columns: [LogColumn], hiddenColumns: [LogColumn] = []) {
    self.name = name
    self.columns = columns
    self.hiddenColumns = hiddenColumns
  }
}
