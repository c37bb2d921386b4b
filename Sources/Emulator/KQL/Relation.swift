/// Rows on their way through a pipeline: a SELECT that is still being put together.
struct Relation: Sendable {
  /// A column and the SQL of its value over `source`.
  struct Column: Sendable {
    var name: String
    var value: SQLExpression

    init(_ name: String, _ value: SQLExpression) {
      self.name = name
      self.value = value
    }

    /// A column of a table or subquery.
    init(_ name: String, _ type: ColumnType, nullable: Bool = true) {
      value = SQLExpression(SQLText.identifier(name), type, nullable: nullable)
      value.isColumn = true
      self.name = name
    }
  }

  /// What follows FROM; nil where there is nothing to select from.
  var source: String?
  /// The SELECTs that this one builds on, each by the name `step N` in those
  /// after it: SQLite's parser has no room for more than a dozen nested ones.
  var steps: [String] = []
  var columns: [Column]
  /// Columns that a query returns only where it names them.
  var hidden: [Column] = []
  var conditions: [String] = []
  var order: [String] = []
  var limit: Int64?

  /// All rows of a table.
  init(_ table: LogTable) {
    source = SQLText.identifier(table.name)
    columns = table.columns.map { Column($0.name, $0.type) }
    hidden = table.hiddenColumns.map { Column($0.name, $0.type) }
  }

  /// One row of values, or the rows of a subquery.
  init(source: String?, columns: [Column]) {
    self.source = source
    self.columns = columns
  }

  /// The rows of one more step.
  private init(steps: [String], columns: [Column]) {
    self.steps = steps
    source = SQLText.identifier("step \(steps.count)")
    self.columns = columns
  }
}

extension Relation {
  /// The statement, of the visible columns.
  var sql: String {
    let named = steps.enumerated().map { "\(SQLText.identifier("step \($0 + 1)")) AS (\($1))" }
    return (named.isEmpty ? "" : "WITH " + named.joined(separator: ", ") + " ") + select(columns)
  }

  /// The columns' names and types.
  var schema: [LogColumn] { columns.map { LogColumn($0.name, $0.value.type) } }

  /// The same rows with every column a plain one, so that what follows may name it freely.
  func sealed() -> Relation {
    let plain = { (column: Column) in Column(column.name, column.value.type, nullable: column.value.isNullable) }
    var relation = Relation(steps: steps + [select(columns + hidden)], columns: columns.map(plain))
    relation.hidden = hidden.map(plain)
    return relation
  }

  /// Sealed where a row limit stands, which filters and groupings must not slip under.
  func sealedIfLimited() -> Relation { limit == nil ? self : sealed() }

  private func select(_ columns: [Column]) -> String {
    let items = columns.map { column in
      let name = SQLText.identifier(column.name)
      return column.value.sql == name ? name : "\(column.value.sql) AS \(name)"
    }
    // A table without columns still has rows.
    var sql = "SELECT " + (items.isEmpty ? "NULL" : items.joined(separator: ", "))
    if let source { sql += " FROM \(source)" }
    sql += clauses
    return sql
  }

  private var clauses: String {
    var sql = ""
    if !conditions.isEmpty { sql += " WHERE " + ExpressionTranslator.conjunction(conditions) }
    if !order.isEmpty { sql += " ORDER BY " + order.joined(separator: ", ") }
    if let limit { sql += " LIMIT \(limit)" }
    return sql
  }

  /// A grouping of the rows: the keys' SQL, and the columns that come of each group.
  func grouped(by keys: [String]?, into columns: [Column]) -> Relation {
    var inner = self
    inner.order = []
    var sql = "SELECT " + columns.map { "\($0.value.sql) AS \(SQLText.identifier($0.name))" }.joined(separator: ", ")
    if let source { sql += " FROM \(source)" }
    sql += inner.clauses
    if let keys, !keys.isEmpty { sql += " GROUP BY " + keys.joined(separator: ", ") }
    return Relation(
      steps: steps + [sql],
      columns: columns.map { Column($0.name, $0.value.type, nullable: $0.value.isNullable) })
  }
}

extension ExpressionTranslator {
  /// Conditions joined by AND without needless parentheses.
  static func conjunction(_ conditions: [String]) -> String {
    conditions.count <= 8 ? conditions.joined(separator: " AND ") : balanced(conditions[...], " AND ")
  }
}
