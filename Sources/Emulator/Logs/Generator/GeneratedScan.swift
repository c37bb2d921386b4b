import CSQLite

/// A virtual table, once connected.
final class GeneratedTableHandle {
  /// What the module was registered with.
  let definition: GeneratedModule.Definition
  /// The connection it belongs to, which outlives it.
  let handle: OpaquePointer

  /// Of a connection (`sqlite3 *`).
  init(_ definition: GeneratedModule.Definition, _ handle: OpaquePointer) {
    self.definition = definition
    self.handle = handle
  }
}

/// One scan: generated rows and rows that were taken in, merged by time.
final class GeneratedScan {
  private let definition: GeneratedModule.Definition
  private let handle: OpaquePointer
  private var generated: GeneratedCursor
  /// Rows that were taken in; nil where they are at their end.
  private var stored: OpaquePointer?
  private var storedTime: Int64?
  private let sink = ByteSink(capacity: 4096)

  /// Before any row.
  init(_ table: GeneratedTableHandle) {
    (definition, handle) = (table.definition, table.handle)
    generated = GeneratedCursor(definition.table.schedule, 0..<0)
  }

  deinit { sqlite3_finalize(stored) }

  /// Whether the current row is a stored one.
  private var isStored: Bool {
    guard let storedTime else { return false }
    return generated.time.map { storedTime < $0 } ?? true
  }

  /// Whether there is no current row.
  var isAtEnd: Bool { generated.time == nil && storedTime == nil }

  /// Begins anew on a range of ticks; a result code of SQLite.
  func start(_ range: Range<Int64>) -> Int32 {
    generated = GeneratedCursor(definition.table.schedule, range)
    sqlite3_finalize(stored)
    (stored, storedTime) = (nil, nil)
    let names = definition.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let time = "\"\(ColumnNaming.time)\""
    let code = sqlite3_prepare_v2(
      handle,
      """
      SELECT \(time), \(names) FROM main."\(definition.table.name)"
      WHERE \(time) >= \(range.lowerBound) AND \(time) < \(range.upperBound) ORDER BY \(time)
      """, -1, &stored, nil)
    return code == SQLITE_OK ? advanceStored() : code
  }

  /// Moves to the next row; a result code of SQLite.
  func advance() -> Int32 {
    if isStored { return advanceStored() }
    generated.advance()
    return SQLITE_OK
  }

  private func advanceStored() -> Int32 {
    switch sqlite3_step(stored) {
    case SQLITE_ROW:
      storedTime = sqlite3_column_int64(stored, 0)
      return SQLITE_OK
    case SQLITE_DONE:
      storedTime = nil
      return SQLITE_OK
    case let code: return code
    }
  }

  /// Makes one column of the current row.
  func result(_ column: Int, _ context: OpaquePointer) {
    if isStored { return sqlite3_result_value(context, sqlite3_column_value(stored, Int32(column + 1))) }
    guard let time = generated.time else { return sqlite3_result_null(context) }
    let row = generated.row
    switch definition.makers[column] {
    case .time: sqlite3_result_int64(context, time)
    case .billedSize: sqlite3_result_double(context, definition.table.billedSize(row: row))
    case .itemId:
      text(context) { RowTemplate.writeGUID(row, sink) }
    // Up to about five minutes later.
    case .received: sqlite3_result_int64(context, time + Int64(row % UInt64(5 * Ticks.minute)))
    case .empty: text(context) {}
    case .null: sqlite3_result_null(context)
    case .recipe(let number): result(definition.table.recipes[number], row, time, context)
    }
  }

  private func result(_ recipe: ColumnRecipe, _ row: UInt64, _ time: Int64, _ context: OpaquePointer) {
    let type = recipe.column.type
    if recipe.isMissing(row: row) {
      return type == .string ? text(context) {} : sqlite3_result_null(context)
    }
    if type == .string || type == .dynamic || type == .guid || type == .decimal {
      return text(context) { recipe.write(row: row, time: time, to: sink) }
    }
    sink.truncate(to: 0)
    recipe.write(row: row, time: time, to: sink)
    switch type {
    case .bool: sqlite3_result_int64(context, sink.bytes.first == UInt8(ascii: "t") ? 1 : 0)
    case .real:
      let digits = String(decoding: sink.bytes, as: UTF8.self)
      guard let number = Double(digits), !number.isNaN else { return text(context) { sink.append("NaN") } }
      sqlite3_result_double(context, number)
    case .datetime: sqlite3_result_int64(context, time + (Int64(text: sink.bytes) ?? 0))
    default: sqlite3_result_int64(context, Int64(text: sink.bytes) ?? 0)
    }
  }

  private func text(_ context: OpaquePointer, _ write: () -> Void) {
    sink.truncate(to: 0)
    write()
    logexport_result_text(context, sink.bytes.baseAddress, UInt64(sink.bytes.count))
  }
}
