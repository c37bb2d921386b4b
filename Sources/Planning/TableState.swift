internal import BlobStorage
package import ExportSpec
package import Manifest
package import Timeline

/// All that is known of a table when it is planned.
package struct TableState: Sendable {
  package var spec: TableSpec
  package var limits: ResponseLimits
  package var onChange: ChangePolicy
  /// Age at which blobs are deleted by policy, counted from their creation.
  package var deleteAfter: Timespan?
  /// The store's URL, which the manifest's URLs begin with.
  package var storeURL: String
  package var now: Tick
  /// When the source is asked, which is later than `now` where that was set back: what a count of zero proves goes by
  /// what the source holds by then.
  package var asked: Tick
  package private(set) var archived: ArchivedTable
  /// Nil where blobs were not listed.
  package private(set) var inventory: BlobInventory?
  /// What the inventory says of the archive.
  private(set) var survey: BlobSurvey?
  package var counts = CountTable()
  /// What the service has billed for the table's hours; nil where it was not asked, or could not tell.
  package var usage: Usage?
  package var options: PlanOptions

  package init(
    spec: TableSpec, limits: ResponseLimits, onChange: ChangePolicy, deleteAfter: Timespan?, storeURL: String,
    now: Tick, asked: Tick? = nil, archived: ArchivedTable, inventory: BlobInventory?, options: PlanOptions
  ) {
    self.spec = spec
    self.limits = limits
    self.onChange = onChange
    self.deleteAfter = deleteAfter
    self.storeURL = storeURL
    self.now = now
    self.asked = max(now, asked ?? now)
    self.archived = archived
    self.options = options
    observe(archived, inventory)
  }
}

/// What was asked of this plan besides the spec.
package struct PlanOptions: Sendable, Equatable {
  /// Trust the manifest alone: no listing, no recount of provisional slices.
  package var noList = false
  /// Recount every archived slice.
  package var refresh = false
  /// Count tables of which each query is billed by what it scans, a count as well.
  package var countBilled = false
  /// Slices to export again, by address.
  package var replace: Set<String> = []
  /// Slices that may be replaced by fewer rows, by address.
  package var allowShrink: Set<String> = []
  /// Cuts the window further.
  package var from: Tick?
  package var to: Tick?

  package init() {}

  /// The slices that `from` and `to` leave, whatever the spec declares: those of a grid that begin in between.
  package func selected(on grid: SliceGrid) -> TimeRange {
    TimeRange(from.map(grid.floor) ?? .earliest, to.map(grid.floor) ?? .latest)
  }
}

extension TableState {
  /// Takes in what the manifest and the listing say; nil where blobs were not listed.
  package mutating func observe(_ archived: ArchivedTable, _ inventory: BlobInventory?) {
    self.archived = archived
    self.inventory = inventory
    survey = inventory.map { BlobSurvey(self, $0) }
  }

  /// The spec's range, cut to whole slices: `[floor(from), floor(to))`.
  package var wholeRange: TimeRange {
    let range = outerRange
    return TimeRange(range.start, spec.grid.floor(range.end))
  }

  /// The spec's range up to its very end, where slices of a finer grid than that of now may lie: what overlaps it is
  /// declared.
  package var outerRange: TimeRange {
    let end = resolve(spec.to, end: now)
    return TimeRange(spec.grid.floor(resolve(spec.from, end: end)), end)
  }

  /// The declared range, as far as the options leave it.
  package var declared: TimeRange {
    wholeRange.intersection(options.selected(on: spec.grid))
  }

  /// Years whose segments of the manifest may hold slices of the declared range: a slice that is
  /// days wide may have begun in the year before.
  package var years: ClosedRange<Int> {
    let first = CivilDate(declared.start).year
    return first - 1...max(CivilDate(declared.end).year, first)
  }

  private func resolve(_ bound: RangeBound, end: Tick) -> Tick {
    switch bound {
    case .at(let tick): tick
    case .now: now
    case .last(let span): max(.earliest, end - span)
    }
  }

  /// The part of the declared range whose slices have settled.
  package var window: TimeRange {
    declared.intersection(TimeRange(.earliest, spec.grid.floor(now - spec.settle)))
  }

  /// The rest of it, which is left alone until then.
  package var unsettled: TimeRange {
    TimeRange(max(window.end, declared.start), declared.end)
  }

  /// Whether the table may be counted: not where that is billed, and nobody said so.
  package var mayCount: Bool { !spec.isBilledByScan || options.countBilled }

  /// The first tick that the source still answers for, where retention is known.
  package var retainedFrom: Tick? { spec.retention.map { asked - $0 } }

  /// What begins before this leaves the workspace soon, where retention is known.
  package var leavingUntil: Tick? { retainedFrom.map { $0 + Coverage.leavingWithin } }

  /// Whether rows of the range may be gone from the source by now.
  package func isPastRetention(_ range: TimeRange) -> Bool {
    retainedFrom.map { range.start < $0 } ?? false
  }

  /// Whether all rows of the range are gone from the source by now.
  package func isGone(_ range: TimeRange) -> Bool { retainedFrom.map { range.end <= $0 } ?? false }

  /// What a count of zero proves: something only where rows could still be seen.
  package func emptiness(of range: TimeRange) -> ManifestRow.Status {
    if retainedFrom == nil { return .emptyUnproven }
    return isPastRetention(range) ? .unavailable : .empty
  }

  /// Whether rows of the slice may have come in after it was exported.
  ///
  /// Rows are accepted up to two days after their `TimeGenerated`.
  package func isProvisional(_ slice: ArchivedSlice) -> Bool {
    slice.status != .expired && slice.status != .unavailable
      && slice.exportedAt < slice.range.end + spec.settle + .day * 2
  }

  /// Whether the source's count of a slice by `query` can be compared with what is archived, by a plan and an audit
  /// alike.
  ///
  /// Not where another filter was asked, where rows may be gone by now, or where another tool's rows were not filtered
  /// as the spec says.
  func isComparable(_ slice: ArchivedSlice, _ query: ExportQuery) -> Bool {
    if isPastRetention(slice.range) { return false }
    return switch slice.status {
    case .exported: query.asksForSameRows(as: slice.queryHash)
    case .adopted: query.filter == nil
    // What another query found empty says nothing of this one.
    case .empty, .emptyUnproven: true
    default: false
    }
  }

  /// Whether the retention policy has deleted what was exported at `tick` by now.
  package func isExpired(exportedAt tick: Tick) -> Bool {
    deleteAfter.map { tick + $0 <= now } ?? false
  }

  /// The name within the table's container that a manifest's URL stands for; nil where
  /// it lies in another one.
  ///
  /// Where the store was recorded by another URL, it is the name that the listing has.
  package func blobName(of url: String) -> String? {
    if let address = BlobAddress(url: url, in: storeURL) {
      return address.container == spec.container ? address.name : nil
    }
    let names = BlobAddress.names(in: url, container: spec.container)
    return names.first { inventory?[$0] != nil } ?? names.first
  }

  /// The end of the declared range where it lies within a slice, which is then never whole, as far as slices of
  /// another width do not account for it.
  package var endOffGrid: TimeRangeSet {
    guard case .at(let end) = spec.to, options.to == nil else { return TimeRangeSet() }
    let start = max(spec.grid.floor(end), outerRange.start)
    return TimeRangeSet([TimeRange(start, max(start, end))]).subtracting(archived.covered)
  }
}
