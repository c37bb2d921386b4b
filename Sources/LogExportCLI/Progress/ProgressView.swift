internal import Export
internal import Pacing
internal import Synchronization
internal import Timeline

/// Turns the events of an apply into lines of a log, or into a steady block on a terminal.
final class ProgressView: Sendable {
  enum Style: Sendable {
    /// One bar a table, redrawn; the log scrolls above.
    case terminal
    /// Lines at start and end of each table, failures at once, one line a minute.
    case plain
    case none
  }

  private let style: Style
  private let log: Log
  private let budget: RequestBudget
  private let state: Mutex<(progress: ApplyProgress, shownAt: Tick)>

  init(style: Style, log: Log, budget: RequestBudget) {
    self.style = style
    self.log = log
    self.budget = budget
    let now = Tick.now()
    // A terminal is drawn at once, a line is due in a minute.
    state = Mutex((ApplyProgress(startedAt: now), style == .terminal ? .earliest : now))
  }

  /// A request was answered with something that is tried again.
  func retried() { state.withLock { $0.progress.retries += 1 } }
}

extension ProgressView {
  func take(_ event: ApplyEvent) {
    state.withLock { $0.progress.take(event) }
    write(event)
    show()
  }

  private func write(_ event: ApplyEvent) {
    switch event {
    case .progressed: break
    case .tableStarted(let table, let slices, let rows):
      log.write(.info, "\(table): \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))", ["table": table])
    case .restarted(let table, _, let reason):
      log.write(.debug, "\(table): a part starts over: \(reason)", ["table": table])
    case .sliceFinished(let slice, let rows, let parts, let bytes):
      log.write(
        .debug, "\(slice): \(Quantity.of(rows, "row")), \(Quantity.of(parts, "part")), \(Quantity.bytes(bytes))",
        ["table": slice.table, "slice": slice.address, "rows": String(rows)])
    case .partSplit(let slice, let pieces):
      log.write(.info, "\(slice): too large for one response, cut into \(pieces)", ["slice": slice.address])
    case .sliceFailed(let slice, let message):
      log.write(.error, "\(slice): \(message)", ["table": slice.table, "slice": slice.address])
    case .superseded(let blob, let reason):
      log.write(.warning, "\(blob) is no longer needed but stays: \(reason)", ["blob": blob])
    case .tableFinished(let table, let slices, let rows, let failed):
      let failures = failed > 0 ? ", \(Quantity.of(failed, "slice")) failed" : ""
      log.write(
        .info, "\(table): done, \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))\(failures)",
        ["table": table, "rows": String(rows), "failed": String(failed)])
    }
  }

  /// Redraws at most ten times a second, or says one line a minute.
  private func show() {
    if style == .none { return }
    let interval: Timespan = style == .terminal ? .millisecond * 100 : .minute
    let now = Tick.now()
    let due = state.withLock { state -> ApplyProgress? in
      guard now - state.shownAt >= interval else { return nil }
      state.shownAt = now
      return state.progress
    }
    guard var progress = due else { return }
    progress.requests = (budget.used(at: .now), budget.limit)
    if style == .terminal {
      let size = Console.size
      log.show(block: progress.block(at: now, width: size.columns, height: min(14, size.rows - 2)))
    } else {
      log.write(.info, progress.summary(at: now))
    }
  }

  /// Takes the block away, so that results follow the log.
  func finish() {
    if style == .terminal { log.show(block: "") }
  }
}
