package import BlobStorage
package import ExportSpec
package import Manifest
internal import Planning
package import Timeline

/// Brings a manifest back from the receipts of the blobs, into files that are absent or empty.
package struct Rebuilder: Sendable {
  package var spec: ExportSpec
  /// The tables of the spec that were selected.
  package var tables: [TableSpec]
  package var store: any BlobStore
  package var now: Tick
  /// Append to files that have rows as well; slices that they account for stay as they are either way.
  package var force: Bool

  package init(spec: ExportSpec, tables: [TableSpec], store: any BlobStore, now: Tick, force: Bool) {
    self.spec = spec
    self.tables = tables
    self.store = store
    self.now = now
    self.force = force
  }

  private static let width = 4
  private var ledger: Ledger { Ledger(store: store, container: spec.destination.manifest) }
}

/// What a rebuild would append.
package struct Rebuild: Sendable {
  /// The archive that the blobs belong to.
  package var lineage: String
  /// Whether the file that names the archive and its workspace is there; else it is written anew.
  package var hasLineage: Bool
  package var tables: [Table]

  /// Whether nothing is to be appended or written.
  package var isEmpty: Bool { hasLineage && tables.allSatisfy(\.slices.isEmpty) }

  /// One table's share.
  package struct Table: Sendable {
    package var name: String
    package var container: String
    /// The rows of each slice, by slice.
    package var slices: [[ManifestRow]]
    /// Slices that the manifest accounts for already.
    package var recorded: Int
    /// Slices that it does not, of years whose file has rows.
    package var heldBack: Int
    /// Whether it goes on where a rebuild was cut off.
    package var isResumed = false
    /// Slices of which no generation can be shown to be complete.
    package var incomplete: [TimeRange]
    /// Slices to be appended of which other generations are complete as well.
    package var ambiguous: [TimeRange] = []

    package var rows: Int { slices.reduce(0) { $0 + $1.reduce(0) { $0 + $1.rows } } }
  }
}

// MARK: - Looking

extension Rebuilder {
  /// Finds out what is to be appended; writes nothing.
  ///
  /// Throws where the blobs are of several archives, of another workspace, or of none.
  package func look() async throws -> Rebuild {
    let recorded = try await ledger.lineage()
    let lineage = try await lineage(recorded)
    let segments = try await ledger.segments()
    let found = try await tables.mapConcurrently(width: Self.width) { try await look($0, lineage, segments) }
    return Rebuild(lineage: lineage, hasLineage: recorded != nil, tables: found)
  }

  private func look(
    _ table: TableSpec, _ lineage: String, _ segments: [ManifestSegment: BlobInfo]
  ) async throws -> Rebuild.Table {
    let archived = try await readable(table.name, segments)
    let inventory = try await store.inventory(of: table.name, in: table.container, lineage: lineage)
    let found = Reconstruction(
      inventory, of: ExportQuery(table), container: table.container, storeURL: store.url)
    let full = Set(
      segments.filter { $0.key.table == table.name && $0.value.size > ManifestWriter.header.count }.map(\.key.year))
    let begun = full.intersection(Self.begun(archived, found.slices))
    var result = Rebuild.Table(
      name: table.name, container: table.container, slices: [], recorded: 0, heldBack: 0, incomplete: found.incomplete)
    let known = archived.covered
    for slice in found.slices {
      let range = slice[0].sliceRange
      if known.overlaps(range) || archived.prunedGeneration(of: range) >= slice[0].generation {
        result.recorded += 1
      } else if !force, full.subtracting(begun).contains(CivilDate(range.start).year) {
        result.heldBack += 1
      } else {
        result.isResumed = result.isResumed || begun.contains(CivilDate(range.start).year)
        result.slices.append(slice)
      }
    }
    let appended = Set(result.slices.map { $0[0].sliceRange })
    result.ambiguous = found.ambiguous.filter(appended.contains)
    return result
  }

  /// Years of which the manifest has slices, and of each just the rows that its receipts give: what a rebuild that was
  /// cut off leaves. An export's own rows have the source's count besides, unless counts are billed; then what is added are
  /// whole slices by their receipts all the same. No rebuild writes any other status.
  private static func begun(_ archived: ArchivedTable, _ found: [[ManifestRow]]) -> Set<Int> {
    // An earlier generation, or a slice that was pruned, is no rebuild's.
    if archived.outdatedCount > 0 { return [] }
    let rebuilt = Dictionary(found.map { ($0[0].sliceRange, $0) }, uniquingKeysWith: { first, _ in first })
    var (years, others): (Set<Int>, Set<Int>) = ([], [])
    for slice in archived.slices {
      let year = CivilDate(slice.range.start).year
      if rebuilt[slice.range] == archived.parts(of: slice) { years.insert(year) } else { others.insert(year) }
    }
    return years.subtracting(others)
  }

  /// The table as it stands; a file that cannot be read must not be in the way of the rows that replace it.
  private func readable(_ table: String, _ segments: [ManifestSegment: BlobInfo]) async throws -> ArchivedTable {
    do {
      return try await ledger.read(table, from: segments)
    } catch var error as ManifestError {
      error.remedy = "Nothing was changed. Move this file out of the container, keep it, and run this again."
      throw error
    }
  }

  /// The one archive that the containers and the receipts name.
  private func lineage(_ recorded: Lineage?) async throws -> String {
    var workspaces = [recorded?.workspace].compactMap { $0 }
    var places: [String: String] = [:]
    if let recorded { places[recorded.id] = "\(ledger.container)/\(Lineage.blobName)" }
    for container in [ledger.container] + tables.map(\.container) {
      guard let metadata = try await store.containerMetadata(container)?.values else { continue }
      if let id = Lineage.id(in: metadata), places[id] == nil { places[id] = "container \(container)" }
      if let workspace = Lineage.workspace(in: metadata) { workspaces.append(workspace) }
    }
    for table in tables {
      for id in try await lineages(of: table) where places[id] == nil { places[id] = "blobs of \(table.container)" }
    }
    if let other = workspaces.first(where: { $0 != spec.source.workspace }) {
      throw refusal("the archive is of workspace \(other), the spec names \(spec.source.workspace)")
    }
    guard let id = places.keys.first else { throw refusal("no blob of these tables has a receipt") }
    guard places.count == 1 else {
      let list = places.sorted { $0.value < $1.value }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
      throw refusal("the blobs are of several archives: \(list)")
    }
    return id
  }

  /// The archives that the receipts of a table name.
  private func lineages(of table: TableSpec) async throws(StoreError) -> Set<String> {
    var found: Set<String> = []
    do throws(StoreError) {
      try await store.list(table.container, prefix: "", metadata: true) { page in
        for blob in page {
          let id = ReceiptText.read(blob.metadata) { receipt in
            receipt[.table].elementsEqual(table.name.utf8) ? receipt.string(.lineage) : nil
          }
          if let id { found.insert(id) }
        }
      }
    } catch {
      if error.code != .notFound { throw error }
    }
    return found
  }

  private func refusal(_ reason: String) -> ManifestError {
    ManifestError(
      place: ledger.container, reason: reason,
      remedy: "Nothing was changed. Only one archive's own blobs bring its manifest back.")
  }
}

// MARK: - Appending

extension Rebuilder {
  /// Appends what was found, under the archive's lock; `permit` is asked before each append.
  ///
  /// Run again after an interruption it does the rest.
  package func append(_ rebuild: Rebuild, permit: @escaping AppendPermit) async throws {
    var containers = [ledger.container]
    for table in rebuild.tables where !table.slices.isEmpty && !containers.contains(table.container) {
      containers.append(table.container)
    }
    _ = try await ArchiveBinding.establish(
      containers, store: store, ledger: ledger, workspace: spec.source.workspace, now: now, lineage: rebuild.lineage)
    let writer = LedgerWriter(ledger, permit: permit)
    for table in rebuild.tables { try await writer.append(slices: table.slices) }
  }
}
