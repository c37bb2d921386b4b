import FoundationEssentials
import Glibc
import Synchronization

/// The rows of a workspace in a database file: one writer, and a connection
/// for every query.
///
/// Without a folder of its own the file is a temporary one: a database in
/// memory would make queries wait for each other and for the loads.
final class RowDatabase: Sendable {
  private struct Writer: Sendable {
    var connection: Connection
    var catalog: TableCatalog
    var loads: UInt64 = 0
  }

  private let folder: String
  private let isTemporary: Bool
  private let claim: Claim?
  private let seed: UInt64
  private let writer: Mutex<Writer>
  /// What queries see: the catalog as the latest transaction left it.
  private let committed: Mutex<[String: LogTable]>

  /// Opens `rows.sqlite` in a folder, or in one that goes with this object.
  init(folder: String?, seed: UInt64) throws {
    if let folder {
      self.folder = folder + "/logs"
      try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
      claim = try Claim(self.folder + "/lock")
    } else {
      self.folder = try Self.makeTemporaryFolder()
      claim = nil
    }
    isTemporary = folder == nil
    self.seed = seed
    let connection = try Connection(path: self.folder + "/rows.sqlite")
    try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(folder == nil ? "OFF" : "NORMAL")")
    let catalog = try TableCatalog(connection)
    committed = Mutex(catalog.tables)
    writer = Mutex(Writer(connection: connection, catalog: catalog))
  }

  deinit {
    // Whatever is still open keeps its bytes; a folder that stays behind is harmless.
    if isTemporary { try? FileManager.default.removeItem(atPath: folder) }
  }

  /// The tables by name.
  var tables: [String: LogTable] { committed.withLock { $0 } }

  /// A connection for one query.
  func connect() throws(SQLiteError) -> Connection { try Connection(path: folder + "/rows.sqlite") }

  /// What becomes of the rows that a table holds when others are loaded.
  enum Earlier {
    case kept
    /// The columns stay.
    case deleted
    /// The columns go as well.
    case dropped
  }

  /// Takes rows in, all or none. Returns how many.
  @discardableResult
  func load(
    _ bytes: [UInt8], into table: String, timeKey: String? = nil, earlier: Earlier = .kept, received: Int64
  ) throws -> Int {
    try write { writer in
      switch earlier {
      case .kept: break
      case .deleted: try writer.connection.execute("DELETE FROM main.\"\(table)\"")
      case .dropped: try writer.catalog.drop(table, writer.connection)
      }
      let target = RowLoader.Target(table: table, timeKey: timeKey, received: received, seed: seed ^ writer.loads << 32)
      writer.loads += 1
      return try bytes.withUnsafeBufferPointer {
        try RowLoader($0, into: target).run(&writer.catalog, writer.connection)
      }
    }
  }

  /// Makes a table; false where there is one of that name, case aside.
  func create(_ table: String, _ columns: [LogColumn]) throws -> Bool {
    try write { writer in
      guard writer.catalog.table(likened: table) == nil else { return false }
      try writer.catalog.create(table, columns, writer.connection)
      return true
    }
  }

  /// Makes tables, or adds to them the columns that they lack.
  func extend(_ tables: [(name: String, columns: [LogColumn])]) throws {
    if tables.isEmpty { return }
    try write { writer in
      for table in tables {
        guard let existing = writer.catalog.tables[table.name] else {
          try writer.catalog.create(table.name, table.columns, writer.connection)
          continue
        }
        let taken = Set(existing.columns.map { $0.name.lowercased() })
        let lacking = table.columns.filter { !taken.contains($0.name.lowercased()) }
        try writer.catalog.add(lacking.map { ($0.name, $0) }, to: table.name, writer.connection)
      }
    }
  }

  private func write<Result: Sendable>(_ body: (inout Writer) throws -> Result) throws -> Result {
    try writer.withLock { writer throws in
      let before = writer.catalog
      do {
        let result = try writer.connection.transaction { try body(&writer) }
        committed.withLock { $0 = writer.catalog.tables }
        return result
      } catch {
        writer.catalog = before
        throw error
      }
    }
  }

  /// `mkdtemp` below `TMPDIR`.
  private static func makeTemporaryFolder() throws(FileProblem) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/logexport-emulator-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileProblem(path: parent, code: errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
