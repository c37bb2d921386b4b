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
    let makers: [Maker]

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
  enum Maker {
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

private func table(_ pointer: UnsafeMutablePointer<sqlite3_vtab>?) -> GeneratedTableHandle? {
  pointer.flatMap { pointer in
    pointer.withMemoryRebound(to: logexport_vtab.self, capacity: 1) { $0.pointee.table }
      .map { Unmanaged<GeneratedTableHandle>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// What `body` makes of a cursor's scan, without counting a reference to it.
private func scan<Result>(_ pointer: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ body: (GeneratedScan) -> Result)
  -> Result?
{
  guard let pointer else { return nil }
  let cursor = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab_cursor.self)
  return cursor.pointee.cursor.map { Unmanaged<GeneratedScan>.fromOpaque($0)._withUnsafeGuaranteedRef(body) }
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
    to: logexport_vtab(
      base: sqlite3_vtab(), table: Unmanaged.passRetained(GeneratedTableHandle(definition, handle)).toOpaque()))
  made?.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
  return SQLITE_OK
}

/// `xDisconnect` and `xDestroy`.
private func disconnect(_ pointer: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
  guard let pointer else { return SQLITE_OK }
  let table = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab.self)
  if let object = table.pointee.table { Unmanaged<GeneratedTableHandle>.fromOpaque(object).release() }
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
  for index in 0..<Int(info.pointee.nConstraint) where count < IndexBounds.most {
    let constraint = info.pointee.aConstraint[index]
    let code = IndexBounds.code(constraint.op)
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
        base: sqlite3_vtab_cursor(), cursor: Unmanaged.passRetained(GeneratedScan(table)).toOpaque()))
    made?.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }
  module.xClose = { pointer in
    guard let pointer else { return SQLITE_OK }
    let cursor = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: logexport_vtab_cursor.self)
    if let object = cursor.pointee.cursor { Unmanaged<GeneratedScan>.fromOpaque(object).release() }
    cursor.deallocate()
    return SQLITE_OK
  }
  module.xFilter = { pointer, number, _, count, values in
    scan(pointer) { $0.start(IndexBounds.range(number, values, count)) } ?? SQLITE_MISUSE
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
