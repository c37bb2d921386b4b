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
  private var notes: NoteBook
  private var failures: [TableFailure] = []
  private var current = SliceTotals()

  private init(_ state: TableState) {
    self.state = state
    query = ExportQuery(state.spec)
    naming = BlobNaming(state.spec)
    notes = NoteBook(table: state.spec.name)
    sizing = Sizing(state.archived)
    cutter = Cutter(limits: state.limits, sizing: sizing)
  }

  /// What planning came to.
  package enum Outcome: Sendable {
    /// The changes, and the slices that no change can bring into the archive.
    case plan(TableChanges, failures: [TableFailure])
    case needs([CountRequest])
  }

  /// Plans a table, or names the counts that are still needed.
  package static func plan(_ state: TableState) -> Outcome {
    var planner = TablePlanner(state)
    planner.visitArchived()
    planner.noteUndeclared()
    planner.visitMissing()
    if !planner.requests.isEmpty {
      return .needs(CountBatching.merge(planner.requests, cap: Cutter.binCap(state.limits)))
    }
    planner.checkAddresses()
    return .plan(planner.result(), failures: planner.failures)
  }

  private mutating func result() -> TableChanges {
    let actions = actions.sorted { $0.range < $1.range }
    let leftovers = Leftovers(state: state, actions: actions, years: state.years)
    for blob in leftovers.unrecorded { notes.add(.unrecorded, blob.receipt.sliceRange, rows: blob.receipt.rows) }
    for rest in state.endOffGrid.ranges { notes.add(.offGrid, rest) }
    var queue = ExportQueue(actions, grid: state.spec.grid, limits: state.limits, sizing: sizing)
    return TableChanges(
      table: state.spec.name, container: state.spec.container, query: query, window: state.window,
      unsettled: state.unsettled, actions: actions, batches: queue.batches(),
      cleanups: leftovers.blobs, current: current, notes: notes.notes, sizing: sizing, scan: scan(actions),
      listed: state.inventory != nil, leavingUntil: state.leavingUntil)
  }
}

extension TablePlanner {
  /// What the queries of the actions scan: all rows of their ranges, whatever is filtered.
  private func scan(_ actions: [SliceAction]) -> TableChanges.Scan? {
    let ranges = actions.flatMap { $0.parts.filter { $0.adopted == nil }.map(\.part.range) }
    guard state.spec.isBilledByScan, !ranges.isEmpty else { return nil }
    guard let usage = state.usage else { return .unknown }
    return .bytes(ranges.reduce(0) { $0 + usage.bytes(in: $1) })
  }
}

// MARK: - Archived slices

extension TablePlanner {
  private mutating func visitArchived() {
    let window = state.window
    var last = TimeRange(.earliest, .earliest)
    for slice in state.archived.slices where window.overlaps(slice.range) {
      if slice.hasBlobs {
        if slice.range.start < last.end { notes.add(.overlapping, slice.range) }
        if slice.range.end > last.end { last = slice.range }
      }
      let pending = requests.count
      if let reason = reasonToReplace(slice) {
        if requests.count == pending { replace(slice, reason) }
      } else if requests.count == pending {
        stays(slice)
      }
    }
  }

  /// Counts a slice that needs nothing, where it has rows in the archive.
  private mutating func stays(_ slice: ArchivedSlice) {
    guard slice.hasBlobs else { return }
    current.slices += 1
    current.rows += slice.rows
  }

  /// What the spec no longer declares is kept, and said: `prune` alone deletes it. Slices of years that
  /// were not read are left out.
  private mutating func noteUndeclared() {
    let declared = state.outerRange
    for slice in state.archived.slices where slice.hasBlobs && !declared.overlaps(slice.range) {
      notes.add(.undeclared, slice.range)
    }
  }

  /// Why an archived slice has to be exported again; nil where it need not, or
  /// where a count that was not known yet has been put on the list.
  private mutating func reasonToReplace(_ slice: ArchivedSlice) -> SliceAction.Reason? {
    if names(state.options.replace, slice.range) { return .requested }
    if slice.status == .expired { return nil }
    if slice.status == .unavailable || slice.status == .emptyUnproven { return reasonToCountAgain(slice) }
    if slice.hasBlobs, let damage = damage(of: slice) { return damage }
    // What another query found empty says nothing of this one either.
    if slice.status != .adopted, query.hash != slice.queryHash {
      let canTell = slice.hasBlobs || !state.isPastRetention(slice.range)
      if state.onChange == .replace, canTell { return .specChanged }
      notes.add(.earlierQuery, slice.range)
    }
    let recount = state.options.refresh || (!state.options.noList && state.isProvisional(slice))
    // The rows of another filter are not to be compared with this one's.
    guard recount, state.isComparable(slice, query) else { return nil }
    guard state.mayCount else {
      notes.add(.uncounted, slice.range)
      return nil
    }
    guard let count = count(of: slice.range) else { return nil }
    if count.rows > slice.rows {
      if query.exportsAll(of: slice) { return .lateRows }
      // The query that it was archived with is not known, and this one may leave columns out.
      notes.add(.grown, slice.range, rows: count.rows - slice.rows)
    }
    if count.rows < slice.rows {
      if names(state.options.allowShrink, slice.range) { return .requested }
      notes.add(.shrunk, slice.range, rows: slice.rows - count.rows)
    }
    return nil
  }

  /// What was never proven empty may be by now: the retention that the spec tells has changed.
  private mutating func reasonToCountAgain(_ slice: ArchivedSlice) -> SliceAction.Reason? {
    let mayTell = state.emptiness(of: slice.range) == .empty && !state.options.noList
    let isDue = state.options.refresh || (!state.options.noList && state.isProvisional(slice))
    if mayTell || isDue, state.mayCount {
      guard let count = count(of: slice.range) else { return nil }
      if count.rows > 0 { return .lateRows }
      if mayTell { return .missing }
    }
    notes.add(slice.status == .unavailable ? .unavailable : .unproven, slice.range)
    return nil
  }

  /// Whether a slice is among those addressed.
  private func names(_ addresses: Set<String>, _ range: TimeRange) -> Bool {
    Slice(table: state.spec.name, range: range).isNamed(by: addresses)
  }

  /// What the listing says against the manifest, where there is one.
  private mutating func damage(of slice: ArchivedSlice) -> SliceAction.Reason? {
    guard let survey = state.survey else { return nil }
    var missing = 0
    for position in slice.lines {
      switch survey.findings[position] {
      case .intact: break
      case .changed: return .checksumMismatch
      case .missing: missing += 1
      case .elsewhere:
        notes.add(.elsewhere, slice.range)
        return nil
      }
    }
    guard missing > 0 else { return nil }
    guard state.isExpired(exportedAt: slice.exportedAt) else { return .blobMissing }
    // The policy deletes blob by blob; what it has begun is not undone.
    if missing == slice.lines.count { return .expired }
    notes.add(.expiring, slice.range)
    return nil
  }

  private mutating func replace(_ slice: ArchivedSlice, _ reason: SliceAction.Reason) {
    if reason == .expired {
      actions.append(
        SliceAction(
          range: slice.range, kind: .record(.expired), reason: .expired, generation: slice.generation + 1,
          replaces: slice.generation))
      return
    }
    if mayHoldMore(slice, than: reason) { return keep(slice, reason, nil) }
    guard let count = count(of: slice.range, expecting: slice.rows) else { return }
    guard mayReplace(slice, by: count) else { return keep(slice, reason, count) }
    guard count.rows > 0 || count.isEstimate else {
      actions.append(
        SliceAction(
          range: slice.range, kind: .record(state.emptiness(of: slice.range)), reason: reason,
          generation: slice.generation + 1, replaces: slice.generation, replacedRows: slice.rows,
          obsolete: obsolete(slice)))
      return
    }
    guard let parts = cut(slice.range, count) else { return }
    let generation = Generation(
      slice: slice.range, archived: slice, parts: parts, state: state, query: query, naming: naming)
    actions.append(
      SliceAction(
        range: slice.range, kind: .replace, reason: reason, generation: generation.number,
        replaces: slice.generation, replacedRows: slice.rows, parts: generation.actions,
        obsolete: obsolete(slice) + generation.strays))
  }

  /// Whether a slice has begun to leave the source, so that as many rows there are not the same ones, and blobs
  /// that are intact.
  private func mayHoldMore(_ slice: ArchivedSlice, than reason: SliceAction.Reason) -> Bool {
    guard slice.hasBlobs, state.isPastRetention(slice.range), !names(state.options.allowShrink, slice.range) else {
      return false
    }
    return state.survey.map { survey in slice.lines.contains { survey.findings[$0] == .intact } } ?? true
  }

  /// Archived rows are never replaced by fewer, unless a person allows it for the slice.
  ///
  /// Another query may well find fewer; but only where all of the slice's rows can
  /// still be seen is it the query that left them out.
  private func mayReplace(_ slice: ArchivedSlice, by count: Count) -> Bool {
    if count.rows >= slice.rows || names(state.options.allowShrink, slice.range) { return true }
    return !state.isComparable(slice, query) && count.rows > 0 && state.emptiness(of: slice.range) == .empty
  }

  /// Leaves a slice as it is, whether the source was counted or cannot tell.
  private mutating func keep(_ slice: ArchivedSlice, _ reason: SliceAction.Reason, _ count: Count?) {
    guard reason == .blobMissing || reason == .checksumMismatch else {
      stays(slice)
      guard let count else { return notes.add(.fading, slice.range) }
      let isFiltered = slice.status == .exported && !query.asksForSameRows(as: slice.queryHash)
      return notes.add(isFiltered ? .narrowed : .shrunk, slice.range, rows: slice.rows - count.rows)
    }
    let address = Slice(table: state.spec.name, range: slice.range).address
    fail(
      slice.range,
      "\(address) \(reason == .blobMissing ? "has lost a blob" : "has a blob that was changed"), and the source holds "
        + (count.map { "only \($0.rows)" } ?? "perhaps not all")
        + " of its \(slice.rows) rows; --allow-shrink \(address) takes what is left")
  }

  private mutating func fail(_ slice: TimeRange, _ message: String) {
    failures.append(TableFailure(table: state.spec.name, slice: slice, message: message))
  }

  /// A slice that was asked for and is none must not look done.
  private mutating func checkAddresses() {
    let (replace, shrink) = (state.options.replace, state.options.allowShrink)
    if replace.isEmpty, shrink.isEmpty { return }
    let known = Set(
      (state.archived.slices.map(\.range) + actions.map(\.range) + failures.compactMap(\.slice))
        .filter(state.window.overlaps).map { Slice(table: state.spec.name, range: $0) }
        .flatMap { [$0.address, $0.fullAddress] })
    for (addresses, wish) in [(replace, "be replaced"), (shrink, "shrink")] {
      for address in addresses.sorted() where address.hasPrefix("\(state.spec.name)/") && !known.contains(address) {
        failures.append(
          TableFailure(
            table: state.spec.name, message: "\(address) was to \(wish), but no slice of the window begins there"))
      }
    }
  }

  private func obsolete(_ slice: ArchivedSlice) -> [ObsoleteBlob] {
    state.archived.parts(of: slice).compactMap { row in
      guard let name = state.blobName(of: row.blobURL), let blob = state.inventory?[name] else { return nil }
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
      if state.mayCount, state.counts.bins(of: range, on: state.spec.grid) == nil {
        requests.append(CountRequest(ranges: [range], grouping: .bins(state.spec.grid)))
        continue
      }
      for tile in state.spec.grid.tiles(of: range) { visit(tile) }
    }
  }

  private mutating func visit(_ tile: TimeRange) {
    guard let count = count(of: tile) else { return }
    if count.rows == 0, !count.isEstimate { return recordEmpty(tile) }
    guard let parts = cut(tile, count) else { return }
    let generation = Generation(slice: tile, archived: nil, parts: parts, state: state, query: query, naming: naming)
    let adopted = generation.actions.allSatisfy { $0.adopted != nil }
    // Nobody has counted, and nothing can be there: a query that is billed would only find that out.
    if count.isEstimate, !adopted, state.isGone(tile) { return recordEmpty(tile) }
    if let from = state.retainedFrom, let leaving = state.leavingUntil, tile.start < leaving, tile.end > from {
      notes.add(.leaving, tile)
    }
    actions.append(
      SliceAction(
        range: tile, kind: .export, reason: adopted ? .adoptReceipt : .missing, generation: generation.number,
        parts: generation.actions, ifEmpty: state.emptiness(of: tile), obsolete: generation.strays))
  }

  private mutating func recordEmpty(_ tile: TimeRange) {
    let status = state.emptiness(of: tile)
    if status == .unavailable { notes.add(.unavailable, tile) }
    if status == .emptyUnproven { notes.add(.unproven, tile) }
    actions.append(
      SliceAction(
        range: tile, kind: .record(status), reason: .missing,
        generation: state.archived.prunedGeneration(of: tile) + 1))
  }

  /// The count of a slice; nil where it has been put on the list.
  ///
  /// Where counts are billed and nobody asked for them it is an estimate of the archived rows
  /// that are to be replaced, and of what the workspace was billed for.
  private mutating func count(of tile: TimeRange, expecting rows: Int = 0) -> Count? {
    let grid = state.spec.grid
    guard state.mayCount else {
      if !state.isGone(tile) { notes.add(.uncounted, tile) }
      // An hour that the usage does not name holds little, if anything; 0 would say that nothing is known.
      return Count(rows: rows, billed: state.usage.map { max(1, $0.bytes(in: tile)) } ?? 0, isEstimate: true)
    }
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
    case .impossible(let tick, let rows):
      let address = Slice(table: state.spec.name, range: range).address
      fail(
        range,
        "\(address) has \(rows) rows on the one tick \(tick.iso8601) that no split can tell apart, "
          + "more than one response may hold (limits.rows: \(state.limits.rows))")
    }
    return nil
  }
}
