internal import ExportSpec
internal import Planning
internal import Timeline

/// The figures of one table's coverage, for people and for programs.
struct TableStatus: Sendable {
  let table: String
  let container: String
  let declared: TimeRange
  let window: TimeRange
  /// Recorded slices in each state.
  let slices: [Coverage.State: Int]
  let provisional: Int
  /// Adopted slices that nobody counted at the source.
  let unverified: Int
  let rows: Int
  /// Stored bytes.
  let bytes: Int
  /// Of the slices that hold rows.
  let extent: TimeRange?
  /// Time of the window, and of it what is accounted for.
  let windowLength: Timespan
  let coveredLength: Timespan
  /// Missing ranges, with the slices of the grid that they come to.
  let gaps: [Gap]
  let unsettledSlices: Int
  let leaving: Gaps
  let lost: Gaps
  /// The end of the declared range within a slice that is never whole.
  let leftOut: [TimeRange]
  let overlaps: [TimeRange]
  let supersededRows: Int
  let supersededBlobs: Int
  let retention: Timespan?

  /// A missing range.
  struct Gap: Sendable {
    var range: TimeRange
    var slices: Int
  }

  /// Missing ranges with something in common.
  struct Gaps: Sendable {
    var ranges: [TimeRange]
    var slices: Int
  }

  init(_ spec: TableSpec, _ coverage: Coverage) {
    table = spec.name
    container = spec.container
    declared = coverage.declared
    window = coverage.window
    slices = coverage.pieces.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    provisional = coverage.provisional
    unverified = coverage.unverified
    rows = coverage.rows
    bytes = coverage.bytes
    extent = coverage.extent
    windowLength = coverage.window.length
    coveredLength = coverage.covered.length
    gaps = coverage.missing.ranges.map { Gap(range: $0, slices: coverage.grid.tileCount(of: $0)) }
    unsettledSlices = coverage.slices(coverage.unsettled)
    leaving = Gaps(ranges: coverage.leaving.ranges, slices: coverage.slices(coverage.leaving))
    lost = Gaps(ranges: coverage.lost.ranges, slices: coverage.slices(coverage.lost))
    leftOut = coverage.leftOut.ranges
    overlaps = coverage.overlaps.ranges
    supersededRows = coverage.supersededRows
    supersededBlobs = coverage.supersededBlobs
    retention = coverage.retention
  }

  /// Missing slices.
  var missing: Int { gaps.reduce(0) { $0 + $1.slices } }

  /// Whether all that is declared and has settled is accounted for, and no time of it twice.
  var isWhole: Bool { missing == 0 && leftOut.isEmpty && overlaps.isEmpty }

  /// Slices whose rows lie in the archive.
  var archived: Int { (slices[.exported] ?? 0) + (slices[.adopted] ?? 0) }

  /// When the first of the slices that leave the workspace soon begins to.
  var leavesFrom: Tick? {
    guard let first = leaving.ranges.first?.start, let retention else { return nil }
    return first + retention
  }

  /// `47 exported, 1 missing`: the states that occur, in a fixed order.
  var states: [String] {
    let names: [(Coverage.State, String)] = [
      (.exported, "exported"), (.adopted, "adopted"), (.empty, "empty"), (.unproven, "unproven"),
      (.unavailable, "unavailable"), (.expired, "deleted by policy"),
    ]
    var parts = names.compactMap { state, name in slices[state].map { "\(Quantity.count($0)) \(name)" } }
    if unverified > 0, let index = parts.firstIndex(where: { $0.hasSuffix(" adopted") }) {
      parts[index] += unverified == slices[.adopted] ? " and unverified" : " (\(Quantity.count(unverified)) unverified)"
    }
    if provisional > 0 { parts.append("\(Quantity.count(provisional)) may still grow") }
    if missing > 0 { parts.append("\(Quantity.count(missing)) missing") }
    if unsettledSlices > 0 { parts.append("\(Quantity.count(unsettledSlices)) not settled yet") }
    return parts
  }
}

/// Several tables together.
struct StatusTotals: Sendable {
  var tables = 0
  var archived = 0
  var rows = 0
  var bytes = 0
  var missing = 0
  var gaps = 0
  /// Ranges that are archived twice.
  var overlaps = 0
  var leaving = 0
  /// Tables whose end is left out.
  var leftOut = 0
  var windowLength = Timespan.zero
  var coveredLength = Timespan.zero

  init(_ all: [TableStatus]) {
    for table in all {
      tables += 1
      archived += table.archived
      rows += table.rows
      bytes += table.bytes
      missing += table.missing
      gaps += table.gaps.count
      overlaps += table.overlaps.count
      leaving += table.leaving.slices
      leftOut += table.leftOut.isEmpty ? 0 : 1
      windowLength = windowLength + table.windowLength
      coveredLength = coveredLength + table.coveredLength
    }
  }

  /// The share of the windows that is accounted for; nil where nothing has settled.
  var share: String? {
    windowLength > .zero ? Quantity.share(coveredLength, of: windowLength) : nil
  }
}
