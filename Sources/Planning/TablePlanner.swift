internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// Decides what one table needs: pure, and total over what is known.
///
/// It is run again with more counts until it needs no more.
package struct TablePlanner {
  private let state: TableState
  private let query: ExportQuery
  private let naming: BlobNaming
  private let cutter: Cutter
  private let sizing: Sizing
  private var requests: [CountRequest] = []
  private var actions: [SliceAction] = []
  private var notes = NoteBook()
  private var current = SliceTotals()

  private init(_ state: TableState) {
    self.state = state
    query = ExportQuery(state.spec)
    naming = BlobNaming(state.spec)
    sizing = Sizing(state.archived)
    cutter = Cutter(limits: state.limits, sizing: sizing)
  }

  /// What planning came to.
  package enum Outcome: Sendable {
    case plan(TableChanges)
    case needs([CountRequest])
  }

  /// Plans a table, or names the counts that are still needed.
  package static func plan(_ state: TableState) -> Outcome {
    var planner = TablePlanner(state)
    planner.visitArchived()
    planner.visitMissing()
    if !planner.requests.isEmpty {
      return .needs(CountBatching.merge(planner.requests, cap: Cutter.binCap(state.limits)))
    }
    return .plan(planner.result())
  }

  private func result() -> TableChanges {
    TableChanges(
      table: state.spec.name, container: state.spec.container, query: query, window: state.window,
      unsettled: state.unsettled, actions: actions.sorted { $0.range < $1.range },
      cleanups: Leftovers(state: state).blobs, current: current, notes: notes.notes, sizing: sizing,
      listed: state.inventory != nil)
  }
}

// MARK: - Archived slices

extension TablePlanner {
  private mutating func visitArchived() {
    let window = state.window
    for slice in state.archived.slices where window.overlaps(slice.range) {
      let pending = requests.count
      if let reason = reasonToReplace(slice) {
        if requests.count == pending { replace(slice, reason) }
      } else if requests.count == pending {
        current.slices += 1
        current.rows += slice.rows
      }
    }
  }

  /// Why an archived slice has to be exported again; nil where it need not, or
  /// where a count that was not known yet has been put on the list.
  private mutating func reasonToReplace(_ slice: ArchivedSlice) -> SliceAction.Reason? {
    if names(state.options.replace, slice.range) { return .requested }
    if slice.status == .expired { return nil }
    if slice.status == .unavailable {
      notes.add(.unavailable, slice.range)
      return nil
    }
    if slice.status == .emptyUnproven { notes.add(.unproven, slice.range) }
    if slice.hasBlobs {
      if let damage = damage(of: slice) {
        return state.isExpired(exportedAt: slice.exportedAt) ? .expired : damage
      }
      if slice.status == .exported, slice.queryHash != query.hash {
        if state.onChange == .replace { return .specChanged }
        notes.add(.earlierQuery, slice.range)
      }
    }
    let recount = state.options.refresh || (!state.options.noList && state.isProvisional(slice))
    // An earlier query's rows are not to be compared with this one's.
    guard recount, !slice.hasBlobs || slice.queryHash == query.hash else { return nil }
    if let from = state.retainedFrom, slice.range.start < from { return nil }
    guard let count = count(of: slice.range) else { return nil }
    if count.rows > slice.rows { return .lateRows }
    if count.rows < slice.rows {
      if names(state.options.allowShrink, slice.range) { return .requested }
      notes.add(.shrunk, slice.range)
    }
    return nil
  }

  /// Whether a slice is among those addressed.
  private func names(_ addresses: Set<String>, _ range: TimeRange) -> Bool {
    // An address is a text, and there may be a million slices.
    !addresses.isEmpty && addresses.contains(Slice(table: state.spec.name, range: range).address)
  }

  /// What the listing says against the manifest, where there is one.
  private func damage(of slice: ArchivedSlice) -> SliceAction.Reason? {
    guard let inventory = state.inventory else { return nil }
    for row in state.archived.parts(of: slice) {
      guard let name = state.blobName(of: row), let blob = inventory.blobs[name] else { return .blobMissing }
      if blob.size != row.bytes { return .checksumMismatch }
    }
    return nil
  }

  private mutating func replace(_ slice: ArchivedSlice, _ reason: SliceAction.Reason) {
    if reason == .expired {
      actions.append(
        SliceAction(range: slice.range, kind: .record(.expired), reason: .expired, generation: slice.generation + 1))
      return
    }
    guard let count = count(of: slice.range) else { return }
    if count.rows < slice.rows, slice.queryHash == query.hash || count.rows == 0,
      !names(state.options.allowShrink, slice.range)
    {
      notes.add(.shrunk, slice.range)
      return
    }
    guard count.rows > 0 else {
      actions.append(
        SliceAction(
          range: slice.range, kind: .record(state.retainedFrom == nil ? .emptyUnproven : .empty), reason: reason,
          generation: slice.generation + 1, obsolete: obsolete(slice)))
      return
    }
    guard let parts = cut(slice.range, count) else { return }
    let generation = Generation(
      slice: slice.range, archived: slice, parts: parts, state: state, query: query, naming: naming)
    actions.append(
      SliceAction(
        range: slice.range, kind: .replace, reason: reason, generation: generation.number, parts: generation.actions,
        obsolete: obsolete(slice) + generation.strays))
  }

  private func obsolete(_ slice: ArchivedSlice) -> [ObsoleteBlob] {
    state.archived.parts(of: slice).compactMap { row in
      guard let name = state.blobName(of: row), let blob = state.inventory?.blobs[name] else { return nil }
      return ObsoleteBlob(
        address: .init(container: state.spec.container, name: name), etag: blob.etag, row: row)
    }
  }
}

// MARK: - Missing slices

extension TablePlanner {
  private mutating func visitMissing() {
    let missing = TimeRangeSet([state.window]).subtracting(state.archived.covered)
    for range in missing.ranges {
      // Most of a year is asked for at once, not tile by tile.
      if state.counts.bins(of: range, on: state.spec.grid) == nil {
        requests.append(CountRequest(ranges: [range], grouping: .bins(state.spec.grid)))
        continue
      }
      for tile in state.spec.grid.tiles(of: range) { visit(tile) }
    }
  }

  private mutating func visit(_ tile: TimeRange) {
    guard let count = count(of: tile) else { return }
    if count.rows == 0 { return recordEmpty(tile) }
    guard let parts = cut(tile, count) else { return }
    if let from = state.retainedFrom, tile.start < from + .day * 7 { notes.add(.leaving, tile) }
    let generation = Generation(slice: tile, archived: nil, parts: parts, state: state, query: query, naming: naming)
    let adopted = generation.actions.allSatisfy { $0.adopted != nil }
    actions.append(
      SliceAction(
        range: tile, kind: .export, reason: adopted ? .adoptReceipt : .missing, generation: generation.number,
        parts: generation.actions, obsolete: generation.strays))
  }

  /// Zero says something only where rows could still be seen.
  private mutating func recordEmpty(_ tile: TimeRange) {
    let status: ManifestRow.Status
    if let from = state.retainedFrom {
      status = tile.start < from ? .unavailable : .empty
    } else {
      status = .emptyUnproven
    }
    if status == .unavailable { notes.add(.unavailable, tile) }
    if status == .emptyUnproven { notes.add(.unproven, tile) }
    actions.append(SliceAction(range: tile, kind: .record(status), reason: .missing, generation: 1))
  }

  private mutating func count(of tile: TimeRange) -> Count? {
    let grid = state.spec.grid
    if grid.slice(holding: tile.start).contains(tile) {
      if let count = state.counts.count(of: tile, on: grid) { return count }
      requests.append(CountRequest(ranges: [tile], grouping: .bins(grid)))
      return nil
    }
    // A slice of another width than the spec's of today: the sum of its tiles.
    guard let bins = state.counts.bins(of: tile, on: grid) else {
      requests.append(CountRequest(ranges: [tile], grouping: .bins(grid)))
      return nil
    }
    return bins.reduce(.zero) { $0 + $1.count }
  }

  private mutating func cut(_ range: TimeRange, _ count: Count) -> [Part]? {
    switch cutter.cut(range, count, known: state.counts) {
    case .parts(let parts): return parts
    case .needs(let more): requests += more
    case .impossible: notes.add(.impossible, range)
    }
    return nil
  }
}
