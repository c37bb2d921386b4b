package import Timeline

/// What came into a plan, what went and what changed, against an earlier one.
package struct PlanComparison: Sendable, Equatable {
  /// Slices of one table that changed alike.
  package struct Line: Sendable, Equatable {
    package var table: String
    /// What was to be done with them; nil where the earlier plan did nothing.
    package var before: Deed?
    /// What is to be done now; nil where nothing is.
    package var after: Deed?
    package var ranges: TimeRangeSet
    package var slices: Int
  }

  /// What is done with a slice, and why.
  package struct Deed: Sendable, Equatable {
    package var kind: SliceAction.Kind
    package var reason: SliceAction.Reason
    package var generation: Int
  }

  /// By table in the order of the plans, then by time.
  package var lines: [Line] = []
  /// What differs of the resources in the new plan alone, and in the old one alone.
  package var cameResources: [PlanFile.Resource] = []
  package var wentResources: [PlanFile.Resource] = []

  /// Whether both plans do the same.
  package var isEmpty: Bool { lines.isEmpty && cameResources.isEmpty && wentResources.isEmpty }

  package init(_ new: PlanFile, against old: PlanFile) {
    cameResources = new.resources.filter { !old.resources.contains($0) }
    wentResources = old.resources.filter { !new.resources.contains($0) }
    let names = new.tables.map(\.table)
    for name in names + old.tables.map(\.table).filter({ !names.contains($0) }) {
      compare(
        name, old.tables.first { $0.table == name }?.runs ?? [], new.tables.first { $0.table == name }?.runs ?? [])
    }
  }
}

extension PlanComparison {
  /// Slices that are in the new plan alone, in the old one alone, and in both with another action.
  package var totals: (came: Int, went: Int, changed: Int) {
    lines.reduce((0, 0, 0)) { sum, line in
      switch (line.before, line.after) {
      case (nil, _): (sum.0 + line.slices, sum.1, sum.2)
      case (_, nil): (sum.0, sum.1 + line.slices, sum.2)
      default: (sum.0, sum.1, sum.2 + line.slices)
      }
    }
  }

  /// Walks along the slices of both plans.
  private mutating func compare(_ table: String, _ old: [ActionRun], _ new: [ActionRun]) {
    let (old, new) = (Self.slices(old), Self.slices(new))
    var found: [(before: Deed?, after: Deed?, ranges: [TimeRange])] = []
    func add(_ slice: TimeRange, _ before: Deed?, _ after: Deed?) {
      if let index = found.firstIndex(where: { $0.before == before && $0.after == after }) {
        found[index].ranges.append(slice)
      } else {
        found.append((before, after, [slice]))
      }
    }
    var (o, n) = (0, 0)
    while o < old.count || n < new.count {
      if n == new.count || (o < old.count && old[o].slice < new[n].slice) {
        add(old[o].slice, old[o].deed, nil)
        o += 1
      } else if o == old.count || new[n].slice < old[o].slice {
        add(new[n].slice, nil, new[n].deed)
        n += 1
      } else {
        if old[o].deed != new[n].deed { add(new[n].slice, old[o].deed, new[n].deed) }
        o += 1
        n += 1
      }
    }
    lines += found.map {
      Line(
        table: table, before: $0.before, after: $0.after, ranges: TimeRangeSet($0.ranges), slices: $0.ranges.count)
    }
  }

  private static func slices(_ runs: [ActionRun]) -> [(slice: TimeRange, deed: Deed)] {
    let slices = runs.flatMap { run in
      let deed = Deed(kind: run.kind, reason: run.reason, generation: run.generation)
      return (0..<run.slices).map { (slice: run.slice($0), deed: deed) }
    }
    // Mostly in order already; runs of different widths may overlap.
    let isSorted = zip(slices, slices.dropFirst()).allSatisfy { $0.slice < $1.slice }
    return isSorted ? slices : slices.sorted { $0.slice < $1.slice }
  }
}
