/// The tables of a database and their columns, kept beside the rows in a table
/// of its own, whose name no KQL identifier can have.
struct TableCatalog: Sendable {
  private(set) var tables: [String: LogTable] = [:]
  /// For each table, the columns by the keys that they were made for.
  private var sources: [String: [String: LogColumn]] = [:]

  /// Reads what an earlier run left, or begins anew.
  init(_ connection: Connection) throws(SQLiteError) {
    try connection.execute(
      """
      CREATE TABLE IF NOT EXISTS "emulator.columns"
      (tableName TEXT, position INTEGER, name TEXT, type TEXT, source TEXT, PRIMARY KEY (tableName, position)) WITHOUT ROWID
      """)
    let statement = try connection.prepare(
      "SELECT tableName, name, type, source FROM \"emulator.columns\" ORDER BY tableName, position")
    while try statement.step() {
      let name = statement.string(0)
      guard let type = ColumnType(rawValue: statement.string(2)) else { continue }
      let column = LogColumn(statement.string(1), type)
      tables[name, default: LogTable(name: name, columns: [], hiddenColumns: ColumnNaming.hidden)]
        .columns.append(column)
      if statement.storage(3) != .null { sources[name, default: [:]][statement.string(3)] = column }
    }
  }

  /// The table that SQLite would take `name` for: its names compare without case.
  func table(likened name: String) -> LogTable? {
    tables[name] ?? tables.values.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The column that holds the values of a key; nil where there is none yet.
  func column(of table: String, forKey key: String) -> LogColumn? { sources[table]?[key] }

  /// Makes a table that does not exist yet.
  mutating func create(_ name: String, _ columns: [LogColumn], _ connection: Connection) throws(SQLiteError) {
    let table = LogTable(name: name, columns: columns, hiddenColumns: ColumnNaming.hidden)
    // No declared types: SQLite then keeps each value as it is given.
    let all = (columns + table.hiddenColumns).map { Self.definition($0, table: name) }
    try connection.execute(
      """
      CREATE TABLE main."\(name)" (\(all.joined(separator: ", ")));
      CREATE INDEX main."\(name).time" ON "\(name)" ("\(ColumnNaming.time)")
      """)
    tables[name] = LogTable(name: name, columns: [], hiddenColumns: table.hiddenColumns)
    // TimeGenerated is no key's own: each load says which key becomes it.
    try record(columns.map { ($0.name == ColumnNaming.time ? nil : $0.name, $0) }, of: name, connection)
  }

  /// Adds columns behind those of a table; rows that exist hold nothing there.
  mutating func add(_ columns: [(key: String, column: LogColumn)], to name: String, _ connection: Connection)
    throws(SQLiteError)
  {
    for (_, column) in columns {
      try connection.execute("ALTER TABLE main.\"\(name)\" ADD COLUMN \(Self.definition(column, table: name))")
    }
    try record(columns.map { ($0.key, $0.column) }, of: name, connection)
  }

  /// Deletes a table's rows and the table.
  mutating func drop(_ name: String, _ connection: Connection) throws(SQLiteError) {
    guard tables.removeValue(forKey: name) != nil else { return }
    sources[name] = nil
    try connection.execute("DROP TABLE main.\"\(name)\"")
    let statement = try connection.prepare("DELETE FROM \"emulator.columns\" WHERE tableName = ?")
    statement.bind(name, at: 1)
    try statement.run()
  }

  /// A column's name and, since strings are never null, its default.
  private static func definition(_ column: LogColumn, table: String) -> String {
    guard column.type == .string else { return "\"\(column.name)\"" }
    return "\"\(column.name)\" DEFAULT '\(column.name == "Type" ? table : "")'"
  }

  private mutating func record(
    _ columns: [(key: String?, column: LogColumn)], of table: String, _ connection: Connection
  )
    throws(SQLiteError)
  {
    let statement = try connection.prepare("INSERT INTO \"emulator.columns\" VALUES (?, ?, ?, ?, ?)")
    for (key, column) in columns {
      statement.bind(table, at: 1)
      statement.bind(Int64(tables[table]?.columns.count ?? 0), at: 2)
      statement.bind(column.name, at: 3)
      statement.bind(column.type.rawValue, at: 4)
      if let key { statement.bind(key, at: 5) }
      try statement.run()
      tables[table]?.columns.append(column)
      if let key { sources[table, default: [:]][key] = column }
    }
  }
}
