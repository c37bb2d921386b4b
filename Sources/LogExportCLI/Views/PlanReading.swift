internal import ExportSpec
internal import FoundationEssentials
internal import Manifest
internal import Planning
internal import Timeline

extension PlanFile {
  /// Reads a plan file, or what `plan --json` printed.
  ///
  /// Throws with code 13 where it is none, is of another version, or is not what was planned.
  static func read(_ path: String) throws(CommandFailure) -> PlanFile {
    guard let data = InputFile.contents(of: path) else {
      throw CommandFailure(
        .error, "there is no plan file at \(path)\n  Write one with `logexport plan -o \(path)`.")
    }
    return try PlanFile(decoding: data, path: path)
  }

  /// Reads a plan file's text.
  init(decoding data: Data, path: String) throws(CommandFailure) {
    func refuse(_ problem: String) -> CommandFailure {
      CommandFailure(.stale, "\(path) \(problem)\n  Nothing was done. Plan again with `logexport plan -o`.")
    }
    let version: PlanDocument.Version
    do { version = try JSONDecoder().decode(PlanDocument.Version.self, from: data) } catch {
      throw refuse("is no plan file")
    }
    guard version.formatVersion == PlanJSON.formatVersion else {
      throw refuse("is a plan of format version \(version.formatVersion), which this program does not know")
    }
    let document: PlanDocument
    do {
      document = try JSONDecoder().decode(PlanDocument.self, from: data)
      self = try document.file()
    } catch {
      throw refuse("is no whole plan file: \(PlanDocument.reason(error))")
    }
    guard document.digest == PlanDigest(self).text else {
      throw refuse("was changed after it was planned: its contents do not have the digest that it names")
    }
  }
}

/// The members of a plan file that are read; see `PlanJSON` for those that are written.
private struct PlanDocument: Decodable {
  var digest: String
  var asOf: Time
  var spec: Spec
  var workspace: String
  var lineage: String?
  var manifest: [Segment]
  var options: Options
  var resources: [Resource]?
  var containers: [String]
  var tables: [Table]
  var failures: [Failure]
  var remarks: [String]
  var cautions: [String]?
  var summary: Summary

  private enum CodingKeys: String, CodingKey {
    case digest, spec, workspace, lineage, manifest, options, resources, containers, tables, failures, remarks, summary
    case cautions
    case asOf = "as_of"
  }

  struct Version: Decodable {
    var formatVersion: Int
    private enum CodingKeys: String, CodingKey { case formatVersion = "format_version" }
  }

  /// A time in ISO 8601.
  struct Time: Decodable {
    var tick: Tick
    init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      guard let tick = Tick(iso8601: text) else { throw Unreadable("'\(text)' is no time") }
      self.tick = tick
    }
  }

  struct Spec: Decodable {
    var path: String
    var name: String
    var hash: String
  }

  struct Segment: Decodable {
    var segment: String
    var etag: String
  }

  struct Options: Decodable {
    var from: Time?
    var to: Time?
    var replace: [String]
    var allowShrink: [String]
    var noList: Bool
    var refresh: Bool
    var countBilled: Bool

    private enum CodingKeys: String, CodingKey {
      case from, to, replace, refresh
      case allowShrink = "allow_shrink"
      case noList = "no_list"
      case countBilled = "count_billed"
    }
  }

  struct Resource: Decodable {
    var resource: String
    var property: String
    var action: String
    var before: String?
    var after: String?
    var warnings: [String]?
    var mode: String
    var remark: String?
  }

  struct Table: Decodable {
    var table: String
    var container: String
    var from: Time
    var to: Time
    var unsettledTo: Time?
    var queryHash: String
    var archived: Totals
    var runs: [Run]
    var batches: [Batch]
    var queries: Int
    var scan: Scan?
    var remove: [String]
    var notes: [Note]

    private enum CodingKeys: String, CodingKey {
      case table, container, from, to, archived, runs, batches, queries, scan, remove, notes
      case unsettledTo = "unsettled_to"
      case queryHash = "query_hash"
    }
  }

  struct Totals: Decodable {
    var slices: Int
    var rows: Int
  }

  struct Run: Decodable {
    var action: String
    var reason: String
    var status: String?
    var start: Time
    var end: Time
    var slices: Int
    var generation: Int
    var replaces: Int?
    var rows: Int?
    var bytes: Int?
    var parts: Int?
    var split: Int?
    var mostParts: Int?
    var adopted: Int?
    var uncounted: Int?
    var replacedRows: Int?
    var droppedRows: Int?

    private enum CodingKeys: String, CodingKey {
      case action, reason, status, start, end, slices, generation, replaces, rows, parts, split, adopted, uncounted
      case bytes = "estimated_bytes"
      case mostParts = "most_parts"
      case replacedRows = "replaced_rows"
      case droppedRows = "dropped_rows"
    }
  }

  struct Batch: Decodable {
    var start: Time
    var end: Time
    var slices: Int
    var rows: Int
    var bytes: Int

    private enum CodingKeys: String, CodingKey {
      case start, end, slices, rows
      case bytes = "estimated_bytes"
    }
  }

  struct Scan: Decodable {
    var bytes: Int?
    private enum CodingKeys: String, CodingKey { case bytes = "estimated_bytes" }
  }

  struct Note: Decodable {
    var kind: String
    var slices: Int
    var ranges: [[Time]]
    var message: String
  }

  struct Failure: Decodable {
    var table: String
    var start: Time?
    var end: Time?
    var message: String
    var kind: String?
  }

  struct Summary: Decodable {
    var countQueries: Int
    private enum CodingKeys: String, CodingKey { case countQueries = "count_queries" }
  }

  /// A value that no plan has.
  struct Unreadable: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }
}

// MARK: - Meaning

extension PlanDocument {
  func file() throws -> PlanFile {
    var options = PlanOptions()
    options.from = self.options.from?.tick
    options.to = self.options.to?.tick
    options.replace = Set(self.options.replace)
    options.allowShrink = Set(self.options.allowShrink)
    options.noList = self.options.noList
    options.refresh = self.options.refresh
    options.countBilled = self.options.countBilled
    guard Set(tables.map(\.table)).count == tables.count else { throw Unreadable("a table stands there twice") }
    try checkFigures()
    return PlanFile(
      asOf: asOf.tick, spec: PlanFile.Spec(path: spec.path, name: spec.name, hash: spec.hash), workspace: workspace,
      lineage: lineage, manifest: manifest.map { ManifestVersion(segment: $0.segment, etag: $0.etag) },
      options: options, resources: try (resources ?? []).map { try $0.value() }, containers: containers,
      tables: try tables.map { try $0.value() },
      failures: try failures.map { try $0.value() }, countQueries: summary.countQueries, remarks: remarks,
      cautions: cautions ?? [])
  }

  /// What no plan has must not stop whoever sums it up.
  private func checkFigures() throws {
    var sum = 0
    for value in [summary.countQueries] + tables.flatMap(\.figures) {
      let (next, overflow) = sum.addingReportingOverflow(value)
      guard value >= 0, !overflow else { throw Unreadable("a figure is out of range") }
      sum = next
    }
  }

  /// Why a document cannot be read, in a few words.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as Unreadable: error.reason
    case DecodingError.keyNotFound(let key, let context):
      "\(place(context.codingPath)) has no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(place(context.codingPath)) is of another type"
    default: "it cannot be decoded"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.isEmpty ? "it" : path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
  }
}

extension PlanDocument.Resource {
  fileprivate func value() throws -> PlanFile.Resource {
    guard let mode = PostureMode(rawValue: mode) else {
      throw PlanDocument.Unreadable("there is no mode '\(self.mode)'")
    }
    guard ["change", "refuse"].contains(action) else {
      throw PlanDocument.Unreadable("there is no action '\(action)' on a resource")
    }
    let warnings = try (self.warnings ?? []).map { text in
      guard let warning = ResourceChange.Warning(rawValue: text) else {
        throw PlanDocument.Unreadable("there is no warning '\(text)'")
      }
      return warning
    }
    return PlanFile.Resource(
      resource: resource, property: property, before: before, after: after, warnings: Set(warnings), mode: mode,
      isChanged: action == "change", remark: remark)
  }
}

extension PlanDocument.Table {
  fileprivate var figures: [Int] {
    [queries, archived.slices, archived.rows, scan?.bytes ?? 0] + notes.map(\.slices)
      + batches.flatMap { [$0.slices, $0.rows, $0.bytes] }
      + runs.flatMap { run in
        [
          run.slices, run.generation, run.rows, run.bytes, run.parts, run.split, run.adopted, run.replacedRows,
          run.droppedRows,
        ].compactMap(\.self)
      }
  }

  fileprivate func value() throws -> PlanFile.Table {
    let window = TimeRange(from.tick, to.tick)
    let end = unsettledTo?.tick ?? window.end
    let runs = try self.runs.map { try $0.value() }
    guard zip(runs, runs.dropFirst()).allSatisfy({ $0.range.start <= $1.range.start }) else {
      throw PlanDocument.Unreadable("the runs of \(table) are not in order of time")
    }
    return PlanFile.Table(
      table: table, container: container, queryHash: queryHash, window: window,
      unsettled: TimeRange(window.end, end), runs: runs,
      batches: batches.map {
        SliceBatch(
          range: TimeRange($0.start.tick, $0.end.tick), slices: $0.slices, rows: $0.rows, bytes: $0.bytes)
      },
      queries: queries, scan: scan.map { $0.bytes.map { .bytes($0) } ?? .unknown }, removals: remove,
      notes: try notes.map { try $0.value() },
      current: SliceTotals(slices: archived.slices, rows: archived.rows))
  }
}

extension PlanDocument.Run {
  /// More slices than any plan has of one table.
  private static let mostSlices = 50_000_000

  fileprivate func value() throws -> ActionRun {
    guard let reason = SliceAction.Reason(rawValue: reason) else {
      throw PlanDocument.Unreadable("there is no reason '\(self.reason)'")
    }
    let kind: SliceAction.Kind
    switch (action, status.map(ManifestRow.Status.init(rawValue:))) {
    case ("export", nil): kind = .export
    case ("export_again", nil): kind = .replace
    case ("record", .some(let status?)): kind = .record(status)
    default: throw PlanDocument.Unreadable("there is no action '\(action)'\(status.map { " of status '\($0)'" } ?? "")")
    }
    let range = TimeRange(start.tick, end.tick)
    guard (1...Self.mostSlices).contains(slices), !range.isEmpty, range.length.ticks % Int64(slices) == 0 else {
      throw PlanDocument.Unreadable("\(range) is no run of \(slices) slices")
    }
    var run = ActionRun(
      range: range, slices: slices, kind: kind, reason: reason, generation: generation, replaces: replaces ?? 0)
    run.size.rows = rows ?? 0
    run.size.bytes = bytes ?? 0
    run.size.parts = parts ?? 0
    run.size.split = split ?? 0
    run.size.mostParts = mostParts ?? min(1, run.size.parts)
    run.size.adopted = adopted ?? 0
    run.size.uncounted = uncounted ?? 0
    run.size.replacedRows = replacedRows ?? 0
    run.size.droppedRows = droppedRows ?? 0
    return run
  }
}

extension PlanDocument.Note {
  fileprivate func value() throws -> PlanNote {
    guard let kind = PlanNote.Kind(rawValue: kind) else {
      throw PlanDocument.Unreadable("there is no note '\(self.kind)'")
    }
    let ranges = try self.ranges.map { pair in
      guard pair.count == 2 else { throw PlanDocument.Unreadable("a range has \(pair.count) ends") }
      return TimeRange(pair[0].tick, pair[1].tick)
    }
    return PlanNote(kind: kind, ranges: TimeRangeSet(ranges), slices: slices, message: message)
  }
}

extension PlanDocument.Failure {
  fileprivate func value() throws -> TableFailure {
    guard let kind = TableFailure.Kind(rawValue: kind ?? TableFailure.Kind.other.rawValue) else {
      throw PlanDocument.Unreadable("there is no failure '\(self.kind ?? "")'")
    }
    var slice: TimeRange?
    if let start, let end { slice = TimeRange(start.tick, end.tick) }
    return TableFailure(table: table, slice: slice, message: message, kind: kind)
  }
}
