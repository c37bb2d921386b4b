import CSQLite

/// A result code of SQLite that means failure, with what was being done.
struct SQLiteError: Error, Sendable, CustomStringConvertible {
  /// A result code, open: a new one never traps.
  struct Code: RawRepresentable, Sendable, Equatable {
    /// The extended result code.
    var rawValue: Int32

    /// `SQLITE_INTERRUPT`: a deadline passed.
    static let interrupted = Code(rawValue: SQLITE_INTERRUPT)
    /// `SQLITE_ERROR`: the statement itself is wrong.
    static let error = Code(rawValue: SQLITE_ERROR)
  }

  /// `sqlite3_extended_errcode`.
  var code: Code
  /// `sqlite3_errmsg`.
  var message: String
  /// The statement, where one was being prepared.
  var sql: String?

  /// The message and the code, and the statement where there is one.
  var description: String {
    "SQLite: \(message) (\(code.rawValue))" + (sql.map { " in \($0.prefix(500))" } ?? "")
  }
}
