internal import Diagnostics
internal import Timeline
internal import YAML

/// What `range` says for every table that says nothing else.
struct Window {
  /// Nil where neither `from` nor `last` is given.
  var from: RangeBound?
  var to: RangeBound = .now
  var grid: SliceGrid = .hourly
  var settle: Timespan = .hour * 3
  /// The place of `range`; nil where the spec has none.
  var range: SourceRange?
}

extension SpecDecoder {
  /// `range`.
  mutating func window(_ field: Field) -> Window {
    var window = Window(range: field.keyRange)
    // Keeps the missing start from being reported beside what is wrong here.
    window.from = .now
    guard !field.node.isNull, let section = section(field.node, .range) else { return window }
    window.from = start(section)
    window.to = section["to"].map { end($0) } ?? .now
    if let grid = section["slice"].flatMap({ self.grid($0) }) { window.grid = grid }
    if let settle = section["settle"].flatMap({ duration($0, zero: true) }) { window.settle = settle }
    checkOrder(section, window.from, window.to)
    return window
  }

  /// `from` or `last`; nil where neither is given.
  mutating func start(_ section: Section) -> RangeBound? {
    if let from = section["from"], section["last"] != nil {
      report(
        "both \"from\" and \"last\" say where \(section.kind.title) begins", at: from.keyRange,
        remedy: "keep one of them")
    }
    // A stand-in follows a report, so that the start does not count as missing as well.
    if let field = section["from"] { return point(field).map { .at($0) } ?? .now }
    if let field = section["last"] { return duration(field).map { .last($0) } ?? .now }
    return nil
  }

  /// `to`: a time or `now`.
  mutating func end(_ field: Field) -> RangeBound {
    if field.node.scalar?.text == "now" { return .now }
    return point(field, orNow: true).map { .at($0) } ?? .now
  }

  private mutating func point(_ field: Field, orNow: Bool = false) -> Tick? {
    guard let value = text(field) else { return nil }
    if let tick = Tick(iso8601: value.text), tick >= .earliest { return tick }
    if orNow, value.text == "now" { return nil }
    report(
      "\(value.shown) is not a date or a time", at: value.range,
      detail: value.text == "now" ? "a range cannot begin now" : nil,
      remedy: "write 2024-11-23, 2024-11-23T10:00:00Z\(orNow ? ", or now" : ", or use last: 365d")")
    return nil
  }

  /// A slice's width.
  mutating func grid(_ field: Field) -> SliceGrid? {
    guard let width = duration(field) else { return nil }
    if let grid = SliceGrid(width: width) { return grid }
    report(
      "a slice of \(width) neither divides a day nor is a number of whole days", at: field.range,
      remedy: "use a width like 5m, 15m, 1h, 6h, 1d, 7d")
    return nil
  }

  /// Reports a range that ends before it begins.
  mutating func checkOrder(_ section: Section, _ from: RangeBound?, _ to: RangeBound) {
    guard let field = section["from"] ?? section["last"] ?? section["to"], case .at(let end) = to else { return }
    switch from {
    case .at(let start) where start >= end:
      report(
        "the range is empty: it begins at \(start) and ends at \(end)", at: field.range,
        remedy: "\"to\" is exclusive and must lie after \"from\"")
    case .last(let span) where span.ticks > (end - .earliest).ticks:
      report("the range begins before the year 1", at: field.range)
    default: break
    }
  }
}
