import CSQLite

/// A connection to a database file (`sqlite3 *`), for one thread at a time.
///
/// Each query has a connection of its own, so that neither a slow reader nor a
/// writer holds anybody up; the file is in WAL mode.
// Unchecked: SQLite lets any thread use a connection while no other does; each
// is owned by the writer's or a body's lock.
final class Connection: @unchecked Sendable {
  /// `sqlite3 *`, for the registration of functions and modules.
  let handle: OpaquePointer
  private var deadline: Deadline?

  /// Opens or makes a file (`sqlite3_open_v2`). Other connections are waited
  /// for up to ten seconds.
  init(path: String) throws(SQLiteError) {
    _ = Self.isConfigured
    var opened: OpaquePointer?
    // One thread at a time, so SQLite's own locks around each call are left out.
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw SQLiteError(code: .init(rawValue: code), message: "\(path): \(message)")
    }
    handle = opened
    sqlite3_busy_timeout(opened, 10_000)
  }

  /// Done before the first connection; where another library was first, it has
  /// no effect and none is needed.
  private static let isConfigured = logexport_sqlite_leave_memory_uncounted() == SQLITE_OK

  // Statements still alive keep it open until they are finalised.
  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that have no parameters and no rows (`sqlite3_exec`).
  func execute(_ sql: String) throws(SQLiteError) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(sql) }
  }

  /// Compiles one statement (`sqlite3_prepare_v2`).
  func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw error(sql)
    }
    return Statement(statement, of: self)
  }

  /// Runs `body` as one transaction; an error undoes it.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // The first error is the one to tell; a failed COMMIT has rolled back already.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// Interrupts statements that still run at `deadline`; nil lets them run.
  func interrupt(at deadline: Deadline?) {
    self.deadline = deadline
    guard let deadline else { return sqlite3_progress_handler(handle, 0, nil, nil) }
    sqlite3_progress_handler(
      handle, 1000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
      }, Unmanaged.passUnretained(deadline).toOpaque())
  }

  /// The connection's latest error (`sqlite3_errmsg`).
  func error(_ sql: String? = nil) -> SQLiteError {
    SQLiteError(
      code: .init(rawValue: sqlite3_extended_errcode(handle)), message: String(cString: sqlite3_errmsg(handle)),
      sql: sql)
  }
}
