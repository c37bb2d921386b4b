internal import Export
internal import Synchronization
internal import Timeline

/// Turns the events of an apply into lines of a log, or into a steady block on a terminal.
final class ProgressView: Sendable {
  /// How progress is shown.
  enum Style: Sendable {
    /// One bar a table, redrawn; the log scrolls above.
    case terminal
    /// Lines at start and end of each table, failures at once, one line a minute.
    case plain
    case none
  }

  private let style: Style
  private let log: Log
  private let state = Mutex(State())

  private struct State {
    var tables: [Table] = []
    var startedAt = Tick.now()
    var lastShown = Tick.earliest
    var retries = 0
  }

  private struct Table {
    var name: String
    var rows: Int
    var done = 0
    var slices: Int
    var finished = 0
    var failed = 0
  }

  init(style: Style, log: Log) {
    self.style = style
    self.log = log
  }

  /// A request was answered with something that is tried again.
  func retried() { state.withLock { $0.retries += 1 } }
}

extension ProgressView {
  /// Shows what has happened.
  func take(_ event: ApplyEvent) {
    switch event {
    case .tableStarted(let table, let slices, let rows):
      state.withLock { $0.tables.append(Table(name: table, rows: rows, slices: slices)) }
      log.write(.info, "\(table): \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))", ["table": table])
    case .progressed(let table, let rows, _):
      update(table) { $0.done += rows }
    case .restarted(let table, let rows, let reason):
      update(table) { $0.done -= rows }
      log.write(.debug, "\(table): a part starts over: \(reason)", ["table": table])
    case .sliceFinished(let slice, let rows, let parts, let bytes):
      update(slice.table) { $0.finished += 1 }
      log.write(
        .debug, "\(slice): \(Quantity.of(rows, "row")), \(Quantity.of(parts, "part")), \(Quantity.bytes(bytes))",
        ["table": slice.table, "slice": slice.address, "rows": String(rows)])
    case .partSplit(let slice, let pieces):
      log.write(.info, "\(slice): too large for one response, cut into \(pieces)", ["slice": slice.address])
    case .sliceFailed(let slice, let message):
      update(slice.table) { $0.failed += 1 }
      log.write(.error, "\(slice): \(message)", ["table": slice.table, "slice": slice.address])
    case .superseded(let blob, let reason):
      log.write(.warning, "\(blob) is no longer needed but stays: \(reason)", ["blob": blob])
    case .tableFinished(let table, let slices, let rows, let failed):
      let failures = failed > 0 ? ", \(Quantity.of(failed, "slice")) failed" : ""
      log.write(
        .info, "\(table): done, \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))\(failures)",
        ["table": table, "rows": String(rows), "failed": String(failed)])
    }
    show()
  }

  private func update(_ table: String, _ change: (inout Table) -> Void) {
    state.withLock { state in
      guard let index = state.tables.firstIndex(where: { $0.name == table }) else { return }
      change(&state.tables[index])
    }
  }

  /// Redraws at most ten times a second, or says one line a minute.
  private func show() {
    let interval: Timespan = style == .terminal ? .millisecond * 100 : .minute
    let now = Tick.now()
    let text = state.withLock { state -> String? in
      if style == .plain, state.lastShown == .earliest { state.lastShown = now }
      guard style != .none, now - state.lastShown >= interval else { return nil }
      state.lastShown = now
      return style == .terminal ? Self.block(state, now) : Self.line(state, now)
    }
    guard let text else { return }
    if style == .terminal { log.show(block: text) } else { log.write(.info, text) }
  }

  /// Takes the block away, so that results follow the log.
  func finish() {
    if style == .terminal { log.show(block: "") }
  }

  private static func rate(_ state: State, _ now: Tick) -> (rows: Int, all: Int, perSecond: Double) {
    let done = state.tables.reduce(0) { $0 + $1.done }
    let all = state.tables.reduce(0) { $0 + $1.rows }
    return (done, all, Double(done) / max(0.1, (now - state.startedAt).seconds))
  }

  private static func line(_ state: State, _ now: Tick) -> String {
    let (done, all, perSecond) = rate(state, now)
    let left = perSecond > 0 ? ", about \(Quantity.minutes(Double(max(0, all - done)) / perSecond + 59)) left" : ""
    return
      "\(Quantity.count(done)) of \(Quantity.count(all)) rows, \(Quantity.count(Int(perSecond))) rows/s, \(state.retries) retries\(left)"
  }

  private static func block(_ state: State, _ now: Tick) -> String {
    let width = state.tables.map(\.name.count).max() ?? 0
    var text = ""
    for table in state.tables where table.finished + table.failed < table.slices || table.slices == 0 {
      let share = table.rows > 0 ? min(1, Double(max(0, table.done)) / Double(table.rows)) : 1
      let filled = Int(share * 30)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      let name = table.name + String(repeating: " ", count: width - table.name.count)
      text += "\(name) \(bar) \(Int(share * 100))%  \(table.finished)/\(table.slices) slices\n"
    }
    return text + line(state, now) + "\n"
  }
}
