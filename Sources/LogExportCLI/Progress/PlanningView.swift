internal import Export
internal import Pacing
internal import Synchronization

/// Says how far planning has come: counts of a year may take minutes.
final class PlanningView: Sendable {
  private let output: ProgressOutput
  private let budget: RequestBudget
  private let tables: Int
  private let state = Mutex((planned: 0, counts: 0))

  init(_ output: ProgressOutput, budget: RequestBudget, tables: Int) {
    self.output = output
    self.budget = budget
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
    let text = {
      "Planning: \(planned) of \(Quantity.of(self.tables, "table")), \(counts) counts, "
        + "\(self.budget.used(at: .now))/\(self.budget.limit) requests"
    }
    output.show(block: { width, _ in text().prefix(width - 1) + "\n" }, line: text)
  }
}
