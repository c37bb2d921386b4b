internal import BlobStorage
package import Timeline

/// A plan as it is written down, shown and approved: its actions folded into runs of slices.
///
/// It holds neither parts nor blobs: those come from planning anew when it is applied.
/// Every view of a plan is one of its plan file, so that what is shown later is what was shown first.
package struct PlanFile: Sendable, Equatable {
  /// The clock that every decision was made by.
  package var asOf: Tick
  package var spec: Spec
  package var workspace: String
  /// The archive that the plan is for; nil before its first apply.
  package var lineage: String?
  /// The segments of the manifest that were read.
  package var manifest: [ManifestVersion]
  package var options: PlanOptions
  /// What differs of the resources, in the order in which it is mended.
  package var resources: [Resource]
  /// Containers to create, or to bind to this archive.
  package var containers: [String]
  /// In the order of the spec, each once.
  package var tables: [Table]
  package var failures: [TableFailure]
  /// Count queries that planning took.
  package var countQueries: Int
  /// What a person should know that concerns no single table.
  package var remarks: [String]
  /// What others do to the archive against the spec, and is left to them.
  package var cautions: [String]

  /// The spec that was planned.
  package struct Spec: Sendable, Equatable {
    /// As it was given; for people.
    package var path: String
    package var name: String
    /// `sha256:` and 64 hexadecimal digits, of the spec's values.
    package var hash: String

    package init(path: String, name: String, hash: String) {
      self.path = path
      self.name = name
      self.hash = hash
    }
  }

  /// What is to be done with one table.
  package struct Table: Sendable, Equatable {
    package var table: String
    package var container: String
    package var queryHash: String
    package var window: TimeRange
    /// Slices whose end is too recent to be exported yet.
    package var unsettled: TimeRange
    /// In order of time.
    package var runs: [ActionRun]
    package var batches: [SliceBatch]
    /// Queries for rows that applying it takes, as far as can be told.
    package var queries: Int
    package var scan: TableChanges.Scan?
    /// Blobs to remove, as `container/name`.
    package var removals: [String]
    package var notes: [PlanNote]
    /// Slices of the window that need nothing, of those that hold rows.
    package var current: SliceTotals

    package init(
      table: String, container: String, queryHash: String, window: TimeRange, unsettled: TimeRange, runs: [ActionRun],
      batches: [SliceBatch], queries: Int, scan: TableChanges.Scan?, removals: [String], notes: [PlanNote],
      current: SliceTotals
    ) {
      self.table = table
      self.container = container
      self.queryHash = queryHash
      self.window = window
      self.unsettled = unsettled
      self.runs = runs
      self.batches = batches
      self.queries = queries
      self.scan = scan
      self.removals = removals
      self.notes = notes
      self.current = current
    }
  }

  package init(
    asOf: Tick, spec: Spec, workspace: String, lineage: String?, manifest: [ManifestVersion], options: PlanOptions,
    resources: [Resource] = [], containers: [String], tables: [Table], failures: [TableFailure], countQueries: Int,
    remarks: [String], cautions: [String] = []
  ) {
    self.asOf = asOf
    self.spec = spec
    self.workspace = workspace
    self.lineage = lineage
    self.manifest = manifest
    self.options = options
    self.resources = resources
    self.containers = containers
    self.tables = tables
    self.failures = failures
    self.countQueries = countQueries
    self.remarks = remarks
    self.cautions = cautions
  }
}

/// A segment of the manifest as it was read.
package struct ManifestVersion: Sendable, Equatable {
  /// Within the manifest's container: `SecurityEvent/2025.csv`.
  package var segment: String
  package var etag: String

  package init(segment: String, etag: String) {
    self.segment = segment
    self.etag = etag
  }
}

extension PlanFile {
  /// Writes a plan down.
  package init(_ plan: Plan, spec: Spec, options: PlanOptions, remarks: [String]) {
    self.init(
      asOf: plan.now, spec: spec, workspace: plan.workspace, lineage: plan.lineage, manifest: plan.manifest,
      options: options, resources: plan.posture.changes.map(Resource.init), containers: plan.containers,
      tables: plan.tables.map(Table.init), failures: plan.failures, countQueries: plan.countQueries,
      remarks: remarks + plan.posture.remarks, cautions: plan.posture.cautions)
  }

  /// Whether the archive and its resources are as declared.
  package var isEmpty: Bool {
    resources.isEmpty && containers.isEmpty && tables.allSatisfy { $0.runs.isEmpty && $0.removals.isEmpty }
  }
}

extension PlanFile.Table {
  fileprivate init(_ changes: TableChanges) {
    self.init(
      table: changes.table, container: changes.container, queryHash: changes.query.hash, window: changes.window,
      unsettled: changes.unsettled, runs: ActionRun.fold(changes.actions, changes.sizing), batches: changes.batches,
      queries: changes.queries, scan: changes.scan, removals: changes.cleanups.map { $0.address.description },
      notes: changes.notes, current: changes.current)
  }
}
