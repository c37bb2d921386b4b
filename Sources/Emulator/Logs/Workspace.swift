import FoundationEssentials

/// The rows of the workspaces and the queries on them: the log service behind
/// the query, search and ingestion endpoints. All workspaces hold the same
/// tables.
package final class Workspace: LogService {
  private let database: RowDatabase
  private let generated: [String: GeneratedTable]
  private let limits: QueryLimits
  private let clock: EmulatorClock

  /// Rows kept in `folder`, or in a temporary file without one, beside those
  /// of `generators` in a range of ticks; `seed` decides what is not given.
  package init(
    folder: String? = nil, limits: QueryLimits = QueryLimits(), generators: [EmulatorOptions.Generator] = [],
    generatedRange: Range<Int64> = 0..<0, seed: UInt64 = 1, clock: EmulatorClock = .system
  ) throws {
    database = try RowDatabase(folder: folder, seed: seed)
    let tables = generators.map {
      GeneratedTable(name: $0.table, rowsPerHour: $0.rowsPerHour, range: generatedRange, seed: seed)
    }
    generated = Dictionary(tables.map { ($0.name, $0) }) { $1 }
    try database.extend(tables.map { ($0.name, $0.recipes.map(\.column)) })
    self.limits = limits
    self.clock = clock
  }

  /// Ticks.
  private var now: Int64 { Ticks.unix(milliseconds: clock.milliseconds()) }
}

/// Queries.
extension Workspace {
  package var tables: [LogTable] { Array(visible.values) }

  /// The tables by name, Usage among them.
  private var visible: [String: LogTable] {
    database.tables.merging([UsageTable.shape.name: UsageTable.shape]) { loaded, _ in loaded }
  }

  /// Why a request is refused before any query is run.
  private struct BadArgument: Error {
    var message: String
  }

  /// Translates the query and runs it up to its first row; 400 where it means
  /// nothing, 504 where it takes longer than the request waits.
  package func answer(_ request: LogQueryRequest) -> LogQueryResponse {
    do {
      return LogQueryResponse(status: 200, body: try run(request))
    } catch let error as KQLError {
      return Self.refusal(400, error.body)
    } catch let error as BadArgument {
      return Self.refusal(400, LogErrors.body("BadArgumentError", error.message))
    } catch let error as SQLiteError where error.code == .interrupted {
      let inner = "{\"code\":\"GatewayTimeout\",\"message\":\"ADX query timed out\"}"
      return Self.refusal(504, LogErrors.body("GatewayTimeout", "Gateway timeout", inner: inner))
    } catch {
      return Self.refusal(500, LogErrors.body("InternalServerError", "\(error)"))
    }
  }

  private static func refusal(_ status: Int, _ body: String) -> LogQueryResponse {
    LogQueryResponse(status: status, body: BytesBody(Array(body.utf8)))
  }

  private func run(_ request: LogQueryRequest) throws -> RowsBody {
    let now = now
    let range = try timespan(of: request, now)
    let query = try KQLTranslator(tables: visible, now: now).translate(request.query)
    return try rows(of: query, in: range, request)
  }

  /// The body that a translated query answers with.
  func rows(of query: SQLQuery, in range: RequestTimespan? = nil, _ request: LogQueryRequest) throws -> RowsBody {
    let connection = try database.connect()
    try KQLFunctions.register(on: connection.handle)
    let tables = database.tables
    if tables[UsageTable.shape.name] == nil, query.sql.contains("\"\(UsageTable.shape.name)\"") {
      try UsageTable.create(Array(tables.values), generated, now: now, in: range, on: connection)
    }
    for table in tables.values where query.sql.contains("\"\(table.name)\"") {
      try prepare(table, narrow(range, toDays: request.retention[table.name]), connection)
    }
    connection.interrupt(at: Deadline(seconds: request.waitSeconds))
    let members = RowsBody.Members(render: request.includeRender, statistics: request.includeStatistics)
    let body = try RowsBody(try connection.prepare(query.sql), query.columns, limits: limits, members: members)
    connection.interrupt(at: nil)
    return body
  }

  /// A request's range without what is past a table's days.
  private func narrow(_ range: RequestTimespan?, toDays days: Int?) -> RequestTimespan? {
    guard let days else { return range }
    let first = now - Int64(days) * Ticks.day
    return RequestTimespan(from: max(range?.from ?? first, first), to: range?.to ?? Int64.max)
  }

  private func timespan(of request: LogQueryRequest, _ now: Int64) throws(BadArgument) -> RequestTimespan? {
    guard let text = request.timespan, !text.isEmpty else {
      guard request.endpoint == .query else {
        throw BadArgument(message: "A search needs a time range: the timespan is missing")
      }
      return nil
    }
    guard let range = RequestTimespan(text, now: now) else {
      throw BadArgument(message: "The timespan '\(text)' is no ISO 8601 duration or interval")
    }
    return range
  }

  /// Puts in the way of a table's rows: those that are generated, and a view
  /// of a time range.
  private func prepare(_ table: LogTable, _ range: RequestTimespan?, _ connection: Connection) throws(SQLiteError) {
    var source = "main.\"\(table.name)\""
    if let generated = generated[table.name] {
      let name = range == nil ? table.name : "\(table.name).generated"
      try GeneratedModule.create(name, .init(generated, table), on: connection)
      source = "temp.\"\(name)\""
    }
    guard let range else { return }
    let names = (table.columns + table.hiddenColumns).map { "\"\($0.name)\"" }.joined(separator: ", ")
    try connection.execute(
      """
      CREATE TEMP VIEW "\(table.name)" AS SELECT \(names) FROM \(source)
      WHERE "\(ColumnNaming.time)" >= \(range.from) AND "\(ColumnNaming.time)" < \(range.to)
      """)
  }
}

/// Rows coming in.
extension Workspace {
  /// `Custom-T_CL` is the stream of table T_CL, `Microsoft-T` that of T; the
  /// emulator's own endpoint gives the table's name alone. A table that does
  /// not exist is made.
  package func ingest(stream: String, body: [UInt8]) -> (status: Int, body: [UInt8])? {
    let table =
      ["Custom-", "Microsoft-"].first(where: stream.hasPrefix).map { String(stream.dropFirst($0.count)) } ?? stream
    guard ColumnNaming.isIdentifier(table) else {
      return (404, Array(LogErrors.body("NotFound", "There is no stream '\(stream)'.").utf8))
    }
    do {
      try database.load(body, into: table, received: now)
      return nil
    } catch let error as RowRefused {
      return (400, Array(LogErrors.body("InvalidPayload", error.description).utf8))
    } catch {
      return (500, Array(LogErrors.body("InternalServerError", "\(error)").utf8))
    }
  }

  /// A table whose types are given: TimeGenerated, which may be left out, is a
  /// datetime, and names are identifiers that differ by more than case.
  package func define(table body: [UInt8]) -> (status: Int, body: [UInt8])? {
    func refuse(_ reason: String) -> (status: Int, body: [UInt8]) {
      (400, Array(LogErrors.body("InvalidParameter", reason).utf8))
    }
    let schema: TableSchema
    do {
      schema = try JSONDecoder().decode(TableSchema.self, from: Data(body))
    } catch {
      return refuse("expected {\"name\":…,\"columns\":[{\"name\":…,\"type\":…},…]} with the types of KQL")
    }
    let time = LogColumn(ColumnNaming.time, .datetime)
    var columns = schema.columns.map { LogColumn($0.name, $0.type) }
    if !columns.contains(where: { $0.name == time.name }) { columns.insert(time, at: 0) }
    guard columns.contains(time), ([schema.name] + columns.map(\.name)).allSatisfy(ColumnNaming.isIdentifier),
      Set((columns + ColumnNaming.hidden).map { $0.name.lowercased() }).count == columns.count
        + ColumnNaming.hidden.count
    else { return refuse("a name is no identifier or comes twice, or TimeGenerated is no datetime") }
    do {
      return try database.create(schema.name, columns) ? nil : refuse("there is a table \(schema.name)")
    } catch {
      return (500, Array(LogErrors.body("InternalServerError", "\(error)").utf8))
    }
  }

  private struct TableSchema: Decodable {
    struct Column: Decodable {
      var name: String
      var type: ColumnType
    }

    var name: String
    var columns: [Column]
  }

  /// Loads an NDJSON file into a table; the first load of a table in this
  /// process drops what an earlier one left there.
  func load(_ bytes: [UInt8], into table: String, timeKey: String?, anew: Bool) throws {
    let earlier: RowDatabase.Earlier = !anew ? .kept : generated[table] == nil ? .dropped : .deleted
    try database.load(bytes, into: table, timeKey: timeKey, earlier: earlier, received: now)
  }
}
