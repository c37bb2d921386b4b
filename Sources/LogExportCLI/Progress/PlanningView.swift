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
    let (planned, counts) = state.withLock { state in
      switch event {
      case .counted(_, let queries): state.counts += queries
      case .planned: state.planned += 1
      }
      return state
    }
    let text = {
      "Planning: \(planned) of \(Quantity.of(self.tables, "table")), \(counts) counts, "
        + "\(self.budget.used(at: .now))/\(self.budget.limit) requests"
    }
    output.show(block: { width, _ in text().prefix(width - 1) + "\n" }, line: text)
  }
}
