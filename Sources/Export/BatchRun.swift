internal import ExportSpec
internal import Pacing
internal import Planning
internal import Timeline

/// Exports several small slices with one query; what fails is tried again in halves, down to one slice.
struct BatchRun: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var plan: TableChanges

  /// A slice and what became of it.
  typealias Outcome = (action: SliceAction, result: Result<SliceRecorder.Finished, PartError>)
}

extension BatchRun {
  /// Runs the actions, each of one whole slice of one part where they are several.
  func outcomes(_ actions: [SliceAction]) async -> [Outcome] {
    guard actions.count > 1 else { return await single(actions) }
    let targets = actions.map {
      Transfer.Target(
        slice: $0.range, generation: $0.generation, part: $0.parts[0].part, address: $0.parts[0].address)
    }
    let transfer = Transfer(context: context, table: table, query: plan.query)
    do throws(PartError) {
      let results = try await context.gate.withPermit { () throws(PartError) in try await transfer.run(targets) }
      return await record(actions, results)
    } catch {
      guard error.mayBeHalved, !Task.isCancelled else {
        return actions.map { ($0, .failure(error)) }
      }
      context.report(.batchHalved(table: table.name, slices: actions.count, reason: error.message))
      let middle = actions.count / 2
      async let first = outcomes(Array(actions[..<middle]))
      async let second = outcomes(Array(actions[middle...]))
      return await first + second
    }
  }

  /// Each with queries of its own; the gate says how many are under way at once.
  private func single(_ actions: [SliceAction]) async -> [Outcome] {
    let results = await actions.mapConcurrently(width: actions.count) { action in
      await SliceRun(context: context, table: table, plan: plan, action: action).result()
    }
    return zip(actions, results).map { ($0, $1) }
  }

  /// Records the slices that are whole; those whose rows and count differ are exported again one by one.
  private func record(
    _ actions: [SliceAction], _ results: [Result<Transfer.Committed?, PartError>]
  ) async -> [Outcome] {
    var whole: [SliceRecorder.Slice] = []
    var outcomes: [Outcome] = []
    var again: [SliceAction] = []
    for (action, result) in zip(actions, results) {
      switch result {
      case .success(let committed):
        whole.append(SliceRecorder.Slice(action: action, parts: committed.map { [$0] } ?? []))
      case .failure(let error) where error.isTransient: again.append(action)
      case .failure(let error): outcomes.append((action, .failure(error)))
      }
    }
    let recorded = await SliceRecorder(context: context, table: table, query: plan.query).record(whole)
    outcomes += zip(whole, recorded).map { ($0.action, $1) }
    return outcomes + (await single(again))
  }
}
