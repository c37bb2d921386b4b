/// A half-open range of time, `[start, end)`.
package struct TimeRange: Hashable, Sendable {
  /// The first tick inside.
  package var start: Tick
  /// The first tick past the end.
  package var end: Tick

  /// A range whose end lies before its start is taken as empty at its start.
  package init(_ start: Tick, _ end: Tick) {
    self.start = start
    self.end = max(start, end)
  }
}

extension TimeRange {
  package var isEmpty: Bool { start == end }
  package var length: Timespan { end - start }

  /// Whether the tick lies inside.
  package func contains(_ tick: Tick) -> Bool { start <= tick && tick < end }
  /// Whether the whole of `other` lies inside.
  package func contains(_ other: TimeRange) -> Bool { start <= other.start && other.end <= end }
  /// Whether both share a tick.
  package func overlaps(_ other: TimeRange) -> Bool { start < other.end && other.start < end }

  /// The common part, empty where there is none.
  package func intersection(_ other: TimeRange) -> TimeRange {
    TimeRange(max(start, other.start), min(end, other.end))
  }
}

extension TimeRange: Comparable {
  /// By start, then by end.
  package static func < (a: TimeRange, b: TimeRange) -> Bool { (a.start, a.end) < (b.start, b.end) }
}

extension TimeRange: CustomStringConvertible {
  package var description: String { "\(start.iso8601)/\(end.iso8601)" }
}
