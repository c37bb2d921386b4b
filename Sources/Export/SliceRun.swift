internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import Pacing
internal import Planning
internal import Timeline

/// Carries out the action on one slice: all parts, then the manifest, then what
/// has become obsolete. The append is the step in which the slice changes.
struct SliceRun: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var plan: TableChanges
  var action: SliceAction

  /// Times that a part may be cut again before it is given up.
  private static let depthLimit = 8

  /// What a finished slice came to.
  struct Finished: Sendable {
    var rows: Int
    var parts: Int
    var bytes: Int
    var deleted: Int
  }

  private var slice: Slice { Slice(table: table.name, range: action.range) }
}

extension SliceRun {
  /// Runs the action; nothing of the slice is recorded where it fails.
  func result() async -> Result<Finished, PartError> {
    do throws(PartError) { return .success(try await run()) } catch { return .failure(error) }
  }

  private func run() async throws(PartError) -> Finished {
    let parts = try await exportAll(action.parts, depth: 0).sorted {
      ($0.part.range, $0.part.shard?.index ?? 0) < ($1.part.range, $1.part.shard?.index ?? 0)
    }
    try refuseLoss(parts)
    let rows = parts.enumerated().map { row($0.element, number: $0.offset + 1, of: parts.count) }
    try await append(rows)
    let deleted = await Obsolete(context: context, table: table.name).delete(action.obsolete)
    return Finished(
      rows: parts.reduce(0) { $0 + $1.receipt.rows }, parts: parts.count, bytes: parts.reduce(0) { $0 + $1.size },
      deleted: deleted)
  }

  /// Rows that were counted when the plan was made may be gone by now: such a slice
  /// replaces none that has more, and is not taken for empty.
  private func refuseLoss(_ parts: [PartTransfer.Committed]) throws(PartError) {
    let planned = action.parts.reduce(0) { $0 + $1.part.count.rows }
    let rows = parts.reduce(0) { $0 + $1.receipt.rows }
    guard rows < planned, action.kind == .replace || rows == 0 else { return }
    throw PartError(.failed, "the source has \(rows) rows where \(planned) were planned; plan again")
  }

  /// Records the slice; from here on a cancelled run goes through with it.
  private func append(_ rows: [ManifestRow]) async throws(PartError) {
    do {
      try await context.ledger.append(rows)
    } catch let error as StoreError {
      throw PartError(error)
    } catch {
      throw PartError(.failed, "\(error)")
    }
  }

  private func exportAll(_ parts: [PartAction], depth: Int) async throws(PartError) -> [PartTransfer.Committed] {
    let results = await withTaskGroup { group in
      for part in parts {
        group.addTask { await exportOne(part, depth: depth) }
      }
      var results: [Result<[PartTransfer.Committed], PartError>] = []
      for await result in group {
        // One lost part loses the slice: the others need not go on.
        if case .failure = result { group.cancelAll() }
        results.append(result)
      }
      return results
    }
    var committed: [PartTransfer.Committed] = []
    var failure: PartError?
    for result in results {
      switch result {
      case .success(let parts): committed += parts
      case .failure(let error):
        // What was cancelled for another's sake is not the reason.
        if failure == nil || failure?.code == .cancelled { failure = error }
      }
    }
    if let failure { throw failure }
    return committed
  }

  private func exportOne(_ action: PartAction, depth: Int) async -> Result<[PartTransfer.Committed], PartError> {
    do throws(PartError) {
      if let adopted = action.adopted { return .success([Self.committed(action, adopted)]) }
      do throws(PartError) {
        return .success([try await transfer(action.part, to: action.address)])
      } catch {
        guard error.code == .tooLarge else { throw error }
        guard depth < Self.depthLimit else { throw Self.unsplittable(action.part, error) }
        let parts = try await recut(action.part, error)
        context.report(.partSplit(slice, into: parts.count))
        return .success(try await exportAll(parts, depth: depth + 1))
      }
    } catch {
      return .failure(error)
    }
  }

  private static func committed(_ action: PartAction, _ blob: AdoptedBlob) -> PartTransfer.Committed {
    PartTransfer.Committed(
      part: action.part, address: action.address, receipt: blob.receipt, size: blob.info.size, etag: blob.info.etag,
      md5: blob.info.contentMD5 ?? [], counted: action.part.count.rows)
  }

  /// Attempts a part until it is through, is too large, or has used up its attempts.
  private func transfer(_ part: Part, to address: BlobAddress) async throws(PartError) -> PartTransfer.Committed {
    let transfer = PartTransfer(
      context: context, table: table, query: plan.query, slice: action.range, generation: action.generation)
    var attempt = 1
    while true {
      do throws(PartError) {
        return try await context.gate.withPermit { () throws(PartError) in try await transfer.run(part, to: address) }
      } catch {
        guard error.isTransient, !Task.isCancelled, let delay = context.backoff.delay(attempt: attempt, retryAfter: nil)
        else { throw error }
        attempt += 1
        do { try await Task.sleep(for: delay) } catch { throw PartError(.cancelled, "stopped") }
      }
    }
  }
}

// MARK: - Cutting again

extension SliceRun {
  /// Cuts a part that one response could not hold, sized by what the response showed.
  private func recut(_ part: Part, _ error: PartError) async throws(PartError) -> [PartAction] {
    let counter = Counter(source: context.source, query: plan.query, plan: table.plan)
    let naming = BlobNaming(table)
    let parts: [Part]
    do {
      let rows = try await counter.rows(of: part.range, shard: part.shard)
      if let shard = part.shard {
        parts = try await finer(shard, of: part.range, counter)
      } else {
        parts = try await cut(part.range, Count(rows: rows, billed: 0), error, counter)
      }
    } catch let error as SourceError {
      throw PartError(error)
    } catch let error as PartError {
      throw error
    } catch {
      throw PartError(.failed, "\(error)")
    }
    // Rows that are all alike stay in one bucket, however many there are.
    let isStuck = parts.count == 1 && parts[0].range == part.range
    if isStuck, parts[0].shard == part.shard || parts[0].shard.map({ $0.count > 64 }) ?? false {
      throw Self.unsplittable(part, error)
    }
    return parts.map {
      PartAction(part: $0, address: naming.address(of: $0, in: action.range, generation: action.generation))
    }
  }

  private static func unsplittable(_ part: Part, _ error: PartError) -> PartError {
    PartError(
      .failed,
      "rows from \(part.range.start.iso8601) to \(part.range.end.iso8601) cannot be cut further, and one response cannot "
        + "hold them: \(error.message)")
  }

  private func cut(
    _ range: TimeRange, _ count: Count, _ error: PartError, _ counter: Counter
  ) async throws -> [Part] {
    // Where nothing was seen, twice of what a part aims at: it is cut in two at least.
    var sizing = Sizing(bytesPerRow: Double(context.limits.bytes) * 1.6 / Double(max(1, count.rows)))
    if let seen = error.seen, seen.rows > 0 {
      // At least so large that the part no longer counts as fitting.
      sizing.bytesPerRow = max(
        Double(seen.bytes) / Double(seen.rows), Double(context.limits.bytes) / Double(max(1, count.rows)))
    }
    let cutter = Cutter(limits: context.limits, sizing: sizing)
    var known = CountTable()
    while true {
      switch cutter.cut(range, count, known: known) {
      case .parts(let parts): return parts
      case .needs(let requests): _ = try await counter.complete(&known, requests)
      case .impossible(let tick, let rows):
        throw PartError(
          .failed,
          "\(rows) rows on the one tick \(tick.iso8601) cannot be told apart, and one response cannot hold them")
      }
    }
  }

  /// A bucket in four: those of four times as many buckets that fall into it.
  private func finer(_ shard: Shard, of range: TimeRange, _ counter: Counter) async throws -> [Part] {
    var parts: [Part] = []
    for step in 0..<4 {
      let finer = Shard(index: shard.index + step * shard.count, count: shard.count * 4)
      let rows = try await counter.rows(of: range, shard: finer)
      if rows > 0 { parts.append(Part(range: range, shard: finer, count: Count(rows: rows, billed: 0))) }
    }
    return parts
  }
}

// MARK: - The manifest's rows

extension SliceRun {
  private func row(_ committed: PartTransfer.Committed, number: Int, of parts: Int) -> ManifestRow {
    let receipt = committed.receipt
    var row = ManifestRow(
      table: table.name, range: committed.part.range, rows: receipt.rows, status: .exported,
      sliceRange: action.range, exportedAt: receipt.exportedAt, runID: receipt.runID)
    row.blobURL = committed.address.url(in: context.store.url)
    row.generation = action.generation
    row.part = number
    row.parts = parts
    row.shard = committed.part.shard
    row.bytes = committed.size
    row.rawBytes = receipt.rawBytes
    row.contentMD5 = Base64.encode(committed.md5)
    row.sha256 = receipt.sha256
    row.etag = committed.etag
    row.queryHash = receipt.queryHash
    row.schemaHash = receipt.schemaHash
    row.format = receipt.format
    row.compression = receipt.compression
    row.countedRows = committed.counted
    return row
  }
}
