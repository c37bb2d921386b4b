/// The table Usage, where the service notes the volume of each table by the hour that it came in.
///
/// Rows count for the hour of their time; those older than the service keeps the table count for this hour, as if
/// they had just come in. A table of that name that was loaded takes its place.
enum UsageTable {
  /// The columns that people ask for, as the service's reference has them.
  static let shape = LogTable(
    name: "Usage",
    columns: [
      LogColumn(ColumnNaming.time, .datetime), LogColumn("StartTime", .datetime), LogColumn("EndTime", .datetime),
      LogColumn("DataType", .string), LogColumn("Quantity", .real), LogColumn("QuantityUnit", .string),
      LogColumn("IsBillable", .bool),
    ])

  /// How far back the table goes.
  private static let kept = 90 * Ticks.day

  /// Makes it on a connection, for one query at `now` over `range`.
  static func create(
    _ tables: [LogTable], _ generated: [String: GeneratedTable], now: Int64, in range: RequestTimespan?,
    on connection: Connection
  ) throws(SQLiteError) {
    let hour = now - now % Ticks.hour
    try connection.execute(
      "CREATE TEMP TABLE \"\(shape.name)\" (\(shape.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")))")
    let statement = try connection.prepare("INSERT INTO temp.\"\(shape.name)\" VALUES (?, ?, ?, ?, ?, 'MBytes', 1)")
    for table in tables.sorted(by: { $0.name < $1.name }) {
      var volumes = generated[table.name]?.volumes(since: hour - kept, lumping: hour) ?? [:]
      let sums = try connection.prepare(
        """
        SELECT CASE WHEN t < \(hour - kept) OR t > \(hour) THEN \(hour) ELSE t - t % \(Ticks.hour) END, total(size)
        FROM (SELECT "\(ColumnNaming.time)" AS t, "_BilledSize" AS size FROM main."\(table.name)") GROUP BY 1
        """)
      while try sums.step() { volumes[sums.integer(0), default: 0] += sums.real(1) }
      for (start, bytes) in volumes.sorted(by: { $0.key < $1.key }) where bytes > 0 {
        if let range, !(range.from..<range.to).contains(start) { continue }
        statement.bind(start, at: 1)
        statement.bind(start, at: 2)
        statement.bind(start + Ticks.hour, at: 3)
        statement.bind(table.name, at: 4)
        statement.bind(bytes / 1e6, at: 5)
        try statement.run()
      }
    }
  }
}
