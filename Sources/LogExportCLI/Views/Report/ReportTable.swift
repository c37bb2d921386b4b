internal import ExportSpec
internal import Planning
internal import Timeline

/// What the report says of one table, drawn where the table is read.
struct ReportTable: Sendable {
  var status: TableStatus
  var fold: CoverageCalendar.Fold
  var map: Markup
  /// By rows, the most first.
  var largest: [Slice]
  var schemas: [Coverage.SchemaRun]

  /// An archived slice among the largest.
  struct Slice: Sendable {
    var table: String
    var range: TimeRange
    var rows: Int
    /// Stored.
    var bytes: Int
  }

  /// The largest slices that a report names, of all tables together.
  static let mostLargest = 15
  /// Cells that all maps of a page may have of hours, so that it stays a few megabytes.
  private static let mostHours = 30_000
  /// Columns of a map of days; half of it where there are many tables.
  private static let mostWeeks = 106

  /// `number` is the table's place on the page, of `tables`.
  init(_ spec: TableSpec, _ coverage: Coverage, number: Int, of tables: Int) {
    status = TableStatus(spec, coverage)
    let days = min(92, max(14, Self.mostHours / 24 / max(1, tables)))
    fold = CoverageCalendar.Fold(
      coverage, columns: tables > 50 ? Self.mostWeeks / 2 + 1 : Self.mostWeeks, mostDays: Int64(days))
    map =
      ReportMap(
        CoverageCalendar(coverage, fold: fold), number: number, title: "Rows of \(spec.name) over time",
        summary: Self.summary(status)
      ).markup
    let held = coverage.pieces.lazy.filter(\.state.holdsRows).sorted { $0.rows > $1.rows }
    largest = held.prefix(Self.mostLargest).map {
      Slice(table: spec.name, range: $0.range, rows: $0.rows, bytes: $0.bytes)
    }
    schemas = coverage.schemas
  }

  /// What the picture says, in words.
  private static func summary(_ status: TableStatus) -> String {
    "\(Quantity.range(status.declared)), UTC: \(Quantity.exact(status.rows)) rows; slices: "
      + (status.states.isEmpty ? "none" : status.states.joined(separator: ", "))
  }
}

extension CoverageCalendar.Fold {
  /// What one cell of a map stands for.
  var cellName: String {
    switch self {
    case .hours: "hour"
    case .days: "day"
    case .weeks: "week"
    case .months: "month"
    }
  }
}
