internal import ExportSpec
internal import Manifest
package import Timeline

/// What the manifest says of one table's declared range, without gaps: every tick
/// of it is archived, counted as empty, lost, missing, or yet to settle.
package struct Coverage: Sendable {
  package let table: String
  /// The declared range, cut to whole slices; its end may not have settled.
  package let declared: TimeRange
  /// The part of it whose slices have settled: what is missing is missing here.
  package let window: TimeRange
  /// What is recorded, by range: each slice in force that overlaps the declared range, whole.
  package let pieces: [Piece]
  /// Settled and not accounted for.
  package let missing: TimeRangeSet
  /// Left alone until its slices settle.
  package let unsettled: TimeRangeSet
  /// Missing, and about to leave the workspace; empty where retention is not declared.
  package let leaving: TimeRangeSet
  /// Missing, and no longer in the workspace.
  package let lost: TimeRangeSet
  /// The end of the declared range that lies within a slice, and that no other slice accounts for: nothing exports it.
  package let leftOut: TimeRangeSet
  /// Archived by more than one slice.
  package let overlaps: TimeRangeSet
  /// Manifest rows of generations that are no longer in force.
  package let supersededRows: Int
  /// Blobs of such generations that could not be deleted yet.
  package let supersededBlobs: Int
  /// Interactive retention, where declared.
  package let retention: Timespan?
  /// What cuts the missing ranges into slices.
  package let grid: SliceGrid

  /// A missing slice that leaves the workspace before this time has passed is `leaving`.
  package static let leavingWithin = Timespan.day * 7
}

extension Coverage {
  /// What became of a slice.
  package enum State: Int, Sendable, CaseIterable {
    case exported, adopted, empty, unproven, unavailable, expired

    init(_ status: ManifestRow.Status) {
      switch status {
      // No slice in force is superseded or pruned: the fold keeps those rows apart.
      case .exported, .superseded, .pruned: self = .exported
      case .adopted: self = .adopted
      case .empty: self = .empty
      case .emptyUnproven: self = .unproven
      case .unavailable: self = .unavailable
      case .expired: self = .expired
      }
    }

    /// Whether its rows lie in the archive.
    package var holdsRows: Bool { self == .exported || self == .adopted }
  }

  /// One recorded slice.
  package struct Piece: Sendable, Equatable {
    package var range: TimeRange
    package var state: State
    /// Whether rows may still come in, so that every plan counts it again.
    package var isProvisional: Bool
    /// Whether its rows are another tool's word alone.
    package var isUnverified: Bool
    package var rows: Int
    /// Stored bytes.
    package var bytes: Int
    /// Empty where there is no blob.
    package var schemaHash: String
  }
}

// MARK: - Out of the manifest

extension Coverage {
  /// Takes what is archived apart, by the clock and the spec of `state`; its blobs and counts play no part.
  package init(_ state: TableState) {
    table = state.spec.name
    grid = state.spec.grid
    retention = state.spec.retention
    let (declared, window) = (state.declared, state.window)
    self.declared = declared
    self.window = window
    pieces = state.archived.slices.lazy.filter { declared.overlaps($0.range) }.map { slice in
      Piece(
        range: slice.range, state: State(slice.status), isProvisional: state.isProvisional(slice),
        isUnverified: slice.isUnverified, rows: slice.rows,
        bytes: slice.bytes, schemaHash: slice.schemaHash)
    }
    missing = TimeRangeSet([window]).subtracting(state.archived.covered)
    unsettled = TimeRangeSet([state.unsettled]).subtracting(state.archived.covered)
    leftOut = state.endOffGrid
    overlaps = Overlap.twice(pieces.lazy.filter(\.state.holdsRows).map(\.range))
    supersededRows = state.archived.outdatedCount
    supersededBlobs = state.archived.superseded.count
    var (leaving, lost) = (TimeRangeSet(), TimeRangeSet())
    if let from = state.retainedFrom {
      // Rows at the start of a slice leave first, and a slice is whole or not archived.
      lost = missing.intersection(TimeRangeSet([TimeRange(.earliest, max(.earliest, grid.floor(from)))]))
      let soon = TimeRange(max(.earliest, grid.floor(from)), grid.ceiling(from + Self.leavingWithin))
      leaving = missing.intersection(TimeRangeSet([soon]))
    }
    self.leaving = leaving
    self.lost = lost
  }
}

// MARK: - Totals

extension Coverage {
  /// Recorded slices in one state.
  package func count(_ state: State) -> Int { pieces.count { $0.state == state } }

  /// Recorded slices whose rows may still grow.
  package var provisional: Int { pieces.count(where: \.isProvisional) }

  /// Adopted slices that nobody counted at the source.
  package var unverified: Int { pieces.count(where: \.isUnverified) }

  package var rows: Int { pieces.reduce(0) { $0 + $1.rows } }

  /// Stored bytes.
  package var bytes: Int { pieces.reduce(0) { $0 + $1.bytes } }

  /// From the first archived row's slice to the last one's; nil where no rows are archived.
  package var extent: TimeRange? {
    let ends = pieces.lazy.filter(\.state.holdsRows)
    guard let first = ends.first?.range.start, let last = ends.map(\.range.end).max() else { return nil }
    return TimeRange(first, last)
  }

  /// How many slices of the grid a set of ranges comes to.
  package func slices(_ ranges: TimeRangeSet) -> Int { ranges.ranges.reduce(0) { $0 + grid.tileCount(of: $1) } }

  /// What of the window is accounted for: neither missing nor beyond what the source can tell, be it that it holds no
  /// rows any more or that a count of zero proves nothing.
  package var covered: TimeRangeSet {
    let untold = TimeRangeSet(pieces.lazy.filter { $0.state == .unavailable || $0.state == .unproven }.map(\.range))
    return TimeRangeSet([window]).subtracting(missing).subtracting(untold)
  }

  /// The runs of one schema after another, in the order of the slices that have one.
  package var schemas: [SchemaRun] {
    var runs: [SchemaRun] = []
    for piece in pieces where !piece.schemaHash.isEmpty {
      if runs.last?.hash != piece.schemaHash { runs.append(SchemaRun(hash: piece.schemaHash, range: piece.range)) }
      runs[runs.count - 1].add(piece.range)
    }
    return runs
  }

  /// Neighbouring slices with the same columns.
  package struct SchemaRun: Sendable, Equatable {
    package var hash: String
    /// From the first slice's start to the last one's end.
    package var range: TimeRange
    package var slices = 0

    mutating func add(_ slice: TimeRange) {
      range = TimeRange(range.start, max(range.end, slice.end))
      slices += 1
    }
  }
}
