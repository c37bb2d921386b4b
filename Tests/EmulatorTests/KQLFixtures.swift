import CSQLite
import Testing

@testable import Emulator

/// An in-memory database with a few rows, queried in KQL.
final class KQLDatabase {
  private var connection: OpaquePointer?
  var translator: KQLTranslator

  /// 2024-05-01T12:00:00Z.
  static let now: Int64 = 638_501_616_000_000_000

  init(_ tables: [LogTable] = [KQLDatabase.events], rows: [String] = KQLDatabase.rows) throws {
    translator = KQLTranslator(
      tables: Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) }), now: Self.now)
    try check(sqlite3_open(":memory:", &connection))
    try KQLFunctions.register(on: #require(connection))
    for table in tables {
      let columns = (table.columns + table.hiddenColumns).map { SQLText.identifier($0.name) }
      try execute("CREATE TABLE \(SQLText.identifier(table.name)) (\(columns.joined(separator: ", ")))")
    }
    for row in rows { try execute(row) }
  }

  deinit { sqlite3_close(connection) }

  static let events = LogTable(
    name: "Events",
    columns: [
      LogColumn("TimeGenerated", .datetime), LogColumn("Id", .int), LogColumn("Size", .long),
      LogColumn("Ratio", .real), LogColumn("Name", .string), LogColumn("Ok", .bool), LogColumn("Span", .timespan),
      LogColumn("Guid", .guid), LogColumn("Bag", .dynamic), LogColumn("Price", .decimal),
    ], hiddenColumns: [LogColumn("_BilledSize", .real)])

  /// Three rows at 10:00, 10:30 and 11:00 of 2024-05-01; in the last, all but time and name is null.
  static let rows = [
    """
    INSERT INTO Events VALUES (638501544000000000, 1, 9223372036854775807, 1.5, 'Alice Admin', 1, 36000000000,
      '74be27de-1e4e-49d9-b579-fe0b331d3642', '{"a":1,"b":{"c":"x"},"l":[1,2,3]}', '10.50', 100.0)
    """,
    """
    INSERT INTO Events VALUES (638501562000000000, 2, -5, -2.25, 'bob O''Neil', 0, -10000000,
      '00000000-0000-0000-0000-000000000001', '{"a":2,"b":{"c":"y"},"l":[]}', '9.75', 200.0)
    """,
    "INSERT INTO Events VALUES (638501580000000000, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL, 300.0)",
  ]

  /// The result's rows, each value as text; NULL as `null`.
  func run(_ kql: String) throws -> [[String]] {
    let query = try translator.translate(kql)
    return try select(query.sql, columns: query.columns)
  }

  /// The only value of the only row.
  func scalar(_ expression: String) throws -> String {
    let rows = try run("print v = \(expression)")
    return try #require(rows.first?.first)
  }

  func select(_ sql: String, columns: [LogColumn]) throws -> [[String]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
      throw SQLFailure(message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    defer { sqlite3_finalize(statement) }
    #expect(Int(sqlite3_column_count(statement)) == columns.count, "\(sql)")
    for (index, column) in columns.enumerated() {
      #expect(String(cString: sqlite3_column_name(statement, Int32(index))) == column.name)
    }
    var rows: [[String]] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw SQLFailure(message: String(cString: sqlite3_errmsg(connection)), sql: sql) }
      rows.append(
        columns.indices.map { index in
          guard let text = sqlite3_column_text(statement, Int32(index)) else { return "null" }
          return String(cString: text)
        })
    }
  }

  func execute(_ sql: String) throws { try check(sqlite3_exec(connection, sql, nil, nil, nil), sql) }

  private func check(_ code: Int32, _ sql: String = "") throws {
    guard code == SQLITE_OK else { throw SQLFailure(message: "SQLite \(code)", sql: sql) }
  }
}

/// What SQLite said.
struct SQLFailure: Error, CustomStringConvertible {
  var message: String
  var sql: String
  var description: String { "\(message): \(sql)" }
}
