package import BlobStorage
internal import Compression
package import ExportSpec
package import Manifest
package import Planning
package import Timeline

/// Adopts what another tool exported: each blob is looked at before its row is taken.
package struct Importer: Sendable {
  package var spec: ExportSpec
  /// The tables of the spec that were selected.
  package var tables: [TableSpec]
  package var source: any LogSource
  package var store: any BlobStore
  package var now: Tick
  package var runID: String
  /// Count each range at the source, and take none that differs.
  package var recounts: Bool
  /// Count where that is billed as well.
  package var countBilled: Bool
  package var report: @Sendable (LookEvent) -> Void

  package init(
    spec: ExportSpec, tables: [TableSpec], source: any LogSource, store: any BlobStore, now: Tick, runID: String,
    recounts: Bool, countBilled: Bool, report: @escaping @Sendable (LookEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.tables = tables
    self.source = source
    self.store = store
    self.now = now
    self.runID = runID
    self.recounts = recounts
    self.countBilled = countBilled
    self.report = report
  }

  private static let tableWidth = 2
  /// Blobs that are looked at at once.
  private static let lookWidth = 8
  private var ledger: Ledger { Ledger(store: store, container: spec.destination.manifest) }
}

/// What an import would append.
package struct Import: Sendable {
  package var tables: [Table] = []
  /// Lines that say nothing that can be used, and lines of tables that the spec does not have.
  package var unusable: [(line: Int, reason: String)] = []
  /// Lines of tables that were not selected.
  package var unselected = 0

  /// One table's share.
  package struct Table: Sendable {
    package var name: String
    /// The row of each slice, by slice.
    package var rows: [ManifestRow] = []
    package var refused: [Adoption.Refusal] = []
    /// Lines that are adopted already.
    package var known = 0
    /// Lines without rows.
    package var empty = 0
    /// Rows to adopt that could not be recounted: too old, filtered, or billed.
    package var uncounted = 0
    /// Between the first line and the last, and accounted for by nobody.
    package var gaps = TimeRangeSet()
  }

  /// Lines that were not taken although they have rows.
  package var refusals: Int { unusable.count + tables.reduce(0) { $0 + $1.refused.count } }
}

// MARK: - Looking

extension Importer {
  /// Finds out which lines can be adopted; writes nothing.
  package func look(_ log: ForeignLog) async throws -> Import {
    let binding = try await ArchiveBinding.observe(
      store: store, ledger: ledger, workspace: spec.source.workspace, containers: tables.map(\.container))
    let segments = try await ledger.segments()
    var result = Import()
    result.unusable = log.problems
    var byTable: [String: [ForeignLog.Entry]] = [:]
    var claims = Claims()
    // Tables in whose containers other tables' blobs are said to lie.
    var owners: Set<String> = []
    var containers: Set<String> = []
    for entry in log.entries {
      guard let table = spec.tables.first(where: { $0.name.lowercased() == entry.table.lowercased() }) else {
        result.unusable.append((entry.line, "the spec has no table '\(entry.table)'"))
        continue
      }
      byTable[table.name, default: []].append(entry)
      guard let address = address(entry, table) else { continue }
      claims.add(entry, of: table.name, url: address.url(in: store.url))
      containers.insert(address.container)
      for other in spec.tables where other.name != table.name && other.container == address.container {
        owners.insert(other.name)
      }
    }
    for owner in owners.sorted() { claims.add(try await ledger.read(owner, from: segments), of: owner) }
    let selected = Set(tables.map(\.name))
    result.unselected = byTable.filter { !selected.contains($0.key) }.reduce(0) { $0 + $1.value.count }
    let work = tables.compactMap { table in byTable[table.name].map { (table, $0) } }
    let barred = try await barred(containers, lineage: binding.lineage?.id)
    result.tables = try await work.mapConcurrently(width: Self.tableWidth) { [claims] table, entries in
      try await look(table, entries, claims, segments, barred)
    }
    return result
  }

  private func look(
    _ table: TableSpec, _ entries: [ForeignLog.Entry], _ claims: Claims, _ segments: [ManifestSegment: BlobInfo],
    _ barred: [String: String]
  ) async throws -> Import.Table {
    let archived = try await ledger.read(table.name, from: segments)
    let adoption = Adoption(entries, of: table.name, archived: archived, recounts: recounts, claims: claims) {
      address($0, table)?.url(in: store.url)
    }
    report(.found(blobs: adoption.wanted.count))
    var result = Import.Table(name: table.name, refused: adoption.refused)
    (result.known, result.empty) = (adoption.known.count, adoption.empty.count)
    let looked = try await adoption.wanted.mapConcurrently(width: Self.lookWidth) { wanted in
      defer { report(.looked) }
      return try await row(wanted, table, barred)
    }
    for (wanted, row) in zip(adoption.wanted, looked) {
      switch row {
      case .success(let row): result.rows.append(row)
      case .failure(let refusal): result.refused.append(Adoption.Refusal(wanted.entry, refusal.reason))
      }
    }
    if recounts { try await recount(&result, table, entries) }
    // What cannot be counted gains nothing by being adopted once more.
    let again = Set(adoption.wanted.lazy.filter(\.isKnown).map(\.entry.range))
    result.known += result.rows.count { again.contains($0.range) && $0.countedRows == nil }
    result.rows.removeAll { again.contains($0.range) && $0.countedRows == nil }
    result.refused.sort { $0.entry.line < $1.entry.line }
    let accounted = Set(result.rows.map(\.range))
    let taken =
      adoption.wanted.filter { $0.isKnown || accounted.contains($0.entry.range) }.map(\.entry) + adoption.known
    result.gaps = Adoption.gaps(taken, archived: archived)
    return result
  }

  /// Containers whose blobs are nobody's rows, or another archive's, and why: what is adopted may be pruned one day.
  private func barred(_ containers: Set<String>, lineage: String?) async throws(StoreError) -> [String: String] {
    var reasons: [String: String] = [:]
    for container in containers.sorted() {
      if container == ledger.container || container == lockContainerName(manifest: ledger.container) {
        reasons[container] = "is a file of the archive itself"
        continue
      }
      let metadata: [String: String]?
      do throws(StoreError) { metadata = try await store.containerMetadata(container)?.values } catch {
        // A name that no container can have; the line is refused with it.
        guard error.code == .invalid else { throw error }
        continue
      }
      if let owner = metadata.flatMap({ Lineage.id(in: $0) }), owner != lineage {
        reasons[container] = "lies in a container of archive \(owner)"
      }
    }
    return reasons
  }

  private struct Refused: Error {
    var reason: String
  }

  /// Where a line says that its blob lies: a URL of this store, or a name in the table's container.
  ///
  /// Nil where it lies elsewhere. What follows a `?` may be a credential, and is never kept.
  private func address(_ entry: ForeignLog.Entry, _ table: TableSpec) -> BlobAddress? {
    let url = String(entry.url.prefix { $0 != "?" })
    if let address = BlobAddress(url: url, in: store.url) { return address }
    if url.contains("://") || url.isEmpty { return nil }
    let name = url.hasPrefix("\(table.container)/") ? String(url.dropFirst(table.container.count + 1)) : url
    return BlobAddress(container: table.container, name: name.hasPrefix("/") ? String(name.dropFirst()) : name)
  }

  /// Looks at a line's blob.
  private func row(
    _ wanted: Adoption.Wanted, _ table: TableSpec, _ barred: [String: String]
  ) async throws -> Result<ManifestRow, Refused> {
    let entry = wanted.entry
    if entry.url.isEmpty { return .failure(Refused(reason: "it names no blob")) }
    guard let address = address(entry, table) else {
      return .failure(
        Refused(reason: "its blob lies outside of \(store.url): copy it there first, and correct the file"))
    }
    if let reason = barred[address.container] { return .failure(Refused(reason: "\(address) \(reason)")) }
    let found: BlobInfo?
    do throws(StoreError) { found = try await store.properties(of: address) } catch {
      guard error.code == .invalid else { throw error }
      return .failure(Refused(reason: error.message))
    }
    guard let blob = found else { return .failure(Refused(reason: "there is no blob \(address)")) }
    if blob.size == 0 { return .failure(Refused(reason: "\(address) is empty")) }
    if let bytes = entry.bytes, bytes != blob.size {
      return .failure(
        Refused(reason: "\(address) has \(blob.size) bytes, not \(bytes) (--columns bytes=- compares no sizes)"))
    }
    guard Receipt(metadata: blob.metadata) == nil else {
      return .failure(Refused(reason: "\(address) is logexport's own: manifest rebuild brings its row back"))
    }
    var row = ManifestRow(
      table: table.name, range: entry.range, rows: entry.rows, status: .adopted, sliceRange: entry.range,
      // When its rows were complete: the job's own clock is not known.
      exportedAt: blob.lastModified, runID: runID)
    row.blobURL = address.url(in: store.url)
    row.generation = wanted.generation
    (row.part, row.parts) = (1, 1)
    row.bytes = blob.size
    row.contentMD5 = blob.contentMD5.map(Base64.encode) ?? ""
    row.etag = blob.etag
    return .success(row)
  }
}

// MARK: - Recounting

extension Importer {
  /// Counts the ranges to be adopted that the source can still tell, and refuses those that differ.
  private func recount(_ result: inout Import.Table, _ table: TableSpec, _ entries: [ForeignLog.Entry]) async throws {
    var whole = table
    // The other tool's rows were not filtered as this spec says.
    whole.filter = nil
    var options = PlanOptions()
    options.countBilled = countBilled
    var state = TableState(
      spec: whole, limits: spec.limits, onChange: spec.onChange, deleteAfter: nil, storeURL: store.url, now: now,
      archived: .nothing, inventory: nil, options: options)
    let ranges = result.rows.map(\.range).filter { state.mayCount && !state.isPastRetention($0) }
    result.uncounted = result.rows.count - ranges.count
    if ranges.isEmpty { return }
    let requests = CountBatching.merge(
      ranges.map { CountRequest(ranges: [$0], grouping: .bins(table.grid)) }, cap: Cutter.binCap(spec.limits))
    let counter = Counter(source: source, query: ExportQuery(whole), plan: table.plan)
    _ = try await counter.complete(&state.counts, requests)
    let check = BlobCheck(state, lineage: nil)
    let lines = Dictionary(entries.map { ($0.range, $0) }, uniquingKeysWith: { $1 })
    let countable = Set(ranges)
    var kept: [ManifestRow] = []
    for var row in result.rows {
      guard countable.contains(row.range), let count = check.counted(row.range) else {
        kept.append(row)
        continue
      }
      row.countedRows = count
      if count == row.rows {
        kept.append(row)
      } else if let entry = lines[row.range] {
        result.refused.append(Adoption.Refusal(entry, "the source has \(count) rows, the file says \(row.rows)"))
      }
    }
    result.rows = kept
  }
}

// MARK: - Appending

extension Importer {
  /// Appends what was found, under the archive's lock; `permit` is asked before each append.
  package func append(_ found: Import, permit: @escaping AppendPermit) async throws {
    _ = try await ArchiveBinding.establish(
      [ledger.container], store: store, ledger: ledger, workspace: spec.source.workspace, now: now)
    let writer = LedgerWriter(ledger, permit: permit)
    for table in found.tables { try await writer.append(slices: table.rows.map { [$0] }) }
  }
}
