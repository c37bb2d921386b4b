internal import BlobStorage
package import ExportSpec
package import Timeline

/// A plan that was made anew, cut down to what a plan file holds.
package struct NarrowedPlan: Sendable {
  /// Never more than the file holds.
  package var plan: Plan
  /// Slices of the file that need nothing any more: whoever it was has done what was planned for them.
  package var settled = 0
  /// Slices of the new plan that the file does not hold, by table.
  package var leftOut: [(table: String, slices: TimeRangeSet)] = []
  /// Containers that the narrowed plan needs, and that the file does not say may be made.
  package var missingContainers: [String] = []
  /// Changes of resources that the file does not hold, or not with these consequences: none of the plan may be done.
  package var unapprovedChanges: [ResourceChange] = []
  /// Changes of the file that somebody has made meanwhile.
  package var settledChanges = 0

  /// An action survives where the file has one for the same slice, made of the same generation, that does as much.
  ///
  /// `tables` are the spec's, by which queries are shared.
  package init(_ fresh: Plan, to file: PlanFile, tables: [TableSpec], limits: ResponseLimits) {
    plan = fresh
    plan.tables = []
    for table in file.tables {
      guard var changes = fresh.tables.first(where: { $0.table == table.table }) else { continue }
      let parts = Parts(changes.actions, of: table.runs)
      let failed = fresh.failures.compactMap { $0.table == table.table ? $0.slice : nil }
        .count { slice in table.runs.contains { $0.holds(slice) } }
      settled += max(0, table.runs.reduce(0) { $0 + $1.slices } - parts.kept.count - parts.otherwise - failed)
      if !parts.leftOut.isEmpty { leftOut.append((table.table, TimeRangeSet(parts.leftOut))) }

      let removals = Set(table.removals)
      changes.cleanups.removeAll { !removals.contains($0.address.description) }
      changes.current.slices += parts.untouched.slices
      changes.current.rows += parts.untouched.rows
      if parts.kept.count < changes.actions.count {
        changes.actions = parts.kept
        if let spec = tables.first(where: { $0.name == table.table }) {
          var queue = ExportQueue(parts.kept, grid: spec.grid, limits: limits, sizing: changes.sizing)
          changes.batches = queue.batches()
        }
        // What is scanned was summed over all of them.
        if changes.scan != nil { changes.scan = parts.kept.allSatisfy(\.isRecord) ? nil : .unknown }
      }
      plan.tables.append(changes)
    }
    let changes = fresh.posture.changes.filter { $0.step != nil }
    unapprovedChanges = changes.filter { change in !file.resources.contains { $0.allows(change) } }
    settledChanges = file.resources.count { planned in
      planned.isChanged && !fresh.posture.changes.contains { planned.isOfSame(as: $0) }
    }
    let held = Set(file.tables.map(\.table))
    plan.failures.removeAll { !held.contains($0.table) }

    let approved = Set(file.containers)
    let needed = Set(plan.tables.filter { !$0.actions.isEmpty }.map(\.container))
    let tableContainers = Set(tables.map(\.container))
    missingContainers = fresh.containers.filter {
      !approved.contains($0) && (needed.contains($0) || !tableContainers.contains($0)) && !needed.isEmpty
    }
    plan.containers.removeAll { !approved.contains($0) }
  }
}

/// The actions of one table, by what a plan file says of them.
private struct Parts {
  /// Those that it holds, in order of time.
  var kept: [SliceAction] = []
  /// Slices of all others, but for what was asked for once and has been done.
  var leftOut: [TimeRange] = []
  /// Slices that the file holds, but for which it plans something else.
  var otherwise = 0
  /// Those of all that are not kept whose slices stay in the archive as they are.
  var untouched = SliceTotals()

  init(_ actions: [SliceAction], of runs: [ActionRun]) {
    var first = 0
    for action in actions {
      while first < runs.count, runs[first].range.end <= action.range.start { first += 1 }
      // Slices of different widths may overlap, and so may runs.
      let candidates = runs[first...].prefix { $0.range.start <= action.range.start }
      guard let run = candidates.first(where: { $0.holds(action.range) }) else {
        leftOut.append(action.range)
        leave(action)
        continue
      }
      if run.allows(action) {
        kept.append(action)
        continue
      }
      leave(action)
      if action.reason != .requested || action.replaces < run.generation {
        otherwise += 1
        leftOut.append(action.range)
      }
    }
  }

  private mutating func leave(_ action: SliceAction) {
    guard action.isOfWholeSlice, action.replacedRows > 0 else { return }
    untouched.slices += 1
    untouched.rows += action.replacedRows
  }
}

extension ActionRun {
  /// Whether whoever approved the run has approved the action.
  ///
  /// How many rows it exports, and in how many parts, is not asked: that is what the slice holds by now. But whoever
  /// was shown that no archived rows go has not approved that some do.
  package func allows(_ action: SliceAction) -> Bool {
    guard holds(action.range), replaces == action.replaces else { return false }
    guard size.droppedRows > 0 || action.droppedRows == 0 else { return false }
    switch (kind, action.kind) {
    case (.export, .export), (.replace, .replace), (.record, .record): return true
    // What was to be exported may be past the source's retention by now, which is then what is recorded.
    case (.export, .record): return true
    default: return false
    }
  }
}
