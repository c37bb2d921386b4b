package import BlobStorage
package import ExportSpec
package import Manifest
package import Planning
package import Timeline

/// Deletes by name what no declared slice in force needs, and says so in the manifest.
package struct Pruner: Sendable {
  package var spec: ExportSpec
  /// The tables of the spec that were selected.
  package var tables: [TableSpec]
  /// Which tables of the manifest that the spec does not have are looked at as well.
  package var beyond: @Sendable (String) -> Bool
  package var store: any BlobStore
  package var now: Tick
  package var runID: String
  package var report: @Sendable (LookEvent) -> Void

  package init(
    spec: ExportSpec, tables: [TableSpec], beyond: @escaping @Sendable (String) -> Bool, store: any BlobStore,
    now: Tick,
    runID: String, report: @escaping @Sendable (LookEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.tables = tables
    self.beyond = beyond
    self.store = store
    self.now = now
    self.runID = runID
    self.report = report
  }

  /// Blobs that are looked at at once.
  private static let lookWidth = 8
  private var ledger: Ledger { Ledger(store: store, container: spec.destination.manifest) }
}

/// What is to be deleted.
package struct PruneSelection: Sendable, Equatable {
  /// Tables and starts of slices, some with their ends.
  package var addresses: Set<String> = []
  package var superseded = false
  package var undeclared = false
  package var unrecorded = false

  package init() {}

  /// Whether a slice's blobs of a kind are meant.
  func holds(_ prunable: Prunable) -> Bool {
    if prunable.slice.isNamed(by: addresses) { return true }
    return switch prunable.kind {
    case .superseded: superseded
    case .undeclared: undeclared
    case .unrecorded: unrecorded
    case .doubled: false
    }
  }

  /// Whether blobs that the manifest does not know may be meant: they take a listing of the table's container.
  fileprivate func mayHoldUnrecorded(of table: String) -> Bool {
    unrecorded || addresses.contains { $0.hasPrefix("\(table)/") }
  }
}

/// What was found to delete.
package struct Pruning: Sendable {
  package var items: [Item] = []
  /// Blobs that are not as the manifest has them, or lie in another store: they stay.
  package var kept: [(slice: Slice, blob: String, reason: String)] = []
  /// Addresses of which nothing may go, and what stands in the way.
  package var obstacles: [(address: String, reason: String)] = []
  /// The tables that were looked at.
  package var tables: [String] = []

  /// One slice's blobs.
  package struct Item: Sendable {
    package var slice: Slice
    package var kind: Prunable.Kind
    package var generation: Int
    package var blobs: [Found]

    package var rows: Int { blobs.reduce(0) { $0 + $1.row.rows } }
    package var bytes: Int { blobs.reduce(0) { $0 + $1.row.bytes } }
  }

  /// A blob, in the version that was seen.
  package struct Found: Sendable {
    package var address: BlobAddress
    package var row: ManifestRow
    /// Nil where the blob is gone already, and only the manifest has to say so.
    package var etag: String?
    /// Whether the manifest notes that it could not be deleted before.
    package var isNoted: Bool
  }
}

/// What pruning came to.
package struct PruneOutcome: Sendable, Equatable {
  package var slices = 0
  package var deleted = 0
  package var bytes = 0
  /// Blobs that a policy or a lease protects: the manifest notes them as superseded.
  package var refused: [String] = []

  package init() {}
}

// MARK: - Looking

extension Pruner {
  /// Finds what is selected and may go; deletes nothing.
  package func look(_ selection: PruneSelection) async throws -> Pruning {
    let binding = try await ArchiveBinding.observe(
      store: store, ledger: ledger, workspace: spec.source.workspace, containers: tables.map(\.container))
    guard let lineage = binding.lineage else {
      throw ManifestError(
        place: ledger.container, reason: "there is no manifest, so there is nothing to prune",
        remedy: "Nothing was changed.")
    }
    let segments = try await ledger.segments()
    var work: [(name: String, spec: TableSpec?)] = tables.map { ($0.name, $0) }
    let others = Set(segments.keys.map(\.table)).subtracting(spec.tables.map(\.name)).filter(beyond)
    work += others.sorted().map { ($0, nil) }
    var result = Pruning(tables: work.map(\.name))
    var selected: [Prunable] = []
    // Addressed slices in force that the spec declares.
    var declared: Set<String> = []
    for (name, table) in work {
      let archived = try await ledger.read(name, from: segments)
      var found = prunable(archived, name, table)
      if let table, selection.mayHoldUnrecorded(of: name) {
        found += try await unrecorded(archived, table, segments, lineage.id)
      }
      guard !selection.addresses.isEmpty else {
        selected += found.filter(selection.holds)
        continue
      }
      var free = Set(found.filter { $0.kind == .undeclared }.map(\.slice))
      found += try await doubled(archived, name, table, selection.addresses, lineage.id)
        .filter { free.insert($0.slice).inserted }
      selected += found.filter(selection.holds)
      let inForce = archived.slices.lazy.filter(\.hasBlobs).map { Slice(table: name, range: $0.range) }
      declared.formUnion(
        inForce.filter { $0.isNamed(by: selection.addresses) && !free.contains($0) }
          .flatMap { [$0.address, $0.fullAddress] })
    }
    func addresses(_ slices: [Slice]) -> Set<String> { Set(slices.flatMap { [$0.address, $0.fullAddress] }) }
    let named = addresses(selected.map(\.slice))
    try await protect(&selected, segments)
    let infos = try await properties(of: selected.flatMap(\.blobs))
    var next = infos.startIndex
    for item in selected {
      judge(item, infos[next..<next + item.blobs.count], lineage.id, &result)
      next += item.blobs.count
    }
    let going = addresses(result.items.map(\.slice))
    let left = addresses(selected.map(\.slice))
    for address in selection.addresses.subtracting(going).sorted() {
      let kept = result.kept.first { $0.slice.isNamed(by: [address]) }
      let reason =
        if declared.contains(address) {
          "the spec declares it, and it is in force; no others hold all of its time, no fewer rows and whole blobs"
        } else if let kept {
          "\(kept.blob) stays: \(kept.reason)"
        } else if left.contains(address) {
          "its blobs are gone already"
        } else if named.contains(address) {
          "a slice in force that the spec declares is in the same blob"
        } else {
          "the manifest has no blob of it"
        }
      result.obstacles.append((address, reason))
    }
    return result
  }

  private func prunable(_ archived: ArchivedTable, _ name: String, _ table: TableSpec?) -> [Prunable] {
    guard let table else {
      return Prunable.find(in: archived, table: name, declared: nil) { BlobAddress(url: $0, in: store.url) }
    }
    let state = state(of: table, archived, nil)
    return Prunable.find(in: archived, table: name, declared: state.outerRange) { place(of: $0, state) }
  }

  /// Where the blob of a manifest's URL lies; nil where that is another store.
  private func place(of url: String, _ state: TableState) -> BlobAddress? {
    BlobAddress(url: url, in: store.url)
      ?? state.blobName(of: url).map { BlobAddress(container: state.spec.container, name: $0) }
  }

  /// Addressed slices that others make up for, as long as all blobs of those are as the manifest has them.
  private func doubled(
    _ archived: ArchivedTable, _ name: String, _ table: TableSpec?, _ addresses: Set<String>, _ lineage: String
  ) async throws -> [Prunable] {
    guard let table else { return [] }
    let state = state(of: table, archived, nil)
    var found: [Prunable] = []
    for (item, cover) in Prunable.doubled(
      in: archived, table: name, addresses: addresses, address: { place(of: $0, state) })
    {
      let infos = try await properties(of: cover)
      let isWhole = zip(cover, infos).allSatisfy { blob, info in
        info.map { $0.size == blob.row.bytes && Self.objection($0, blob.row, lineage) == nil } ?? false
      }
      if isWhole { found.append(item) }
    }
    return found
  }

  /// Without any option: whatever narrows the window must not make slices undeclared, nor does a coarser grid.
  private func state(of table: TableSpec, _ archived: ArchivedTable, _ inventory: BlobInventory?) -> TableState {
    TableState(
      spec: table, limits: spec.limits, onChange: spec.onChange, deleteAfter: nil, storeURL: store.url, now: now,
      archived: archived, inventory: inventory, options: PlanOptions())
  }

  /// Under the lock no other run is at work, so that what no row names was left behind.
  private func unrecorded(
    _ archived: ArchivedTable, _ table: TableSpec, _ segments: [ManifestSegment: BlobInfo], _ lineage: String
  ) async throws -> [Prunable] {
    let inventory = try await store.inventory(of: table.name, in: table.container, lineage: lineage)
    // Without its manifest every blob of an archive would look so.
    try LostSegment.refuse(LostSegment.all(of: table, in: inventory, among: segments), in: ledger.container)
    let leftovers = Leftovers(state: state(of: table, archived, inventory))
    return Prunable.unrecorded(leftovers, in: table.container, storeURL: store.url)
  }

  /// Takes out whatever a declared slice in force of any table of the spec refers to, but those that are given up.
  private func protect(_ items: inout [Prunable], _ segments: [ManifestSegment: BlobInfo]) async throws {
    let candidates = Set(items.flatMap(\.blobs).map(\.row.blobURL))
    if candidates.isEmpty { return }
    var needed: Set<String> = []
    let doubled = Set(items.filter { $0.kind == .doubled }.map(\.slice))
    for table in spec.tables {
      let archived = try await ledger.read(table.name, from: segments)
      let undeclared = Set(prunable(archived, table.name, table).filter { $0.kind == .undeclared }.map(\.slice.range))
      for slice in archived.slices where slice.hasBlobs && !undeclared.contains(slice.range) {
        if doubled.contains(Slice(table: table.name, range: slice.range)) { continue }
        for part in archived.parts(of: slice) where candidates.contains(part.blobURL) { needed.insert(part.blobURL) }
      }
    }
    if needed.isEmpty { return }
    for index in items.indices { items[index].blobs.removeAll { needed.contains($0.row.blobURL) } }
    items.removeAll { $0.blobs.isEmpty && $0.kind != .doubled }
  }

  /// Looks at blobs, several at once: mostly a slice has one.
  private func properties(of blobs: [Prunable.Blob]) async throws -> [BlobInfo?] {
    report(.found(blobs: blobs.count))
    return try await blobs.mapConcurrently(width: Self.lookWidth) { blob in
      defer { report(.looked) }
      guard let address = blob.address else { return nil }
      return try await store.properties(of: address)
    }
  }

  /// Takes in those blobs of an item that are as the manifest has them.
  private func judge(
    _ item: Prunable, _ infos: ArraySlice<BlobInfo?>, _ lineage: String, _ result: inout Pruning
  ) {
    var found: [Pruning.Found] = []
    for (blob, info) in zip(item.blobs, infos) {
      guard let address = blob.address else {
        result.kept.append((item.slice, blob.row.blobURL, "it lies in another store"))
        continue
      }
      if let info, let reason = Self.objection(info, blob.row, lineage) {
        result.kept.append((item.slice, "\(address)", reason))
      } else if info != nil || blob.isNoted || item.kind == .undeclared || item.kind == .doubled {
        found.append(Pruning.Found(address: address, row: blob.row, etag: info?.etag, isNoted: blob.isNoted))
      }
    }
    // A slice is given up whole or not at all.
    if item.kind == .undeclared, found.count < item.blobs.count { return }
    // What others make up for goes from the manifest even where its blob is not its own, and stays.
    if !found.isEmpty || item.kind == .doubled {
      result.items.append(
        Pruning.Item(slice: item.slice, kind: item.kind, generation: item.generation, blobs: found))
    }
  }

  /// Why a blob is not the one that its row tells of.
  private static func objection(_ info: BlobInfo, _ row: ManifestRow, _ lineage: String) -> String? {
    if row.status == .adopted {
      return info.size == row.bytes ? nil : "it has \(info.size) bytes, not \(row.bytes): somebody wrote over it"
    }
    guard let receipt = Receipt(metadata: info.metadata), receipt.lineage == lineage, receipt.table == row.table,
      receipt.sliceRange == row.sliceRange, receipt.generation == row.generation
    else { return "its receipt is not of this slice and generation: somebody wrote over it" }
    return nil
  }
}

// MARK: - Deleting

extension Pruner {
  /// Deletes what was found, under the archive's lock; `permit` is asked before each append.
  ///
  /// Slices are given up in the manifest first, so that no reader finds a row without its blob.
  package func prune(_ pruning: Pruning, permit: @escaping AppendPermit) async throws -> PruneOutcome {
    let writer = LedgerWriter(ledger, permit: permit)
    var outcome = PruneOutcome()
    for items in pruning.items.grouped(by: \.slice.table) {
      let given = items.filter { $0.kind == .undeclared || $0.kind == .doubled }
      try await writer.append(slices: given.map { [note($0)] })
      outcome.slices += given.count
      let blobs = items.flatMap { item in item.blobs.map { (item.kind, $0) } }
      let results = await blobs.mapConcurrently(width: Self.lookWidth) { kind, blob in await delete(blob, kind) }
      for result in results { outcome.add(result) }
      try await writer.append(slices: results.compactMap { $0.note.map { [$0] } })
      if let error = results.lazy.compactMap(\.error).first { throw error }
    }
    return outcome
  }

  /// The row that says that a slice was deleted.
  private func note(_ item: Pruning.Item) -> ManifestRow {
    var row = ManifestRow(
      table: item.slice.table, range: item.slice.range, rows: 0, status: .pruned, sliceRange: item.slice.range,
      exportedAt: now, runID: runID)
    row.generation = item.generation
    return row
  }

  fileprivate struct Deletion: Sendable {
    /// Bytes that went; nil where the blob stays, or was gone.
    var bytes: Int?
    var refusal: String?
    /// What the manifest has to say of the blob.
    var note: ManifestRow?
    var error: StoreError?
  }

  private func delete(_ blob: Pruning.Found, _ kind: Prunable.Kind) async -> Deletion {
    var result = Deletion()
    var row = blob.row
    (row.exportedAt, row.runID, row.status) = (now, runID, .pruned)
    do throws(StoreError) {
      if let etag = blob.etag {
        try await store.delete(blob.address, ifMatch: etag)
        result.bytes = row.bytes
      }
      // Of an undeclared slice's blobs its own row speaks, and others the manifest never knew.
      if kind == .superseded { result.note = row }
    } catch {
      switch error.code {
      case .notFound: if kind == .superseded { result.note = row }
      case .refused, .conditionFailed:
        result.refusal = "\(blob.address): \(error.message)"
        row.status = .superseded
        // What the manifest does not know is found by a listing again.
        if !blob.isNoted, kind != .unrecorded { result.note = row }
      default: result.error = error
      }
    }
    return result
  }
}

extension PruneOutcome {
  fileprivate mutating func add(_ deletion: Pruner.Deletion) {
    if let size = deletion.bytes {
      deleted += 1
      bytes += size
    }
    if let refusal = deletion.refusal { refused.append(refusal) }
  }
}

extension Array {
  /// Runs of neighbours with the same key.
  fileprivate func grouped(by key: (Element) -> some Equatable) -> [[Element]] {
    reduce(into: []) { groups, element in
      if let last = groups.last?.first, key(last) == key(element) {
        groups[groups.count - 1].append(element)
      } else {
        groups.append([element])
      }
    }
  }
}
