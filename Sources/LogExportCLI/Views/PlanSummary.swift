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
  var queries = 0
  /// Queries that slices which share one do not need.
  var saved = 0
  var current = SliceTotals()
  var unsettled = 0

  init(_ plan: Plan) {
    for table in plan.tables {
      for line in Self.lines(of: table) { lines.append(line) }
      for action in table.actions {
        switch action.kind {
        case .export: toExport += 1
        case .replace: toReplace += 1
        case .record(.unavailable): unavailable += 1
        case .record(.expired): expired += 1
        case .record: empty += 1
        }
      }
      queries += table.queries
      saved += table.batches.reduce(0) { $0 + $1.slices - 1 }
      toRemove += table.cleanups.count
      current.slices += table.current.slices
      current.rows += table.current.rows
      unsettled += table.unsettled.isEmpty ? 0 : 1
    }
  }

  /// Slices to be recorded without rows.
  var toRecord: Int { empty + unavailable + expired }

  /// The request budget alone: 200 in 30 seconds, of which the first 200 are free.
  var leastSeconds: Double { Double(max(0, queries - 200)) / 200 * 30 }

  private static func lines(of table: TableChanges) -> [Line] {
    var lines: [Line] = []
    let groups = Dictionary(grouping: table.actions) { symbol($0) + $0.reason.rawValue + recordName($0) }
    for actions in groups.values {
      guard let first = actions.first else { continue }
      let parts = actions.map(\.parts.count)
      lines.append(
        Line(
          symbol: symbol(first), table: table.table,
          reason: recordName(first).isEmpty ? first.reason.words : recordName(first),
          ranges: TimeRangeSet(actions.map(\.range)), slices: actions.count,
          rows: actions.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.part.count.rows } },
          isCounted: !actions.contains { $0.parts.contains(where: \.part.count.isEstimate) },
          bytes: actions.reduce(0) { $0 + $1.parts.reduce(0) { $0 + table.sizing.bytes($1.part.count) } },
          split: parts.count { $0 > 1 }, mostParts: parts.max() ?? 0,
          adopted: actions.reduce(0) { $0 + $1.parts.count { $0.adopted != nil } }))
    }
    lines.sort { ($0.ranges.ranges[0], $0.symbol) < ($1.ranges.ranges[0], $1.symbol) }
    let recorded = SliceAction.Reason.adoptReceipt.words
    if let exports = lines.firstIndex(where: { ($0.rows > 0 || !$0.isCounted) && $0.reason != recorded }) {
      lines[exports].batches = table.batches.count
      lines[exports].shared = table.batches.reduce(0) { $0 + $1.slices }
    }
    return lines
  }

  static func symbol(_ action: SliceAction) -> String {
    switch action.kind {
    case .export: "+"
    case .replace: "-/+"
    case .record(.unavailable): "!"
    case .record: "~"
    }
  }

  private static func recordName(_ action: SliceAction) -> String {
    switch action.kind {
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
