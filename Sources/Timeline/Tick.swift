/// A point in time, counted in ticks of 100 ns since 1970-01-01T00:00:00Z.
///
/// The tick is the resolution of a KQL `datetime`. Counting in integers keeps
/// every boundary exact; floating point never touches a time.
package struct Tick: Hashable, Sendable, Comparable {
  /// Ticks since the Unix epoch; negative before it.
  package var rawValue: Int64

  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  package static func < (a: Tick, b: Tick) -> Bool { a.rawValue < b.rawValue }
}

extension Tick {
  /// 0001-01-01T00:00:00Z, the smallest KQL `datetime`.
  package static let earliest = Tick(rawValue: -62_135_596_800 * Timespan.second.ticks)
  /// 9999-12-31T23:59:59.9999999Z, the largest KQL `datetime`.
  package static let latest = Tick(rawValue: 253_402_300_800 * Timespan.second.ticks - 1)

  /// The tick of a whole number of seconds since the Unix epoch.
  package init(unixSeconds: Int64) {
    self.init(rawValue: unixSeconds * Timespan.second.ticks)
  }

  /// Whole seconds since the Unix epoch, rounded towards the past.
  package var unixSeconds: Int64 {
    let second = Timespan.second.ticks
    return rawValue >= 0 ? rawValue / second : (rawValue - second + 1) / second
  }

  package static func + (tick: Tick, span: Timespan) -> Tick { Tick(rawValue: tick.rawValue + span.ticks) }
  package static func - (tick: Tick, span: Timespan) -> Tick { Tick(rawValue: tick.rawValue - span.ticks) }
  package static func - (a: Tick, b: Tick) -> Timespan { Timespan(ticks: a.rawValue - b.rawValue) }
}
