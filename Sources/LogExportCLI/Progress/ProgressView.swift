internal import Export
internal import Pacing
internal import Synchronization
internal import Timeline

/// Turns the events of an apply into lines of a log, and into what is shown of its progress.
final class ProgressView: Sendable {
  private let output: ProgressOutput
  private let log: Log
  private let pace: QueryPace
  /// What a run was cancelled by: `by a signal`.
  private let interruption: @Sendable () -> String
  private let progress = Mutex(ApplyProgress(startedAt: .now()))

  init(_ output: ProgressOutput, log: Log, pace: QueryPace, interruption: @escaping @Sendable () -> String) {
    self.output = output
    self.log = log
    self.pace = pace
    self.interruption = interruption
  }

  /// A request was answered with something that is tried again.
  func retried() { progress.withLock { $0.retries += 1 } }
}

extension ProgressView {
  /// Shows what has happened.
  func take(_ event: ApplyEvent) {
    progress.withLock { $0.take(event) }
    write(event)
    refresh()
  }

  /// Shows how far it has come by now, where that is due.
  func refresh() {
    let progress = progress.withLock { $0 }
    let (now, pace) = (Tick.now(), pace.state(at: .now))
    output.show(
      block: { progress.block(pace, at: now, width: $0, height: $1) }, line: { progress.line(pace, at: now) })
  }

  private func write(_ event: ApplyEvent) {
    switch event {
    case .progressed: break
    case .tableStarted(let table, let slices, let rows):
      log.write(
        .info, "\(table): \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))", ["table": .string(table)])
    case .restarted(let table, _, let reason):
      log.write(.debug, "\(table): a part starts over: \(reason)", ["table": .string(table)])
    case .sliceFinished(let slice, let rows, let parts, let bytes):
      log.write(
        .debug, "\(slice): \(Quantity.of(rows, "row")), \(Quantity.of(parts, "part")), \(Quantity.bytes(bytes))",
        ["table": .string(slice.table), "slice": .string(slice.address), "rows": .integer(rows)])
    case .partSplit(let slice, let pieces):
      log.write(.info, "\(slice): too large for one response, cut into \(pieces)", ["slice": .string(slice.address)])
    case .batchHalved(let table, let slices, let reason):
      log.write(
        .info, "\(table): \(Quantity.of(slices, "slice")) that shared a query are tried again in halves: \(reason)",
        ["table": .string(table)])
    case .sliceFailed(let slice, let message):
      log.write(.error, "\(slice): \(message)", ["table": .string(slice.table), "slice": .string(slice.address)])
    case .superseded(let blob, let reason):
      log.write(.warning, "\(blob) is no longer needed but stays: \(reason)", ["blob": .string(blob)])
    case .columnHidden(let table, let column, let folder):
      log.write(
        .warning, Session.hiddenColumn(column, of: table, behind: folder),
        ["table": .string(table), "column": .string(column)])
    case .typeIdle(let table, let column, let lacking):
      log.write(
        .warning, Session.idleTypes(["\(column) is no \(lacking)"], of: table),
        ["table": .string(table), "column": .string(column)])
    case .tableFinished(let table, let slices, let rows, let failed, let stopped):
      let failures = failed > 0 ? ", \(Quantity.of(failed, "slice")) failed" : ""
      log.write(
        stopped == nil ? .info : .warning,
        "\(table): \(words(stopped)), \(Quantity.of(slices, "slice")), \(Quantity.of(rows, "row"))\(failures)",
        ["table": .string(table), "rows": .integer(rows), "failed": .integer(failed)])
    }
  }

  /// Whether a table is done, and if not, why.
  private func words(_ stopped: ApplyEvent.Stop?) -> String {
    switch stopped {
    case nil: "done"
    case .cancelled: "stopped \(interruption())"
    case .capped(let cap): "stopped at the cap on \(cap.name)"
    case .failed: "stopped, since its manifest cannot be written"
    }
  }
}
