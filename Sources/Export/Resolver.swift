package import BlobStorage
internal import Diagnostics
package import ExportSpec
internal import Manifest
package import Planning
package import Timeline

/// What happens during planning, for progress views.
package enum ResolverEvent: Sendable {
  /// Counts of a table begin that scan so many bytes, which is billed; nil where nobody knows how many.
  case scanning(table: String, bytes: Int?)
  /// Counts of a table were answered.
  case counted(table: String, queries: Int)
  /// A table is planned, or cannot be.
  case planned(table: String)
}

/// Observes the archive and the source until the plan is complete.
///
/// `plan` and `apply` share it, so that a dry run cannot lie. It needs reader
/// roles only, writes nothing and takes no lock.
package struct Resolver: Sendable {
  package var spec: ExportSpec
  /// The tables of the spec that were selected.
  package var tables: [TableSpec]
  package var source: any LogSource
  package var store: any BlobStore
  /// Read once a run.
  package var now: Tick
  /// When the source is asked; nil where that is `now`, which may have been set back.
  package var asked: Tick?
  package var options: PlanOptions
  package var report: @Sendable (ResolverEvent) -> Void
  /// What the workspace says of its tables, by name; empty where it was not asked.
  package var facts: [String: TableFacts] = [:]

  package init(
    spec: ExportSpec, tables: [TableSpec], source: any LogSource, store: any BlobStore, now: Tick,
    options: PlanOptions, report: @escaping @Sendable (ResolverEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.tables = tables
    self.source = source
    self.store = store
    self.now = now
    self.options = options
    self.report = report
  }

  /// Tables that are observed at the same time; their queries share one budget anyway.
  private static let width = 4
}

extension Resolver {
  /// Makes the plan.
  ///
  /// A table that cannot be planned is a failure within it; what would stop every
  /// table (a manifest that cannot be trusted, a wrong key, an unknown host) throws.
  package func plan() async throws -> Plan {
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    let binding = try await ArchiveBinding.observe(
      store: store, ledger: ledger, workspace: spec.source.workspace, containers: tables.map(\.container))
    let segments = try await ledger.segments()

    let results = try await tables.mapConcurrently(width: Self.width) { table in
      let planned = try await self.plan(table, ledger, segments, binding)
      report(.planned(table: table.name))
      return planned
    }
    var plan = Plan(
      now: now, workspace: spec.source.workspace, lineage: binding.lineage?.id, tables: [], failures: [],
      containers: binding.unbound, countQueries: 0, manifest: versions(segments))
    plan.undeclaredTables = await undeclared(ledger, segments)
    for result in results {
      switch result {
      case .plan(let table, let failures, let queries):
        plan.tables.append(table)
        plan.failures += failures
        plan.countQueries += queries
      case .failure(let failure): plan.failures.append(failure)
      }
    }
    // What cannot be planned needs no container.
    let planned = Set(plan.tables.map(\.container))
    plan.containers =
      plan.tables.isEmpty ? [] : plan.containers.filter { $0 == ledger.container || planned.contains($0) }
    return plan
  }

  /// Tables of the manifest that the spec does not have, but for those of which nothing is left in force.
  private func undeclared(_ ledger: Ledger, _ segments: [ManifestSegment: BlobInfo]) async -> [String] {
    let names = Set(segments.keys.map(\.table)).subtracting(spec.tables.map(\.name)).sorted()
    return await names.mapConcurrently(width: Self.width) { name in
      // The plan does not need it: what cannot be read is named as well.
      let archived = try? await ledger.read(name, from: segments)
      return archived?.slices.contains(where: \.hasBlobs) ?? true ? name : nil
    }.compactMap(\.self)
  }

  /// Of the segments that hold the selected tables.
  private func versions(_ segments: [ManifestSegment: BlobInfo]) -> [ManifestVersion] {
    let selected = Set(tables.map(\.name))
    return segments.filter { selected.contains($0.key.table) }.sorted { $0.key < $1.key }
      .map { ManifestVersion(segment: $0.key.name, etag: $0.value.etag) }
  }

  private enum Planned: Sendable {
    case plan(TableChanges, failures: [TableFailure], queries: Int)
    case failure(TableFailure)
  }

  private func plan(
    _ table: TableSpec, _ ledger: Ledger, _ segments: [ManifestSegment: BlobInfo], _ binding: ArchiveBinding
  ) async throws -> Planned {
    do {
      var state = TableState(
        spec: table, limits: spec.limits, onChange: spec.onChange, deleteAfter: spec.retention?.deleteAfter,
        storeURL: store.url, now: now, asked: asked, archived: .nothing, inventory: nil, options: options)
      let relevant = segments.filter { $0.key.table == table.name && state.years.contains($0.key.year) }
      let archived = try await ledger.read(table.name, from: relevant)
      var inventory: BlobInventory?
      if !options.noList {
        let listed = try await store.inventory(
          of: table.name, in: table.container, lineage: binding.lineage?.id)
        try LostSegment.refuse(LostSegment.all(of: table, in: listed, among: segments), in: ledger.container)
        inventory = listed
      } else {
        let lost = try await LostSegment.find(state, among: segments, lineage: binding.lineage?.id, in: store)
        try LostSegment.refuse(lost, in: ledger.container)
      }
      state.observe(archived, inventory)
      return try await plan(state)
    } catch let error as SourceError {
      if let kind = error.tableFailure {
        return .failure(TableFailure(table: table.name, message: "\(error)", kind: kind))
      }
      throw error
    } catch let error as CountError {
      return .failure(TableFailure(table: table.name, message: error.reason))
    }
  }

  private func plan(_ initial: TableState) async throws -> Planned {
    var state = initial
    let counter = Counter(source: source, query: ExportQuery(state.spec), plan: state.spec.plan)
    var queries = 0
    let unknown = facts[state.spec.name].map { state.spec.unknownColumns(in: $0) }
    if state.spec.columns != nil, unknown?.isEmpty != true {
      queries += 1
      // A single tick: where queries are billed by what they scan, the range in the request is what counts.
      let tick = TimeRange(state.window.start, state.window.start + Timespan(ticks: 1))
      do throws(SourceError) {
        _ = try await source.table(LogQuery(text: counter.query.probe, span: tick, plan: state.spec.plan))
      } catch {
        guard error.code == .badQuery, let unknown, let known = facts[state.spec.name]?.columns.keys else {
          throw error
        }
        return .failure(
          TableFailure(table: state.spec.name, message: Self.noColumns(unknown, of: state.spec, known: known.sorted())))
      }
    }
    if state.spec.isBilledByScan {
      queries += 1
      state.usage = try await counter.usage(of: state.spec.name, in: state.window)
    }
    while true {
      switch TablePlanner.plan(state) {
      case .plan(let plan, let failures): return .plan(plan, failures: failures, queries: queries)
      case .needs(let requests):
        try Task.checkCancellation()
        if state.spec.isBilledByScan {
          let bytes = state.usage.map { usage in
            requests.reduce(0) { $0 + usage.bytes(in: $1.span) }
          }
          report(.scanning(table: state.spec.name, bytes: bytes))
        }
        let counts = try await counter.complete(&state.counts, requests)
        report(.counted(table: state.spec.name, queries: counts))
        queries += counts
      }
    }
  }

  /// Says which declared columns a table lacks, where that stands, and what was probably meant.
  private static func noColumns(_ unknown: [String], of table: TableSpec, known: [String]) -> String {
    let place = table.position.map { " (line \($0.start.line) of the spec)" } ?? ""
    let hints = unknown.compactMap { name in nearestName(to: name, among: known).map { "\($0) instead of \(name)" } }
    let remedy = hints.isEmpty ? "" : "\n  Did you mean \(hints.joined(separator: ", "))?"
    return "\(table.name) has no column \(unknown.joined(separator: ", "))\(place)\(remedy)"
  }
}

extension SourceError {
  /// What the error means for one table; nil where it would stop every other table too.
  var tableFailure: TableFailure.Kind? {
    switch code {
    case .badQuery, .tooLarge, .partial, .invalid, .interrupted: .other
    case .unavailable: .unavailable
    case .denied, .notFound, .unreachable, .hostNotAllowed, .cancelled: nil
    }
  }
}
