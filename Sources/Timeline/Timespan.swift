/// A length of time in ticks of 100 ns, as KQL's `timespan` counts it.
package struct Timespan: Hashable, Sendable, Comparable {
  /// Ticks of 100 ns; may be negative.
  package var ticks: Int64

  package init(ticks: Int64) {
    self.ticks = ticks
  }

  package static func < (a: Timespan, b: Timespan) -> Bool { a.ticks < b.ticks }
}

extension Timespan {
  package static let zero = Timespan(ticks: 0)
  package static let tick = Timespan(ticks: 1)
  package static let millisecond = Timespan(ticks: 10_000)
  package static let second = Timespan(ticks: 10_000_000)
  package static let minute = second * 60
  package static let hour = minute * 60
  package static let day = hour * 24

  /// Length in seconds, for display and for delays only.
  package var seconds: Double { Double(ticks) / 10_000_000 }

  package static func * (span: Timespan, factor: Int64) -> Timespan { Timespan(ticks: span.ticks * factor) }
  package static func / (span: Timespan, divisor: Int64) -> Timespan { Timespan(ticks: span.ticks / divisor) }
  package static func + (a: Timespan, b: Timespan) -> Timespan { Timespan(ticks: a.ticks + b.ticks) }

  /// The units a person writes, largest first.
  private static let units: [(suffix: String, span: Timespan)] = [
    ("d", .day), ("h", .hour), ("m", .minute), ("s", .second), ("ms", .millisecond), ("tick", .tick),
  ]

  /// Reads a whole number and a unit: `365d`, `1h`, `15m`, `5s`, `100ms`, `1tick`.
  ///
  /// Nil where the text is anything else, is zero or negative, or is longer than
  /// the range of `Tick`.
  package init?(parsing text: some StringProtocol) {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let suffix = text.dropFirst(digits.count)
    guard let count = Int64(digits), count > 0,
      let unit = Self.units.first(where: { $0.suffix == suffix })
    else { return nil }
    let (ticks, overflow) = count.multipliedReportingOverflow(by: unit.span.ticks)
    guard !overflow, ticks <= (Tick.latest - Tick.earliest).ticks else { return nil }
    self.init(ticks: ticks)
  }
}

extension Timespan: CustomStringConvertible {
  /// The shortest exact spelling with one unit, valid in a spec and as a KQL
  /// timespan literal: `1h`, `90m`, `5s`, `1tick`.
  package var description: String {
    for (suffix, span) in Self.units where ticks != 0 && ticks % span.ticks == 0 {
      return "\(ticks / span.ticks)\(suffix)"
    }
    return "0s"
  }
}
