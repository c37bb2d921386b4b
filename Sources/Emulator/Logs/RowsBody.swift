import Synchronization

/// An answer's body, written row by row as the client reads it.
///
///     {"tables":[{"name":"PrimaryResult","columns":[…],"rows":[[…],…]}]
///     ,"render":{…},"statistics":{…},"error":{…}}
final class RowsBody: ResponseBody {
  /// Members that follow the tables where the request asks for them.
  struct Members {
    var render: Bool
    var statistics: Bool
  }

  private struct State: Sendable {
    var rows: RowWriter
    var sink = ByteSink(capacity: 256 * 1024)
    var isEnded = false
  }

  /// Written ahead before any is handed out, so that steps of the statement and copies alternate rarely.
  private static let chunk = 64 * 1024

  private let members: Members
  private let state: Mutex<State>

  /// The rows of a statement that stands before its first row.
  ///
  /// Throws where that row cannot be had: then there is an error to answer
  /// with. The deadline counts up to there alone, for from there on the reader
  /// sets the pace.
  init(
    _ statement: Statement, _ columns: [LogColumn], limits: QueryLimits, members: Members
  ) throws(SQLiteError) {
    self.members = members
    var state = State(rows: RowWriter(statement, columns.map(\.type), limits))
    try state.rows.advance()
    let heads = columns.map { "{\"name\":\(Escaped.json($0.name)),\"type\":\"\($0.type.rawValue)\"}" }
    state.sink.append(
      "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[\(heads.joined(separator: ","))],\"rows\":[")
    self.state = Mutex(state)
  }

  /// The next bytes.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try state.withLock { state throws -> Int in
      while !state.isEnded, state.sink.left < min(buffer.count, Self.chunk) {
        if try state.rows.write(to: state.sink) { continue }
        state.isEnded = true
        state.sink.append("]}]")
        if members.render { state.sink.append(AnswerMembers.render) }
        if members.statistics { state.sink.append(AnswerMembers.statistics(state.rows.count, state.rows.bytes)) }
        if let limit = state.rows.exceeded {
          state.sink.append(",\(LogErrors.partial(code: LogErrors.truncated, limit: limit))")
        }
        state.sink.append("}")
      }
      return state.sink.take(into: buffer)
    }
  }
}

/// Writes the rows of a statement until a limit stops them.
struct RowWriter: Sendable {
  private let statement: Statement
  private let types: [ColumnType]
  private let limits: QueryLimits
  private var hasRow = false
  /// Rows written.
  private(set) var count = 0
  /// Bytes written.
  private(set) var bytes = 0
  /// The limit that stopped the rows, as the service's error names it.
  private(set) var exceeded: String?

  /// Nothing is read before `advance`.
  init(_ statement: Statement, _ types: [ColumnType], _ limits: QueryLimits) {
    self.statement = statement
    self.types = types
    self.limits = limits
  }

  /// Moves to the next row.
  mutating func advance() throws(SQLiteError) { hasRow = try statement.step() }

  /// Writes the row it stands on and moves on; false where there is none or
  /// a limit is reached.
  mutating func write(to sink: ByteSink) throws(SQLiteError) -> Bool {
    guard hasRow, exceeded == nil else { return false }
    guard count < limits.rows else {
      exceeded = "\(limits.rows) records"
      return false
    }
    let before = sink.count
    if count > 0 { sink.append(",") }
    sink.append("[")
    for column in types.indices {
      if column > 0 { sink.append(",") }
      writeValue(column, to: sink)
    }
    sink.append("]")
    let size = sink.count - before
    guard bytes + size <= limits.bytes else {
      sink.truncate(to: before)
      exceeded = "\(limits.bytes) bytes"
      return false
    }
    bytes += size
    count += 1
    try advance()
    return true
  }

  private func writeValue(_ column: Int, to sink: ByteSink) {
    switch types[column] {
    case .string: sink.append(quoted: statement.text(column))
    case .dynamic, .guid, .decimal:
      if isNull(column) { sink.append("null") } else { sink.append(quoted: statement.text(column)) }
    case .int, .long:
      if isNull(column) { sink.append("null") } else { sink.append(statement.integer(column)) }
    case .datetime:
      if isNull(column) { sink.append("null") } else { sink.append(datetime: statement.integer(column)) }
    case .timespan:
      if isNull(column) { sink.append("null") } else { sink.append(timespan: statement.integer(column)) }
    case .bool:
      if isNull(column) {
        sink.append("null")
      } else {
        sink.append(statement.integer(column) != 0 ? "true" as StaticString : "false")
      }
    case .real:
      switch statement.storage(column) {
      case .null: sink.append("null")
      case .text: sink.append(quoted: statement.text(column))
      default: sink.append(statement.real(column))
      }
    }
  }

  private func isNull(_ column: Int) -> Bool { statement.storage(column) == .null }
}
