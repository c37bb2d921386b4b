internal import Planning
internal import Synchronization
package import Timeline

/// How much one run may export; what is over it stays for the next.
///
/// Volume is what the plan expects of a slice, so that a cap is kept before anything of the slice is asked for.
package struct RunCaps: Sendable, Equatable {
  /// Rows, as counted.
  package var rows: Int?
  /// Bytes of responses, as estimated.
  package var bytes: Int?
  /// After so long no slice is begun; those under way are finished.
  package var duration: Duration?

  package init(rows: Int? = nil, bytes: Int? = nil, duration: Duration? = nil) {
    self.rows = rows
    self.bytes = bytes
    self.duration = duration
  }

  /// Which of them a run has come to.
  package enum Reached: Sendable, Equatable {
    case duration
    /// Rows or bytes, by the slice that was the first to be too much.
    case volume(Next)
  }

  /// The slice before which a run stopped, and what it takes.
  package struct Next: Sendable, Equatable {
    package var slice: Slice
    package var rows: Int
    package var bytes: Int
    /// Whether the run has begun none before: with these caps no run will.
    package var isFirst: Bool
  }
}

/// What is left of a run's caps, for all its tables together.
final class RunAllowance: Sendable {
  private let caps: RunCaps
  private let elapsed: @Sendable () -> Duration
  private let spent = Mutex<(rows: Int, bytes: Int, reached: RunCaps.Reached?)>((0, 0, nil))

  /// `elapsed` since the run began.
  init(_ caps: RunCaps, elapsed: @escaping @Sendable () -> Duration) {
    self.caps = caps
    self.elapsed = elapsed
  }

  /// The cap that ended the run's work, if one did.
  var reached: RunCaps.Reached? { spent.withLock { $0.reached } }

  /// Of slices that would be begun now the first that may be: all, some, or none from the first refusal on.
  func admit(_ slices: [SliceAction], of table: String, _ sizing: Sizing) -> [SliceAction] {
    if caps == RunCaps() { return slices }
    return spent.withLock { spent in
      if spent.reached == nil, let limit = caps.duration, elapsed() >= limit { spent.reached = .duration }
      var admitted: [SliceAction] = []
      for slice in slices where spent.reached == nil {
        let count = slice.parts.reduce(Count.zero) { $1.adopted == nil ? $0 + $1.part.count : $0 }
        let own = sizing.bytes(count)
        let (rows, bytes) = (spent.rows + count.rows, spent.bytes + own)
        if rows > caps.rows ?? .max || bytes > caps.bytes ?? .max {
          spent.reached = .volume(
            RunCaps.Next(
              slice: Slice(table: table, range: slice.range), rows: count.rows, bytes: own,
              isFirst: spent.rows == 0 && spent.bytes == 0))
        } else {
          (spent.rows, spent.bytes) = (rows, bytes)
          admitted.append(slice)
        }
      }
      return admitted
    }
  }
}
