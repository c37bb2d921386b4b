package import Timeline

/// Consecutive slices of one width of which the same is done for the same reason.
package struct ActionRun: Sendable, Equatable {
  /// From the first slice's start to the last one's end.
  package var range: TimeRange
  /// At least one; the range's length is a multiple of it.
  package var slices: Int
  package var kind: SliceAction.Kind
  package var reason: SliceAction.Reason
  /// The generation that each slice is brought to.
  package var generation: Int
  /// The generation in force that was seen of each; 0 where nothing is archived.
  package var replaces: Int
  package var size: Size

  /// What the run takes, summed over its slices.
  package struct Size: Sendable, Equatable {
    package var rows = 0
    /// Estimated bytes of the responses.
    package var bytes = 0
    package var parts = 0
    /// Slices of several parts.
    package var split = 0
    /// Parts of the slice that has most.
    package var mostParts = 0
    /// Parts that are taken over from a run that was cut off.
    package var adopted = 0
    /// Parts that were not counted: their rows are estimates.
    package var uncounted = 0
    /// Rows of the generations in force that are replaced.
    package var replacedRows = 0
    /// Those of them that the archive no longer has then, summed slice by slice: more rows of one make up for none of
    /// another.
    package var droppedRows = 0

    package init() {}
  }

  package init(
    range: TimeRange, slices: Int, kind: SliceAction.Kind, reason: SliceAction.Reason, generation: Int, replaces: Int,
    size: Size = Size()
  ) {
    self.range = range
    self.slices = slices
    self.kind = kind
    self.reason = reason
    self.generation = generation
    self.replaces = replaces
    self.size = size
  }
}

// MARK: - Folding

extension ActionRun {
  /// Folds actions, which are in order of time: O(n).
  package static func fold(_ actions: [SliceAction], _ sizing: Sizing) -> [ActionRun] {
    var runs: [ActionRun] = []
    for action in actions {
      let next = ActionRun(action, sizing)
      if let last = runs.last, last.continues(with: next) {
        runs[runs.count - 1].append(next)
      } else {
        runs.append(next)
      }
    }
    return runs
  }

  private init(_ action: SliceAction, _ sizing: Sizing) {
    self.init(
      range: action.range, slices: 1, kind: action.kind, reason: action.reason, generation: action.generation,
      replaces: action.replaces)
    for part in action.parts {
      size.rows += part.part.count.rows
      size.bytes += sizing.bytes(part.part.count)
      if part.adopted != nil { size.adopted += 1 }
      if part.part.count.isEstimate { size.uncounted += 1 }
    }
    size.parts = action.parts.count
    size.split = action.parts.count > 1 ? 1 : 0
    size.mostParts = action.parts.count
    size.replacedRows = action.replacedRows
    size.droppedRows = action.droppedRows
  }

  private func continues(with next: ActionRun) -> Bool {
    range.end == next.range.start && width == next.range.length && doesTheSame(as: next)
  }

  /// Whether both do the same with their slices, whichever those are.
  package func doesTheSame(as other: ActionRun) -> Bool {
    kind == other.kind && reason == other.reason && generation == other.generation && replaces == other.replaces
  }

  private mutating func append(_ next: ActionRun) {
    range.end = next.range.end
    slices += next.slices
    size.rows += next.size.rows
    size.bytes += next.size.bytes
    size.parts += next.size.parts
    size.split += next.size.split
    size.mostParts = max(size.mostParts, next.size.mostParts)
    size.adopted += next.size.adopted
    size.uncounted += next.size.uncounted
    size.replacedRows += next.size.replacedRows
    size.droppedRows += next.size.droppedRows
  }
}

// MARK: - Unfolding

extension ActionRun {
  /// The width of each slice.
  package var width: Timespan { range.length / Int64(slices) }

  /// The slice at `index`, from 0.
  package func slice(_ index: Int) -> TimeRange {
    let start = range.start + width * Int64(index)
    return TimeRange(start, start + width)
  }

  /// Whether the slice is one of the run: of its width, and in step.
  package func holds(_ slice: TimeRange) -> Bool {
    range.contains(slice) && slice.length == width && (slice.start - range.start).ticks % width.ticks == 0
  }
}
