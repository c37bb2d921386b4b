internal import Export
internal import Manifest
internal import Planning
internal import Timeline

/// The lines and figures of a plan, for every view of it.
struct PlanSummary {
  /// One line: actions of a table that share a symbol and a reason.
  struct Line {
    var symbol: String
    var table: String
    var reason: String
    var ranges: TimeRangeSet
    var slices: Int
    var rows: Int
    /// Whether all rows were counted; else their number is not known.
    var isCounted: Bool
    /// Estimated bytes of the responses.
    var bytes: Int
    /// Slices of several parts, and the most parts of one.
    var split: Int
    var mostParts: Int
    /// Parts that are taken over from a run that was cut off.
    var adopted: Int
    /// Archived rows that are replaced, and those of them that go.
    var replaced: Int
    var dropped: Int
    /// Queries that serve several slices each, and the slices that they serve: of the whole
    /// table, told once.
    var batches = 0
    var shared = 0
  }

  var lines: [Line] = []
  var toExport = 0
  var toReplace = 0
  /// Slices to be recorded without rows, by what is recorded.
  var empty = 0
  var unavailable = 0
  var expired = 0
  var toRemove = 0
  /// Properties of resources that are changed, and those that differ and are not, for which nothing is written.
  var toChange = 0
  var toRefuse = 0
  var queries = 0
  /// Queries that slices which share one do not need.
  var saved = 0
  /// Archived rows that the archive no longer has once the plan is applied.
  var dropped = 0
  var current = SliceTotals()
  var unsettled = 0

  init(_ plan: PlanFile) {
    toChange = plan.resources.count(where: \.isChanged)
    toRefuse = plan.resources.count - toChange
    for table in plan.tables {
      lines += Self.lines(of: table)
      for run in table.runs {
        switch run.kind {
        case .export: toExport += run.slices
        case .replace: toReplace += run.slices
        case .record(.unavailable): unavailable += run.slices
        case .record(.expired): expired += run.slices
        case .record: empty += run.slices
        }
        dropped += run.size.droppedRows
      }
      queries += table.queries
      saved += table.batches.reduce(0) { $0 + $1.slices - 1 }
      toRemove += table.removals.count
      current.slices += table.current.slices
      current.rows += table.current.rows
      unsettled += table.unsettled.isEmpty ? 0 : 1
    }
  }

  /// Slices to be recorded without rows.
  var toRecord: Int { empty + unavailable + expired }

  /// The request budget alone: 200 in 30 seconds, of which the first 200 are free.
  var leastSeconds: Double { Double(max(0, queries - 200)) / 200 * 30 }

  private static func lines(of table: PlanFile.Table) -> [Line] {
    var lines: [Line] = []
    let groups = Dictionary(grouping: table.runs) { symbol($0.kind) + $0.reason.rawValue + recordName($0.kind) }
    for runs in groups.values {
      guard let first = runs.first else { continue }
      func sum(_ of: (ActionRun) -> Int) -> Int { runs.reduce(0) { $0 + of($1) } }
      lines.append(
        Line(
          symbol: symbol(first.kind), table: table.table, reason: words(first.kind, first.reason),
          ranges: TimeRangeSet(runs.map(\.range)), slices: sum(\.slices), rows: sum(\.size.rows),
          isCounted: sum(\.size.uncounted) == 0, bytes: sum(\.size.bytes), split: sum(\.size.split),
          mostParts: runs.map(\.size.mostParts).max() ?? 0,
          adopted: sum(\.size.adopted), replaced: sum(\.size.replacedRows), dropped: sum(\.size.droppedRows)))
    }
    lines.sort { ($0.ranges.ranges[0], $0.symbol) < ($1.ranges.ranges[0], $1.symbol) }
    let recorded = SliceAction.Reason.adoptReceipt.words
    if let exports = lines.firstIndex(where: { ($0.rows > 0 || !$0.isCounted) && $0.reason != recorded }) {
      lines[exports].batches = table.batches.count
      lines[exports].shared = table.batches.reduce(0) { $0 + $1.slices }
    }
    return lines
  }

  static func symbol(_ kind: SliceAction.Kind) -> String {
    switch kind {
    case .export: "+"
    case .replace: "-/+"
    case .record(.unavailable): "!"
    case .record: "~"
    }
  }

  /// Why, for people: what is recorded, or else the reason; nothing for the ordinary case.
  static func words(_ kind: SliceAction.Kind, _ reason: SliceAction.Reason) -> String {
    let name = recordName(kind)
    return name.isEmpty ? reason.words : name
  }

  private static func recordName(_ kind: SliceAction.Kind) -> String {
    switch kind {
    case .record(.empty): "empty"
    case .record(.emptyUnproven): "empty, unproven"
    case .record(.unavailable): "unavailable"
    case .record(.expired): "deleted by policy"
    default: ""
    }
  }
}

extension SliceAction.Reason {
  /// For people; nothing for the ordinary case.
  var words: String {
    switch self {
    case .missing: ""
    case .lateRows: "rows came in late"
    case .specChanged: "the query changed"
    case .blobMissing: "a blob is gone"
    case .checksumMismatch: "a blob differs"
    case .adoptReceipt: "exported already, to be recorded"
    case .requested: "asked for"
    case .expired: "deleted by policy"
    }
  }
}
