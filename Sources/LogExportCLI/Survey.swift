internal import BlobStorage
internal import Export
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// The archive as its manifest shows it: nothing is counted, and blobs are looked for where a file of it is absent.
struct Survey<View: Sendable>: Sendable {
  /// Nil before the first apply.
  var lineage: Lineage?
  /// The manifest's files that were read.
  var segments: [ManifestSegment: BlobInfo]
  /// Files of the manifest that ought to be there.
  var lost: [LostSegment]
  /// One for each selected table, in the order of the spec.
  var tables: [View]
}

/// Tables whose manifests are read at once.
private let surveyWidth = 4

extension Session {
  /// Reads each table's manifest and keeps what `view` makes of it, so that of a large archive
  /// only a few tables are in memory at once. Needs a reader's role.
  func survey<View: Sendable>(
    _ view: @escaping @Sendable (TableSpec, Coverage) -> View
  ) async throws -> Survey<View> {
    let ledger = Ledger(store: store, container: file.spec.destination.manifest)
    let binding = try await ArchiveBinding.observe(
      store: store, ledger: ledger, workspace: file.spec.source.workspace, containers: [])
    let segments = try await ledger.segments()
    let read = try await tables.mapConcurrently(width: surveyWidth) { table in
      try Task.checkCancellation()
      var state = TableState(
        spec: table, limits: file.spec.limits, onChange: file.spec.onChange,
        deleteAfter: file.spec.retention?.deleteAfter, storeURL: store.url, now: now, archived: .nothing,
        inventory: nil, options: options)
      let relevant = segments.filter { $0.key.table == table.name && state.years.contains($0.key.year) }
      state.observe(try await ledger.read(table.name, from: relevant), nil)
      let lost = try await LostSegment.find(state, among: segments, lineage: binding.lineage?.id, in: store)
      return (relevant, lost, view(table, Coverage(state)))
    }
    return Survey(
      lineage: binding.lineage, segments: read.reduce(into: [:]) { $0.merge($1.0) { one, _ in one } },
      lost: read.flatMap(\.1), tables: read.map(\.2))
  }
}
