package import ExportSpec
package import Timeline

/// The slices of a table that are still to be exported, and which of them share the next query.
///
/// Small neighbours do: requests are what the service has least of. The plan runs through
/// the queue to say what it will take; apply does the same, and adapts to what responses weigh.
package struct ExportQueue: Sendable {
  /// Slices of one whole part each, in order of time.
  private var small: ArraySlice<SliceAction> = []
  /// All others, in order of time.
  private var others: ArraySlice<SliceAction> = []
  private let limits: ResponseLimits
  /// What responses are expected to weigh.
  package var sizing: Sizing

  /// Slices of one query at most: each is a blob that waits for the response's end.
  private static let sliceCap = 1000

  /// Actions are in order of time; those that export nothing are left out.
  package init(_ actions: [SliceAction], grid: SliceGrid, limits: ResponseLimits, sizing: Sizing) {
    self.limits = limits
    self.sizing = sizing
    for action in actions where !action.isRecord {
      if action.canShareQuery(on: grid) { small.append(action) } else { others.append(action) }
    }
  }

  package var isEmpty: Bool { small.isEmpty && others.isEmpty }

  /// Takes the next slices out: those of one batch, or a single one; none at the end.
  package mutating func next() -> [SliceAction] {
    guard let first = small.first else { return others.popFirst().map { [$0] } ?? [] }
    if let other = others.first, other.range < first.range { return others.popFirst().map { [$0] } ?? [] }
    let cutter = Cutter(limits: limits, sizing: sizing)
    var total = Count.zero
    let batch = small.prefix(Self.sliceCap).prefix { action in
      total = total + action.parts[0].part.count
      return cutter.fits(total)
    }
    let taken = max(1, batch.count)
    defer { small = small.dropFirst(taken) }
    return Array(small.prefix(taken))
  }
}

extension Plan {
  /// The tables' changes in the rounds that they are done in: first, of all tables, the slices that leave the
  /// workspace soon, then the rest. A round has only tables with something to do.
  package var rounds: [[TableChanges]] {
    func part(_ tables: [TableChanges], _ isTaken: (TableChanges, SliceAction) -> Bool) -> [TableChanges] {
      tables.map { table in
        var table = table
        table.actions = table.actions.filter { isTaken(table, $0) }
        return table
      }
    }
    func leaves(_ table: TableChanges, _ action: SliceAction) -> Bool {
      !action.isRecord && table.leavingUntil.map { action.range.start < $0 } ?? false
    }
    let first = part(tables, leaves).map { table in
      var table = table
      // What is deleted at last is no longer needed once all of it is done.
      table.cleanups = []
      return table
    }
    return [first, part(tables) { !leaves($0, $1) }].map { round in
      round.filter { !$0.actions.isEmpty || !$0.cleanups.isEmpty }
    }
  }
}

/// Slices that the plan expects to share one query.
package struct SliceBatch: Sendable, Equatable {
  /// From the first one's start to the last one's end; other slices may lie between.
  package var range: TimeRange
  package var slices: Int
  package var rows: Int
  /// Estimated bytes of the response.
  package var bytes: Int

  package init(range: TimeRange, slices: Int, rows: Int, bytes: Int) {
    self.range = range
    self.slices = slices
    self.rows = rows
    self.bytes = bytes
  }
}

extension ExportQueue {
  /// Runs through the queue, and returns the queries that serve more than one slice.
  mutating func batches() -> [SliceBatch] {
    var batches: [SliceBatch] = []
    while !isEmpty {
      let slices = next()
      guard slices.count > 1 else { continue }
      let count = slices.reduce(Count.zero) { $0 + $1.parts[0].part.count }
      batches.append(
        SliceBatch(
          range: TimeRange(slices[0].range.start, slices[slices.count - 1].range.end), slices: slices.count,
          rows: count.rows, bytes: sizing.bytes(count)))
    }
    return batches
  }
}

extension SliceAction {
  /// Whether it records a slice without exporting anything.
  package var isRecord: Bool {
    if case .record = kind { return true }
    return false
  }

  /// Whether it is one whole tile of the grid, to be exported as one part.
  fileprivate func canShareQuery(on grid: SliceGrid) -> Bool {
    guard parts.count == 1, parts[0].adopted == nil, parts[0].part.shard == nil else { return false }
    // What may be of any size is asked for alone.
    if parts[0].part.count.isEstimate, parts[0].part.count.billed == 0 { return false }
    return parts[0].part.range == range && grid.slice(holding: range.start) == range
  }
}
