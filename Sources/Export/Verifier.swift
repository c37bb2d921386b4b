package import BlobStorage
internal import Compression
package import ExportSpec
internal import Manifest
internal import Pacing
package import Planning
package import Timeline

/// Holds every row of the manifest that is in force against its blob, and on request against the
/// blob's content and the source.
///
/// Needs reader roles only, writes nothing and takes no lock.
package struct Verifier: Sendable {
  package var spec: ExportSpec
  /// The tables of the spec that were selected.
  package var tables: [TableSpec]
  package var source: any LogSource
  package var store: any BlobStore
  package var now: Tick
  /// When the source is asked; nil where that is `now`, which may have been set back.
  package var asked: Tick?
  /// `from`, `to` and `countBilled` count.
  package var plan: PlanOptions
  package var options: VerifyOptions
  package var report: @Sendable (VerifyEvent) -> Void

  package init(
    spec: ExportSpec, tables: [TableSpec], source: any LogSource, store: any BlobStore, now: Tick, plan: PlanOptions,
    options: VerifyOptions, report: @escaping @Sendable (VerifyEvent) -> Void = { _ in }
  ) {
    self.spec = spec
    self.tables = tables
    self.source = source
    self.store = store
    self.now = now
    self.plan = plan
    self.options = options
    self.report = report
  }

  /// Tables whose manifests and listings are held at once.
  private static let tableWidth = 2
  /// Blobs that are looked at one by one at once, where no listing shows them.
  private static let lookWidth = 8
}

extension Verifier {
  /// Looks at all tables.
  ///
  /// Throws where nothing can be said: no archive, a manifest that cannot be trusted, a store or a source that
  /// does not answer.
  package func run() async throws -> Verification {
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    let binding = try await ArchiveBinding.observe(
      store: store, ledger: ledger, workspace: spec.source.workspace, containers: tables.map(\.container))
    let segments = try await ledger.segments()
    let beyond = try await undeclared(ledger, segments)
    // An archive that lost its ledger must not look whole.
    guard let lineage = binding.lineage,
      !beyond.found.isEmpty || tables.contains(where: { table in segments.keys.contains { $0.table == table.name } })
    else {
      throw ManifestError(
        place: spec.destination.manifest, reason: "there is no manifest of these tables, so there is nothing to verify",
        remedy: "Export them first: logexport apply. Where blobs lie there, logexport manifest rebuild brings it back.")
    }
    let gate = Gate(limit: options.parallelism)
    let results = try await (tables.map { ($0, true) } + beyond.found.map { ($0, false) })
      .mapConcurrently(width: Self.tableWidth) { table, isDeclared in
        try await verify(table, isDeclared: isDeclared, ledger, segments, lineage, gate)
      }
    var result = results.reduce(into: Verification()) { $0.add($1) }
    result.notLookedAt = beyond.named
    return result
  }

  /// Tables of the manifest that the spec does not have and of which blobs are in force: those to look at, and the
  /// names of the others.
  private func undeclared(
    _ ledger: Ledger, _ segments: [ManifestSegment: BlobInfo]
  ) async throws -> (found: [TableSpec], named: [String]) {
    var result: (found: [TableSpec], named: [String]) = ([], [])
    if options.undeclared == .ignored { return result }
    for name in Set(segments.keys.map(\.table)).subtracting(spec.tables.map(\.name)).sorted() {
      let archived = try await ledger.read(name, from: segments)
      guard let slice = archived.slices.first(where: \.hasBlobs) else { continue }
      let place = archived.parts(of: slice).first.flatMap { BlobAddress(url: $0.blobURL, in: store.url) }
      guard options.undeclared == .verified, let place else {
        result.named.append(name)
        continue
      }
      // Nothing of it is declared, so that whatever is wrong can only be restored.
      result.found.append(
        TableSpec(
          name: name, from: .at(.earliest), to: .at(.earliest), container: place.container,
          path: PathTemplate(text: "")))
    }
    return result
  }

  private func verify(
    _ table: TableSpec, isDeclared: Bool, _ ledger: Ledger, _ segments: [ManifestSegment: BlobInfo], _ lineage: Lineage,
    _ gate: Gate
  ) async throws -> Verification {
    // Rows that are no longer declared are in force as well: all years are read.
    let archived = try await ledger.read(table.name, from: segments)
    var whole = plan
    (whole.from, whole.to) = (nil, nil)
    let inventory = try await store.inventory(of: table.name, in: table.container, lineage: lineage.id)
    if isDeclared {
      let lost = LostSegment.all(of: table, in: inventory, among: segments)
      try LostSegment.refuse(lost, in: ledger.container)
    }
    let state = TableState(
      spec: table, limits: spec.limits, onChange: spec.onChange, deleteAfter: spec.retention?.deleteAfter,
      storeURL: store.url, now: now, asked: asked, archived: archived, inventory: inventory, options: whole)
    let check = BlobCheck(state, lineage: lineage.id)
    let range = plan.selected(on: table.grid)
    let slices = archived.slices.filter { $0.range.overlaps(range) }

    var result = try await look(slices, check)
    result.take(Overlap.find(in: slices).map { $0.finding(in: table.name) }, report)
    result.unrecorded = Leftovers(state: state).unnamed.count { $0.receipt.sliceRange.overlaps(range) }
    let sample = slices.sample(percent: options.percent, seed: options.seed)
    if options.content { result.add(try await read(sample, check, gate, known: result.findings)) }
    if options.source, isDeclared { result.add(try await count(sample, check)) }
    if options.source, !isDeclared { result.uncounted += sample.count }
    result.findings = result.findings.agreeing()
    result.findings.sort { ($0.slice.range, $0.blob) < ($1.slice.range, $1.blob) }
    return result
  }
}

// MARK: - Properties

extension Verifier {
  /// Compares what the store says of each blob; those that the listing does not show are asked for.
  private func look(_ slices: [ArchivedSlice], _ check: BlobCheck) async throws -> Verification {
    var result = Verification()
    result.slices = slices.count
    var unlisted: [BlobCheck.Part] = []
    for slice in slices where slice.hasBlobs {
      for part in check.parts(of: slice) {
        guard part.address != nil else {
          result.elsewhere += 1
          continue
        }
        result.blobs += 1
        result.rows += part.row.rows
        result.bytes += part.row.bytes
        if check.isListed(part) { result.take(check.verdict(part), report) } else { unlisted.append(part) }
      }
    }
    let verdicts = try await unlisted.mapConcurrently(width: Self.lookWidth) { part in
      guard let address = part.address else { return BlobCheck.Verdict.good }
      return check.verdict(part, try await store.properties(of: address))
    }
    for verdict in verdicts { result.take(verdict, report) }
    return result
  }
}

extension Verification {
  fileprivate mutating func take(_ verdict: BlobCheck.Verdict, _ report: (VerifyEvent) -> Void) {
    switch verdict {
    case .good: break
    case .expired: expired += 1
    case .bad(let found): take(found, report)
    }
  }

  fileprivate mutating func take(_ found: [Finding], _ report: (VerifyEvent) -> Void) {
    findings += found
    for finding in found { report(.found(finding)) }
  }
}

// MARK: - Content

extension Verifier {
  /// Reads the blobs of slices; what is gone already is not asked for.
  private func read(
    _ slices: [ArchivedSlice], _ check: BlobCheck, _ gate: Gate, known: [Finding]
  ) async throws -> Verification {
    let missing = Set(known.lazy.filter { $0.kind == .missing }.map(\.blob))
    let readable = slices.filter(\.hasBlobs)
    report(
      .listed(
        table: check.state.spec.name, blobs: readable.reduce(0) { $0 + $1.lines.count },
        bytes: readable.reduce(0) { $0 + $1.bytes }))
    // A slice at a time, so that the rows of a large manifest are not all in memory.
    let results = try await readable.mapConcurrently(width: options.parallelism) { slice in
      var result = Verification()
      for part in check.parts(of: slice) {
        guard let address = part.address, !missing.contains(address.description) else { continue }
        result.add(try await gate.withPermit { try await read(part, address, check) })
      }
      return result
    }
    return results.reduce(into: Verification()) { $0.add($1) }
  }

  private func read(_ part: BlobCheck.Part, _ address: BlobAddress, _ check: BlobCheck) async throws -> Verification {
    var result = Verification()
    do {
      let content = try await ContentCheck.read(address, of: part.row, in: store) { report(.progressed(bytes: $0)) }
      result.read = Verification.Amount(blobs: 1, bytes: content.bytes, rows: content.rows)
      result.take(Self.finding(content, part, check).map { [$0] } ?? [], report)
    } catch let error as StoreError where error.code == .archived {
      result.unread = 1
    } catch let error as StoreError where error.code == .notFound {
      // Gone since the listing, or by the retention policy: that was said already.
    }
    report(.read)
    return result
  }

  /// One finding a blob, of all that is wrong with its content: which bytes changed says little.
  private static func finding(_ content: ContentCheck, _ part: BlobCheck.Part, _ check: BlobCheck) -> Finding? {
    let row = part.row
    var kinds: [Finding.Kind] = []
    var words: [String] = []
    func add(_ kind: Finding.Kind, _ text: String) {
      kinds.append(kind)
      words.append(text)
    }
    if !row.sha256.isEmpty, content.sha256 != row.sha256 { add(.sha256, "its bytes have another SHA-256") }
    let md5 = Base64.encode(content.md5)
    if !row.contentMD5.isEmpty, md5 != row.contentMD5 { add(.md5, "another MD5") }
    if let damage = content.damage { add(.malformed, damage) }
    if content.damage == nil, content.rows != row.rows { add(.rows, "it has \(content.rows) rows, not \(row.rows)") }
    guard let kind = kinds.first else { return nil }
    return check.finding(part, kind, words.joined(separator: "; "), planSees: false)
  }
}

// MARK: - The source

extension Verifier {
  /// Counts what the source still holds of slices, as planning does, and compares.
  private func count(_ slices: [ArchivedSlice], _ check: BlobCheck) async throws -> Verification {
    var result = Verification()
    var state = check.state
    let query = ExportQuery(state.spec)
    let comparable = slices.filter { check.isComparable($0, query) }
    result.uncounted = slices.count - comparable.count
    guard state.mayCount, !comparable.isEmpty else {
      result.uncounted = slices.count
      return result
    }
    let counter = Counter(source: source, query: query, plan: state.spec.plan)
    let requests = CountBatching.merge(
      comparable.map { CountRequest(ranges: [$0.range], grouping: .bins(state.spec.grid)) },
      cap: Cutter.binCap(state.limits))
    if state.spec.isBilledByScan {
      let usage = try await counter.usage(of: state.spec.name, in: check.state.declared)
      report(
        .scanning(
          table: state.spec.name, bytes: usage.map { usage in requests.reduce(0) { $0 + usage.bytes(in: $1.span) } }))
    }
    _ = try await counter.complete(&state.counts, requests)
    let counted = BlobCheck(state, lineage: nil)
    for slice in comparable {
      guard let rows = counted.counted(slice.range) else { continue }
      result.counted += 1
      result.take(counted.finding(slice, counted: rows, query).map { [$0] } ?? [], report)
    }
    return result
  }
}
