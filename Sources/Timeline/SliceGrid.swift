/// The UTC grid that cuts time into slices of one width.
///
/// The grid is anchored at 0001-01-01T00:00:00Z, the zero of KQL's `datetime`,
/// because that is where `bin()` anchors its own: a grouped count then answers
/// in exactly these slices. For widths that divide a day this is also the grid
/// of every midnight.
package struct SliceGrid: Hashable, Sendable {
  /// The width of one slice: it divides a day, or is a whole number of days.
  package let width: Timespan

  /// Nil where the width neither divides a day nor is a whole number of days.
  package init?(width: Timespan) {
    guard width > .zero, Timespan.day.ticks % width.ticks == 0 || width.ticks % Timespan.day.ticks == 0
    else { return nil }
    self.width = width
  }

  /// One hour, the width unless the spec says another.
  package static let hourly = SliceGrid(unchecked: .hour)

  private init(unchecked width: Timespan) { self.width = width }
}

extension SliceGrid {
  /// The start of the slice that holds `tick`.
  package func floor(_ tick: Tick) -> Tick {
    let offset = tick.rawValue - Tick.earliest.rawValue
    let remainder = ((offset % width.ticks) + width.ticks) % width.ticks
    return Tick(rawValue: tick.rawValue - remainder)
  }

  /// The start of the first slice that begins at or after `tick`.
  package func ceiling(_ tick: Tick) -> Tick {
    let start = floor(tick)
    return start == tick ? tick : start + width
  }

  /// The slice that holds `tick`.
  package func slice(holding tick: Tick) -> TimeRange {
    let start = floor(tick)
    return TimeRange(start, start + width)
  }

  /// The pieces that the grid's lines cut `range` into, in order; those at its
  /// ends may be shorter than the width.
  package func tiles(of range: TimeRange) -> Tiles {
    Tiles(grid: self, rest: range)
  }

  /// How many pieces `tiles(of:)` yields.
  package func tileCount(of range: TimeRange) -> Int {
    if range.isEmpty { return 0 }
    return Int((ceiling(range.end) - floor(range.start)).ticks / width.ticks)
  }

  /// The whole tiles of a range, and the pieces of tiles at its ends, where there are any.
  package func parts(of range: TimeRange) -> (whole: TimeRange, pieces: [TimeRange]) {
    let (first, last) = (ceiling(range.start), floor(range.end))
    guard first <= last else { return (TimeRange(range.start, range.start), [range]) }
    let pieces = [TimeRange(range.start, first), TimeRange(last, range.end)]
    return (TimeRange(first, last), pieces.filter { !$0.isEmpty })
  }

  /// A lazy sequence of tiles; it holds no more than the next one.
  package struct Tiles: Sequence, IteratorProtocol, Sendable {
    let grid: SliceGrid
    var rest: TimeRange

    package mutating func next() -> TimeRange? {
      if rest.isEmpty { return nil }
      let cut = Swift.min(rest.end, grid.floor(rest.start) + grid.width)
      let tile = TimeRange(rest.start, cut)
      rest = TimeRange(cut, rest.end)
      return tile
    }
  }
}
