internal import Export
internal import Pacing
internal import Synchronization

/// Says how far planning has come: counts of a year may take minutes.
final class PlanningView: Sendable {
  private let output: ProgressOutput
  private let pace: QueryPace
  private let tables: Int
  private let state = Mutex((planned: 0, counts: 0))

  init(_ output: ProgressOutput, pace: QueryPace, tables: Int) {
    self.output = output
    self.pace = pace
    self.tables = tables
  }

  func take(_ event: ResolverEvent) {
    state.withLock { state in
      switch event {
      case .counted(_, let queries): state.counts += queries
      case .scanning: break
      case .planned: state.planned += 1
      }
    }
    refresh()
  }

  /// Shows how far it has come by now, where that is due.
  func refresh() {
    let (planned, counts) = state.withLock { $0 }
    let text = { Self.text(planned: planned, of: self.tables, counts: counts, self.pace.state(at: .now)) }
    output.show(block: { width, _ in text().prefix(width - 1) + "\n" }, line: text)
  }

  /// One line: tables, counts, and the pace of requests.
  static func text(planned: Int, of tables: Int, counts: Int, _ pace: PaceState) -> String {
    let work = "Planning: \(planned) of \(Quantity.of(tables, "table")), \(Quantity.of(counts, "count"))"
    return ([work] + pace.words).joined(separator: ", ")
  }
}
