internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// Records slices whose blobs are committed, or that need none: the append is the step in which they change.
struct SliceRecorder: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var query: ExportQuery

  /// What a finished slice came to.
  struct Finished: Sendable {
    var rows: Int
    var parts: Int
    /// Stored bytes.
    var bytes: Int
    /// Bytes of the responses.
    var rawBytes: Int
    /// Blobs of earlier generations that went.
    var deleted: Int
  }

  /// A slice, and all of its parts in order; none where it has turned out to be empty.
  struct Slice: Sendable {
    var action: SliceAction
    var parts: [Transfer.Committed]
  }
}

extension SliceRecorder {
  /// Records slices, each in one step, and deletes what they replaced; in their order.
  ///
  /// From here on a cancelled run goes through with it.
  func record(_ slices: [Slice]) async -> [Result<Finished, PartError>] {
    var results: [Result<Finished, PartError>] = []
    for group in groups(slices) {
      var refused: [Int: PartError] = [:]
      for (index, slice) in group.enumerated() { refused[index] = loss(slice) }
      let kept = group.indices.filter { refused[$0] == nil }
      let failure = await append(kept.flatMap { rows(group[$0]) })
      for (index, slice) in group.enumerated() {
        if let error = refused[index] ?? failure {
          results.append(.failure(error))
        } else {
          results.append(.success(await finish(slice)))
        }
      }
    }
    return results
  }

  /// Slices that share an append.
  private static let groupSize = 500

  /// Slices that are recorded by one append: those of one year, and of one file therefore.
  private func groups(_ slices: [Slice]) -> [[Slice]] {
    var groups: [[Slice]] = []
    for slice in slices {
      let year = CivilDate(slice.action.range.start).year
      if let last = groups.last, last.count < Self.groupSize, CivilDate(last[0].action.range.start).year == year {
        groups[groups.count - 1].append(slice)
      } else {
        groups.append([slice])
      }
    }
    return groups
  }

  /// Rows that were counted when the plan was made may be gone by now: such a slice
  /// replaces none that has more, and is not taken for empty.
  private func loss(_ slice: Slice) -> PartError? {
    let planned = slice.action.parts.reduce(0) { $0 + $1.part.count.rows }
    let rows = slice.parts.reduce(0) { $0 + $1.receipt.rows }
    guard rows < planned, slice.action.kind != .export || rows == 0 else { return nil }
    return PartError(lost: planned, left: rows)
  }

  private func append(_ rows: [ManifestRow]) async -> PartError? {
    do {
      try await context.ledger.append(rows)
      return nil
    } catch let error as StoreError {
      return PartError(error)
    } catch {
      return PartError(.failed, "\(error)")
    }
  }

  private func finish(_ slice: Slice) async -> Finished {
    let deleted = await Obsolete(context: context, table: table.name).delete(slice.action.obsolete)
    return Finished(
      rows: slice.parts.reduce(0) { $0 + $1.receipt.rows }, parts: slice.parts.count,
      bytes: slice.parts.reduce(0) { $0 + $1.size }, rawBytes: slice.parts.reduce(0) { $0 + $1.receipt.rawBytes },
      deleted: deleted)
  }
}

// MARK: - The manifest's rows

extension SliceRecorder {
  /// A slice without rows, or one that a policy has deleted.
  private func emptyRow(_ action: SliceAction) -> ManifestRow {
    var status = action.ifEmpty
    if case .record(let recorded) = action.kind { status = recorded }
    var row = ManifestRow(
      table: table.name, range: action.range, rows: 0, status: status, sliceRange: action.range,
      exportedAt: context.clock(), runID: context.runID)
    row.generation = action.generation
    row.queryHash = query.hash
    row.countedRows = status == .expired || !action.parts.isEmpty ? nil : 0
    return row
  }

  private func rows(_ slice: Slice) -> [ManifestRow] {
    if slice.parts.isEmpty { return [emptyRow(slice.action)] }
    return slice.parts.enumerated().map { row($0.element, number: $0.offset + 1, of: slice.parts.count) }
  }

  private func row(_ committed: Transfer.Committed, number: Int, of parts: Int) -> ManifestRow {
    var row = ManifestRow(
      committed.receipt, part: number, of: parts, url: committed.address.url(in: context.store.url),
      bytes: committed.size, etag: committed.etag, contentMD5: Base64.encode(committed.md5))
    row.countedRows = committed.counted
    return row
  }
}
