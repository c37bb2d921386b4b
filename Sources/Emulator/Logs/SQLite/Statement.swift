import CSQLite

/// A compiled statement (`sqlite3_stmt *`), for one thread at a time.
// Unchecked as its connection is: whoever holds the lock holds both.
final class Statement: @unchecked Sendable {
  private let handle: OpaquePointer
  private let connection: Connection

  /// Takes over `handle`, which `connection` prepared.
  init(_ handle: OpaquePointer, of connection: Connection) {
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// Moves to the next row (`sqlite3_step`); false behind the last.
  func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.error()
    }
  }

  /// Runs a statement without rows, and readies it for the next time.
  func run() throws(SQLiteError) {
    defer { reset() }
    _ = try step()
  }

  /// Readies it to run again, with every parameter NULL (`sqlite3_reset`).
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }
}

/// Parameters, numbered from 1.
extension Statement {
  /// `sqlite3_bind_int64`.
  func bind(_ value: Int64, at index: Int) { sqlite3_bind_int64(handle, Int32(index), value) }

  /// `sqlite3_bind_double`.
  func bind(_ value: Double, at index: Int) { sqlite3_bind_double(handle, Int32(index), value) }

  /// `sqlite3_bind_text64`, copied.
  func bind(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
    logexport_bind_text(handle, Int32(index), text.baseAddress, UInt64(text.count))
  }

  /// `sqlite3_bind_text64`, copied.
  func bind(_ text: String, at index: Int) {
    var text = text
    text.withUTF8 { bind($0, at: index) }
  }
}

/// Columns of the current row, numbered from 0.
extension Statement {
  /// `sqlite3_column_type`.
  func storage(_ column: Int) -> Storage { Storage(rawValue: sqlite3_column_type(handle, Int32(column))) }

  /// `sqlite3_column_int64`.
  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  /// `sqlite3_column_double`.
  func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

  /// `sqlite3_column_text`: UTF-8, valid until the next step.
  func text(_ column: Int) -> UnsafeBufferPointer<UInt8> {
    let start = sqlite3_column_text(handle, Int32(column))
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column))))
  }

  /// The text of a column as a string of its own.
  func string(_ column: Int) -> String { String(decoding: text(column), as: UTF8.self) }

  /// How a value is stored: the fundamental data types of SQLite.
  struct Storage: RawRepresentable, Equatable {
    var rawValue: Int32

    static let integer = Storage(rawValue: SQLITE_INTEGER)
    static let real = Storage(rawValue: SQLITE_FLOAT)
    static let text = Storage(rawValue: SQLITE_TEXT)
    static let null = Storage(rawValue: SQLITE_NULL)
  }
}
