/// The table Usage, where the service notes the volume of each table: here one row for each, of this
/// hour, as if all of it had just come in. A table of that name that was loaded takes its place.
enum UsageTable {
  /// The columns that people ask for, as the service's reference has them.
  static let shape = LogTable(
    name: "Usage",
    columns: [
      LogColumn(ColumnNaming.time, .datetime), LogColumn("DataType", .string), LogColumn("Quantity", .real),
      LogColumn("QuantityUnit", .string), LogColumn("IsBillable", .bool),
    ])

  /// Makes it on a connection, for one query at `now` over `range`.
  static func create(
    _ tables: [LogTable], _ generated: [String: GeneratedTable], now: Int64, in range: RequestTimespan?,
    on connection: Connection
  ) throws(SQLiteError) {
    let hour = now - now % Ticks.hour
    try connection.execute(
      "CREATE TEMP TABLE \"\(shape.name)\" (\(shape.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")))")
    if let range, !(range.from..<range.to).contains(hour) { return }
    let statement = try connection.prepare("INSERT INTO temp.\"\(shape.name)\" VALUES (?, ?, ?, 'MBytes', 1)")
    for table in tables.sorted(by: { $0.name < $1.name }) {
      let sum = try connection.prepare("SELECT total(\"_BilledSize\") FROM main.\"\(table.name)\"")
      let loaded = try sum.step() ? sum.real(0) : 0
      let bytes = loaded + (generated[table.name]?.typicalVolume ?? 0)
      if bytes == 0 { continue }
      statement.bind(hour, at: 1)
      statement.bind(table.name, at: 2)
      statement.bind(bytes / 1e6, at: 3)
      try statement.run()
    }
  }
}
