package import BlobStorage
package import ExportSpec
internal import Manifest
internal import Pacing
package import Planning
package import Timeline

/// Executes a plan: exactly its actions, over the slices of all tables at once.
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
  package var permit: @Sendable () throws -> Void = {}

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

  /// Slices recorded without rows that share one append.
  private static let recordGroup = 500
}

extension Applier {
  /// Runs to the end, or until the task is cancelled; what was finished is recorded either way.
  ///
  /// Throws only where nothing could be begun; a slice that fails is in the outcome.
  package func run() async throws -> ApplyOutcome {
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    let lineage = try await ArchiveBinding.establish(
      plan.containers, store: store, ledger: ledger, workspace: spec.source.workspace, now: clock())
    let context = ApplyContext(
      source: source, store: store, ledger: LedgerWriter(ledger, permit: permit), lineage: lineage, limits: spec.limits,
      runID: runID,
      clock: clock, gate: Gate(limit: parallelism), backoff: Backoff(attempts: 5), report: report)

    var outcome = ApplyOutcome()
    await withTaskGroup { group in
      for table in plan.tables where !table.actions.isEmpty || !table.cleanups.isEmpty {
        guard let spec = spec.tables.first(where: { $0.name == table.table }) else { continue }
        group.addTask { await run(table, spec, context) }
      }
      for await part in group { outcome.add(part) }
    }
    outcome.cancelled = Task.isCancelled
    return outcome
  }

  private func run(_ plan: TableChanges, _ spec: TableSpec, _ context: ApplyContext) async -> ApplyOutcome {
    var outcome = ApplyOutcome()
    let exports = plan.actions.filter { !$0.isRecord }
    report(
      .tableStarted(
        table: plan.table, slices: plan.actions.count,
        rows: exports.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.part.count.rows } }))
    if await prepare(plan, context, &outcome) {
      await record(plan.actions.filter(\.isRecord), plan, context, &outcome)
      await export(exports, plan, spec, context, &outcome)
    }
    if !Task.isCancelled {
      outcome.deleted += await Obsolete(context: context, table: plan.table).delete(plan.cleanups)
    }
    report(
      .tableFinished(
        table: plan.table, slices: outcome.exported.slices + outcome.recorded, rows: outcome.exported.rows,
        failed: outcome.failures.count))
    return outcome
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

  private func export(
    _ exports: [SliceAction], _ plan: TableChanges, _ spec: TableSpec, _ context: ApplyContext,
    _ outcome: inout ApplyOutcome
  ) async {
    await withTaskGroup(of: (SliceAction, Result<SliceRun.Finished, PartError>).self) { group in
      for (index, action) in exports.enumerated() {
        if index >= parallelism, let (done, result) = await group.next() {
          finish(Slice(table: plan.table, range: done.range), result, &outcome)
        }
        if Task.isCancelled { break }
        group.addTask { (action, await SliceRun(context: context, table: spec, plan: plan, action: action).result()) }
      }
      while let (done, result) = await group.next() {
        finish(Slice(table: plan.table, range: done.range), result, &outcome)
      }
    }
  }

  private func finish(_ slice: Slice, _ result: Result<SliceRun.Finished, PartError>, _ outcome: inout ApplyOutcome) {
    switch result {
    case .success(let finished):
      outcome.exported.slices += 1
      outcome.exported.rows += finished.rows
      outcome.bytes += finished.bytes
      outcome.deleted += finished.deleted
      report(.sliceFinished(slice, rows: finished.rows, parts: finished.parts, bytes: finished.bytes))
    case .failure(let error):
      if error.code == .cancelled { return }
      outcome.failures.append(SliceFailure(slice: slice, message: error.message, kind: error.failureKind))
      report(.sliceFailed(slice, message: error.message))
    }
  }

  /// Records slices without rows, many to an append.
  private func record(
    _ actions: [SliceAction], _ plan: TableChanges, _ context: ApplyContext, _ outcome: inout ApplyOutcome
  ) async {
    let byYear = Dictionary(grouping: actions) { CivilDate($0.range.start).year }
    for (_, actions) in byYear.sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: actions.count, by: Self.recordGroup) {
        if Task.isCancelled { return }
        let group = actions[start..<min(start + Self.recordGroup, actions.count)]
        do {
          try await context.ledger.append(group.map { row($0, plan, context) })
          outcome.recorded += group.count
        } catch {
          for action in group {
            finish(Slice(table: plan.table, range: action.range), .failure(Self.failure(error)), &outcome)
          }
          continue
        }
        for action in group {
          outcome.deleted += await Obsolete(context: context, table: plan.table).delete(action.obsolete)
        }
      }
    }
  }

  private func row(_ action: SliceAction, _ plan: TableChanges, _ context: ApplyContext) -> ManifestRow {
    var status = ManifestRow.Status.empty
    if case .record(let recorded) = action.kind { status = recorded }
    var row = ManifestRow(
      table: plan.table, range: action.range, rows: 0, status: status, sliceRange: action.range,
      exportedAt: clock(), runID: runID)
    row.generation = action.generation
    row.queryHash = plan.query.hash
    row.countedRows = status == .expired ? nil : 0
    return row
  }
}

extension SliceAction {
  /// Whether it records a slice without exporting anything.
  package var isRecord: Bool {
    if case .record = kind { return true }
    return false
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
