package import BlobStorage
package import ExportSpec
package import Manifest
internal import Pacing
package import Planning
package import Timeline

/// Executes a plan: exactly its actions, over the slices of all tables at once; those that leave the workspace soon
/// come first.
package struct Applier: Sendable {
  package var spec: ExportSpec
  package var plan: Plan
  package var source: any LogSource
  package var store: any BlobStore
  /// Parts under way at once; the service answers five queries at a time.
  package var parallelism: Int
  package var runID: String
  package var clock: @Sendable () -> Tick
  package var report: @Sendable (ApplyEvent) -> Void
  /// Asked before each append to the manifest; throws where this run must write no more.
  package var permit: AppendPermit = { _ in }
  /// Awaited once the containers are there, before any slice is begun: their policies come first.
  package var prepare: @Sendable () async throws -> Void = {}
  /// How much this run may export.
  package var caps = RunCaps()
  /// Since the run began, for its cap on duration.
  package var elapsed: @Sendable () -> Duration = {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
  }()
  /// The program's name and version, as the files of Parquet have it.
  package var creator = "logexport"

  package init(
    spec: ExportSpec, plan: Plan, source: any LogSource, store: any BlobStore, parallelism: Int = 5, runID: String,
    clock: @escaping @Sendable () -> Tick = Tick.now, report: @escaping @Sendable (ApplyEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.plan = plan
    self.source = source
    self.store = store
    self.parallelism = parallelism
    self.runID = runID
    self.clock = clock
    self.report = report
  }
}

extension Applier {
  /// Runs to the end, or until the task is cancelled; what was finished is recorded either way.
  ///
  /// Throws only where nothing could be begun; a slice that fails is in the outcome.
  package func run() async throws -> ApplyOutcome {
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    let lineage = try await ArchiveBinding.establish(
      plan.containers, store: store, ledger: ledger, workspace: spec.source.workspace, now: clock())
    try await prepare()
    let context = ApplyContext(
      source: source, store: store, ledger: LedgerWriter(ledger, permit: permit), lineage: lineage, limits: spec.limits,
      runID: runID, creator: creator, clock: clock, gate: Gate(limit: parallelism), backoff: Backoff(attempts: 5),
      report: report)

    let allowance = RunAllowance(caps, elapsed: elapsed)
    var outcome = ApplyOutcome()
    for round in plan.rounds {
      await withTaskGroup { group in
        for table in round {
          guard let spec = spec.tables.first(where: { $0.name == table.table }) else { continue }
          group.addTask { await run(table, spec, context, allowance) }
        }
        for await part in group { outcome.add(part) }
      }
    }
    outcome.cancelled = Task.isCancelled
    outcome.capped = allowance.reached
    return outcome
  }

  private func run(
    _ plan: TableChanges, _ spec: TableSpec, _ context: ApplyContext, _ allowance: RunAllowance
  ) async -> ApplyOutcome {
    var outcome = ApplyOutcome()
    let exports = plan.actions.filter { !$0.isRecord }
    report(
      .tableStarted(
        table: plan.table, slices: plan.actions.count,
        rows: exports.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.part.count.rows } }))
    if await prepare(plan, context, &outcome) {
      await record(plan.actions.filter(\.isRecord), spec, plan, context, &outcome)
      await export(plan, spec, context, allowance, &outcome)
    }
    if !Task.isCancelled {
      outcome.deleted += await Obsolete(context: context, table: plan.table).delete(plan.cleanups)
    }
    report(
      .tableFinished(
        table: plan.table, slices: outcome.exported.slices + outcome.recorded, rows: outcome.exported.rows,
        failed: outcome.failures.count, stopped: stop(outcome, of: plan.actions.count, allowance)))
    return outcome
  }

  /// Why a table's work ended before its end; nil where it did not.
  private func stop(_ outcome: ApplyOutcome, of slices: Int, _ allowance: RunAllowance) -> ApplyEvent.Stop? {
    guard outcome.exported.slices + outcome.recorded + outcome.failures.count < slices else { return nil }
    if Task.isCancelled { return .cancelled }
    return allowance.reached.map { .capped($0) } ?? .failed
  }

  /// Makes sure that the table's manifest can be written before any of its blobs is;
  /// false where it cannot, which is one failure for the whole table.
  private func prepare(_ plan: TableChanges, _ context: ApplyContext, _ outcome: inout ApplyOutcome) async -> Bool {
    guard let first = plan.actions.first else { return true }
    do {
      try await context.ledger.prepare(plan.table, years: Set(plan.actions.map { CivilDate($0.range.start).year }))
      return true
    } catch {
      finish(Slice(table: plan.table, range: first.range), .failure(Self.failure(error)), &outcome)
      return false
    }
  }

  private static func failure(_ error: any Error) -> PartError {
    (error as? StoreError).map(PartError.init) ?? PartError(.failed, "\(error)")
  }

  /// Small slices share queries. Until a first response has been weighed it runs alone, so
  /// that the others can be filled by what it showed.
  private func export(
    _ plan: TableChanges, _ spec: TableSpec, _ context: ApplyContext, _ allowance: RunAllowance,
    _ outcome: inout ApplyOutcome
  ) async {
    let run = BatchRun(context: context, table: spec, plan: plan)
    var queue = ExportQueue(plan.actions, grid: spec.grid, limits: self.spec.limits, sizing: plan.sizing)
    var width = queue.sizing.bytesPerRow == nil ? 1 : parallelism
    await withTaskGroup(of: [BatchRun.Outcome].self) { group in
      var running = 0
      while true {
        while running < width, !queue.isEmpty, !Task.isCancelled {
          let slices = allowance.admit(queue.next(), of: plan.table, queue.sizing)
          // Nothing is begun any more, of any table.
          if slices.isEmpty { break }
          group.addTask { await run.outcomes(slices) }
          running += 1
        }
        guard let outcomes = await group.next() else { return }
        running -= 1
        width = parallelism
        for (action, result) in outcomes {
          if case .success(let finished) = result {
            let billed = action.parts.reduce(0) { $0 + $1.part.count.billed }
            queue.sizing.learn(rows: finished.rows, bytes: finished.rawBytes, billed: billed)
          }
          finish(Slice(table: plan.table, range: action.range), result, &outcome)
        }
      }
    }
  }

  private func finish(
    _ slice: Slice, _ result: Result<SliceRecorder.Finished, PartError>, _ outcome: inout ApplyOutcome
  ) {
    switch result {
    case .success(let finished):
      outcome.deleted += finished.deleted
      guard finished.parts > 0 else {
        outcome.recorded += 1
        return
      }
      outcome.exported.slices += 1
      outcome.exported.rows += finished.rows
      outcome.bytes += finished.bytes
      report(.sliceFinished(slice, rows: finished.rows, parts: finished.parts, bytes: finished.bytes))
    case .failure(let error):
      if error.code == .cancelled { return }
      outcome.failures.append(SliceFailure(slice: slice, message: error.message, kind: error.failureKind))
      report(.sliceFailed(slice, message: error.message))
    }
  }

  /// Records slices of which nothing is exported.
  private func record(
    _ actions: [SliceAction], _ spec: TableSpec, _ plan: TableChanges, _ context: ApplyContext,
    _ outcome: inout ApplyOutcome
  ) async {
    if Task.isCancelled { return }
    let recorder = SliceRecorder(context: context, table: spec, query: plan.query)
    let results = await recorder.record(actions.map { SliceRecorder.Slice(action: $0, parts: []) })
    for (action, result) in zip(actions, results) {
      finish(Slice(table: plan.table, range: action.range), result, &outcome)
    }
  }
}

extension ApplyOutcome {
  fileprivate mutating func add(_ other: ApplyOutcome) {
    exported.slices += other.exported.slices
    exported.rows += other.exported.rows
    recorded += other.recorded
    bytes += other.bytes
    deleted += other.deleted
    failures += other.failures
  }
}
