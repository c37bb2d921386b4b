import CSQLite

/// Generated tables as virtual tables of SQLite (`sqlite3_module`).
///
/// Bounds on TimeGenerated go down to the generator, rows come in the order of
/// their times, and only the columns that a query asks for are made. Rows that
/// were taken in lie in a real table of the same name in `main` and are merged
/// with the generated ones.
enum GeneratedModule {
  /// What a module is registered with: a generator and the columns of its table.
  final class Definition: Sendable {
    let table: GeneratedTable
    let columns: [LogColumn]
    /// For each column what makes it.
    fileprivate let makers: [Maker]

    /// `columns` may hold more than the generator makes.
    init(_ table: GeneratedTable, _ shape: LogTable) {
      self.table = table
      columns = shape.columns + shape.hiddenColumns
      let recipes = Dictionary(zip(table.recipes.map(\.column.name), table.recipes.indices)) { first, _ in first }
      makers = columns.map { column in
        switch column.name {
        case ColumnNaming.time: .time
        case "_BilledSize": .billedSize
        case "_ItemId": .itemId
        case "_TimeReceived": .received
        default: recipes[column.name].map { .recipe($0) } ?? (column.type == .string ? .empty : .null)
        }
      }
    }
  }

  /// What makes a column.
  fileprivate enum Maker {
    case time, billedSize, itemId, received, empty, null
    /// The number of a recipe.
    case recipe(Int)
  }

  /// Makes `name` a table of the connection's `temp` schema.
  static func create(_ name: String, _ definition: Definition, on connection: Connection) throws(SQLiteError) {
    let module = "generated.\(definition.table.name)"
    let code = sqlite3_create_module_v2(
      connection.handle, module, methods, Unmanaged.passRetained(definition).toOpaque(),
      { if let pointer = $0 { Unmanaged<Definition>.fromOpaque(pointer).release() } })
    guard code == SQLITE_OK else { throw connection.error() }
    try connection.execute("CREATE VIRTUAL TABLE temp.\"\(name)\" USING \"\(module)\"")
  }
}

/// A virtual table, once connected.
private final class Table {
  let definition: GeneratedModule.Definition
  /// The connection it belongs to, which outlives it.
  let handle: OpaquePointer

  init(_ definition: GeneratedModule.Definition, _ handle: OpaquePointer) {
    self.definition = definition
    self.handle = handle
  }
}

/// One scan: generated rows and rows that were taken in, merged by time.
private final class Scan {
  private let definition: GeneratedModule.Definition
  private let handle: OpaquePointer
  private var generated: GeneratedCursor
  /// Rows that were taken in; nil where they are at their end.
  private var stored: OpaquePointer?
  private var storedTime: Int64?
  private let sink = ByteSink(capacity: 4096)

  init(_ table: Table) {
    (definition, handle) = (table.definition, table.handle)
    generated = GeneratedCursor(definition.table.schedule, 0..<0)
  }

  deinit { sqlite3_finalize(stored) }

  /// Whether the current row is a stored one.
  private var isStored: Bool {
    guard let storedTime else { return false }
    return generated.time.map { storedTime < $0 } ?? true
  }

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

/// The constraints that a scan is given, as many as fit into an index number.
private enum Bounds {
  static let most = 8

  /// Three bits a constraint, the first lowest; 0 for operators of no use.
  static func code(_ constraint: UInt8) -> Int32 {
    switch Int32(constraint) {
    case SQLITE_INDEX_CONSTRAINT_EQ: 1
    case SQLITE_INDEX_CONSTRAINT_GT: 2
    case SQLITE_INDEX_CONSTRAINT_GE: 3
    case SQLITE_INDEX_CONSTRAINT_LT: 4
    case SQLITE_INDEX_CONSTRAINT_LE: 5
    default: 0
    }
  }

  /// The range that all constraints leave. Only whole numbers narrow it;
  /// SQLite checks every row again.
  static func range(_ number: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int32) -> Range<Int64> {
    var (low, high) = (Int64.min, Int64.max)
    for index in 0..<Int(count) {
      guard let value = values?[index], sqlite3_value_type(value) == SQLITE_INTEGER else { continue }
      let bound = sqlite3_value_int64(value)
      let next = bound == .max ? bound : bound + 1
      switch number >> Int32(index * 3) & 7 {
      case 1: (low, high) = (max(low, bound), min(high, next))
      case 2: low = max(low, next)
      case 3: low = max(low, bound)
      case 4: high = min(high, bound)
      case 5: high = min(high, next)
      default: break
      }
    }
    return low..<max(low, high)
  }
}

private func table(_ pointer: UnsafeMutablePointer<sqlite3_vtab>?) -> Table? {
  pointer.flatMap { pointer in
    pointer.withMemoryRebound(to: logexport_vtab.self, capacity: 1) { $0.pointee.table }
      .map { Unmanaged<Table>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// What `body` makes of a cursor's scan, without counting a reference to it.
private func scan<Result>(_ pointer: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ body: (Scan) -> Result) -> Result? {
  guard let pointer else { return nil }
  let cursor = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab_cursor.self)
  return cursor.pointee.cursor.map { Unmanaged<Scan>.fromOpaque($0)._withUnsafeGuaranteedRef(body) }
}

/// `xCreate` and `xConnect`.
private func connect(
  _ handle: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
  _ made: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
) -> Int32 {
  guard let handle, let context else { return SQLITE_MISUSE }
  let definition = Unmanaged<GeneratedModule.Definition>.fromOpaque(context).takeUnretainedValue()
  let names = definition.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
  let code = sqlite3_declare_vtab(handle, "CREATE TABLE generated (\(names))")
  guard code == SQLITE_OK else { return code }
  let table = UnsafeMutablePointer<logexport_vtab>.allocate(capacity: 1)
  table.initialize(
    to: logexport_vtab(base: sqlite3_vtab(), table: Unmanaged.passRetained(Table(definition, handle)).toOpaque()))
  made?.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
  return SQLITE_OK
}

/// `xDisconnect` and `xDestroy`.
private func disconnect(_ pointer: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
  guard let pointer else { return SQLITE_OK }
  let table = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab.self)
  if let object = table.pointee.table { Unmanaged<Table>.fromOpaque(object).release() }
  table.deallocate()
  return SQLITE_OK
}

/// `xBestIndex`: takes up bounds on TimeGenerated and the order by it.
private func plan(_ pointer: UnsafeMutablePointer<sqlite3_vtab>?, _ info: UnsafeMutablePointer<sqlite3_index_info>?)
  -> Int32
{
  guard let table = table(pointer), let info else { return SQLITE_MISUSE }
  let time = table.definition.columns.firstIndex { $0.name == ColumnNaming.time }
  var count = 0
  var isBounded = (below: false, above: false)
  for index in 0..<Int(info.pointee.nConstraint) where count < Bounds.most {
    let constraint = info.pointee.aConstraint[index]
    let code = Bounds.code(constraint.op)
    guard constraint.usable != 0, code != 0, Int(constraint.iColumn) == time else { continue }
    info.pointee.idxNum |= code << Int32(count * 3)
    count += 1
    info.pointee.aConstraintUsage[index].argvIndex = Int32(count)
    if code <= 3 { isBounded.below = true }
    if code == 1 || code >= 4 { isBounded.above = true }
  }
  let rows = Double(table.definition.table.schedule.rowsPerHour)
  let hours = isBounded.below && isBounded.above ? 24 : isBounded.below || isBounded.above ? 4000 : 8760.0
  info.pointee.estimatedRows = Int64(rows * hours)
  info.pointee.estimatedCost = rows * hours
  if info.pointee.nOrderBy == 1, Int(info.pointee.aOrderBy[0].iColumn) == time, info.pointee.aOrderBy[0].desc == 0 {
    info.pointee.orderByConsumed = 1
  }
  return SQLITE_OK
}

/// The functions of the module. `nonisolated(unsafe)`: written once, before
/// anybody reads.
private nonisolated(unsafe) let methods: UnsafePointer<sqlite3_module> = {
  var module = sqlite3_module()
  module.xCreate = { handle, context, _, _, made, _ in connect(handle, context, made) }
  module.xConnect = { handle, context, _, _, made, _ in connect(handle, context, made) }
  module.xBestIndex = { plan($0, $1) }
  module.xDisconnect = { disconnect($0) }
  module.xDestroy = { disconnect($0) }
  module.xOpen = { pointer, made in
    guard let table = table(pointer) else { return SQLITE_MISUSE }
    let cursor = UnsafeMutablePointer<logexport_vtab_cursor>.allocate(capacity: 1)
    cursor.initialize(
      to: logexport_vtab_cursor(
        base: sqlite3_vtab_cursor(), cursor: Unmanaged.passRetained(Scan(table)).toOpaque()))
    made?.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }
  module.xClose = { pointer in
    guard let pointer else { return SQLITE_OK }
    let cursor = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab_cursor.self)
    if let object = cursor.pointee.cursor { Unmanaged<Scan>.fromOpaque(object).release() }
    cursor.deallocate()
    return SQLITE_OK
  }
  module.xFilter = { pointer, number, _, count, values in
    scan(pointer) { $0.start(Bounds.range(number, values, count)) } ?? SQLITE_MISUSE
  }
  module.xNext = { scan($0) { $0.advance() } ?? SQLITE_MISUSE }
  module.xEof = { scan($0) { $0.isAtEnd } ?? true ? 1 : 0 }
  module.xColumn = { pointer, context, column in
    guard let context else { return SQLITE_MISUSE }
    return scan(pointer) {
      $0.result(Int(column), context)
      return SQLITE_OK
    } ?? SQLITE_MISUSE
  }
  module.xRowid = { _, rowid in
    // No query of the translator asks for it.
    rowid?.pointee = 0
    return SQLITE_OK
  }
  let pointer = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
  pointer.initialize(to: module)
  return UnsafePointer(pointer)
}()
