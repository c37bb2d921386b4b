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

    /// A column of a table or subquery, which may know it by another name.
    init(_ name: String, _ type: ColumnType, nullable: Bool = true, as inner: String? = nil) {
      value = SQLExpression(SQLText.identifier(inner ?? name), type, nullable: nullable)
      value.isColumn = true
      self.name = name
    }
  }

  /// A key of ORDER BY.
  struct SortKey: Sendable {
    var sql: String
    /// `ASC` or `DESC`, and where nulls go.
    var direction: String
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
  var order: [SortKey] = []
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

  /// The rows of one more step, a SELECT of `columns`. Within steps a column
  /// goes by its number: SQLite's names ignore case, KQL's do not.
  private init(steps: [String], columns: [Column], hidden: [Column] = []) {
    let number = steps.count
    let plain = (columns + hidden).enumerated().map { index, column in
      Column(
        column.name, column.value.type, nullable: column.value.isNullable, as: Self.stepColumn(number, index))
    }
    self.steps = steps
    source = SQLText.identifier("step \(number)")
    self.columns = Array(plain[..<columns.count])
    self.hidden = Array(plain[columns.count...])
  }

  private static func stepColumn(_ step: Int, _ index: Int) -> String { "\(step).\(index + 1)" }
}

extension Relation {
  /// The statement, of the visible columns.
  var sql: String {
    let named = steps.enumerated().map { "\(SQLText.identifier("step \($0 + 1)")) AS (\($1))" }
    return (named.isEmpty ? "" : "WITH " + named.joined(separator: ", ") + " ") + select(columns)
  }

  /// The columns' names and types.
  var schema: [LogColumn] { columns.map { LogColumn($0.name, $0.value.type) } }

  /// The same rows with every column a plain one, so that what follows may
  /// name it freely. Their order goes with them, in columns of its own: a
  /// subquery's ORDER BY binds nobody.
  func sealed() -> Relation {
    var inner = self
    if limit == nil { inner.order = [] }
    let keys = order.map { Column("", SQLExpression($0.sql, .long)) }
    let all = columns + hidden + keys
    var relation = Relation(steps: steps + [inner.select(numbered(all))], columns: columns, hidden: hidden)
    relation.order = order.enumerated().map { index, key in
      let column = Self.stepColumn(steps.count + 1, columns.count + hidden.count + index)
      return SortKey(sql: SQLText.identifier(column), direction: key.direction)
    }
    return relation
  }

  /// The columns under the names that the next step knows them by.
  private func numbered(_ columns: [Column]) -> [Column] {
    columns.enumerated().map { Column(Self.stepColumn(steps.count + 1, $0), $1.value) }
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
    return sql + clauses(columns)
  }

  private func clauses(_ columns: [Column]) -> String {
    var sql = ""
    if !conditions.isEmpty { sql += " WHERE " + ExpressionTranslator.conjunction(conditions) }
    if !order.isEmpty {
      sql +=
        " ORDER BY "
        + order.map { key in
          // SQLite would take a bare name for that of a result column, whatever that holds.
          let isTaken = columns.contains { SQLText.identifier($0.name) == key.sql && $0.value.sql != key.sql }
          return "\(isTaken ? "+" : "")\(key.sql) \(key.direction)"
        }.joined(separator: ", ")
    }
    if let limit { sql += " LIMIT \(limit)" }
    return sql
  }

  /// A grouping of the rows: the keys' SQL, and the columns that come of each group.
  func grouped(by keys: [String]?, into columns: [Column]) -> Relation {
    var inner = self
    inner.order = []
    var sql = inner.select(numbered(columns))
    if let keys, !keys.isEmpty { sql += " GROUP BY " + keys.joined(separator: ", ") }
    return Relation(steps: steps + [sql], columns: columns)
  }
}

extension ExpressionTranslator {
  /// Conditions joined by AND without needless parentheses.
  static func conjunction(_ conditions: [String]) -> String {
    conditions.count <= 8 ? conditions.joined(separator: " AND ") : balanced(conditions[...], " AND ")
  }
}
