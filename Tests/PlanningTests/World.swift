import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// One table at the source, its archive, and the planner between them, without any I/O.
struct World {
  struct Row: Hashable {
    var time: Tick
    /// What the hash of the row comes to, before the number of buckets is taken of it.
    var hash: Int
  }

  var spec: TableSpec
  var limits = ResponseLimits()
  var onChange = ChangePolicy.keep
  var deleteAfter: Timespan?
  var now: Tick
  var options = PlanOptions()
  /// What the source holds.
  var rows: [Row] = []
  /// Bytes that the source says each row is billed for; 0 where it does not tell.
  var billed = 50
  /// What the manifest holds.
  var manifest: [ManifestRow] = []
  /// What the container holds.
  var blobs: [String: BlobInfo] = [:]

  static let url = "memory://"
  static let lineage = "lineage"

  /// Days from 2025-01-01 on, in slices of an hour unless told otherwise, long after they settled.
  init(
    slice: String = "1h", days: Int64 = 1, rows: [Row] = [], limits: ResponseLimits = ResponseLimits(),
    retention: Timespan? = .day * 3650, path: String = "{start}_{end}.{ext}", filter: String? = nil,
    now: String = "2025-06-01T00:00:00Z"
  ) throws {
    let start = try tick("2025-01-01")
    spec = TableSpec(
      name: "T", filter: filter, from: .at(start), to: .at(start + .day * days), grid: try grid(slice),
      retention: retention, container: "logs-t", path: PathTemplate(text: path), compression: .none)
    self.limits = limits
    self.rows = rows
    self.now = try tick(now)
  }
}

func tick(_ text: String) throws -> Tick { try #require(Tick(iso8601: text)) }
func range(_ start: String, _ end: String) throws -> TimeRange { TimeRange(try tick(start), try tick(end)) }
func grid(_ text: String) throws -> SliceGrid { try #require(Timespan(parsing: text).flatMap(SliceGrid.init(width:))) }

// MARK: - Planning

extension World {
  struct Answer {
    var changes: TableChanges
    var failures: [TableFailure]
    var requests: [CountRequest]

    var ranges: [TimeRange] { changes.actions.map(\.range) }
    var reasons: [SliceAction.Reason] { changes.actions.map(\.reason) }
    var notes: [PlanNote.Kind] { changes.notes.map(\.kind) }
    /// Whether applying it would change nothing.
    var isEmpty: Bool { changes.actions.isEmpty && changes.cleanups.isEmpty }
  }

  func archived() throws -> ArchivedTable {
    var fold = ManifestFold(table: spec.name)
    try fold.add(ManifestWriter.header + ManifestWriter.lines(manifest), place: "manifest")
    return fold.result()
  }

  var inventory: BlobInventory {
    var fold = InventoryFold(lineage: Self.lineage, table: spec.name)
    // Listings may come in another order than that of the names.
    for blob in blobs.values { fold.add(blob) }
    return fold.result()
  }

  func state() throws -> TableState {
    TableState(
      spec: spec, limits: limits, onChange: onChange, deleteAfter: deleteAfter, storeURL: Self.url, now: now,
      archived: try archived(), inventory: options.noList ? nil : inventory, options: options)
  }

  /// Plans, answering every count, until there is a plan.
  func plan(_ comment: Comment? = nil) throws -> Answer {
    var state = try state()
    var asked: [CountRequest] = []
    for _ in 0..<60 {
      switch TablePlanner.plan(state) {
      case .plan(let changes, let failures): return Answer(changes: changes, failures: failures, requests: asked)
      case .needs(let requests):
        #expect(!requests.isEmpty, comment)
        for request in requests {
          #expect(!asked.contains(request), comment)
          asked.append(request)
          try state.counts.add(answer(request), for: request)
        }
      }
    }
    throw Endless()
  }

  struct Endless: Error {}

  /// The rows of a range; those beyond retention are gone.
  func rows(in range: TimeRange) -> [Row] {
    let from = spec.retention.map { now - $0 } ?? .earliest
    return rows.filter { range.contains($0.time) && $0.time >= from }
  }

  /// Answers as a grouped count does: groups without rows are not named.
  func answer(_ request: CountRequest) -> [CountGroup] {
    var groups: [Int64: Int] = [:]
    for row in request.ranges.flatMap(rows(in:)) {
      switch request.grouping {
      case .bins(let grid): groups[grid.floor(row.time).rawValue, default: 0] += 1
      case .shards(let count): groups[Int64(row.hash % count), default: 0] += 1
      }
    }
    return groups.map { CountGroup(key: $0, count: Count(rows: $1, billed: $1 * billed)) }
  }
}

// MARK: - Applying

extension World {
  /// Brings about what a plan says, as an apply does that goes through.
  mutating func apply(_ changes: TableChanges) {
    for action in changes.actions {
      commit(action, changes)
      record(action, changes)
      for blob in action.obsolete { blobs[blob.address.name] = nil }
    }
    for blob in changes.cleanups { blobs[blob.address.name] = nil }
  }

  /// Commits the blobs of an action, and no more: what a killed run leaves behind.
  mutating func commit(_ action: SliceAction, _ changes: TableChanges, parts: Int = .max) {
    for part in action.parts.prefix(parts) where part.adopted == nil {
      let receipt = Receipt(
        lineage: Self.lineage, table: spec.name, sliceRange: action.range, generation: action.generation,
        range: part.part.range, shard: part.part.shard, rows: count(part.part), rawBytes: count(part.part) * 100,
        sha256: "sha", queryHash: changes.query.hash, schemaHash: "schema", format: spec.format.rawValue,
        compression: spec.compression.rawValue, exportedAt: now, runID: "run")
      #expect(blobs[part.address.name] == nil, "\(part.address.name) is written twice")
      blobs[part.address.name] = BlobInfo(
        name: part.address.name, size: count(part.part) * 10, etag: "\"\(blobs.count)\"", lastModified: now,
        metadata: receipt.metadata)
    }
  }

  mutating func record(_ action: SliceAction, _ changes: TableChanges) {
    var status = ManifestRow.Status.exported
    if case .record(let recorded) = action.kind { status = recorded }
    func row(_ range: TimeRange) -> ManifestRow {
      var row = ManifestRow(
        table: spec.name, range: range, rows: 0, status: status, sliceRange: action.range, exportedAt: now, runID: "run"
      )
      row.generation = action.generation
      row.queryHash = changes.query.hash
      return row
    }
    if action.parts.isEmpty { manifest.append(row(action.range)) }
    for (index, part) in action.parts.enumerated() {
      var row = row(part.part.range)
      row.rows = count(part.part)
      row.blobURL = part.address.url(in: Self.url)
      row.part = index + 1
      row.parts = action.parts.count
      row.shard = part.part.shard
      row.bytes = row.rows * 10
      row.rawBytes = row.rows * 100
      row.sha256 = "sha"
      manifest.append(row)
    }
  }

  func count(_ part: Part) -> Int { rows(in: part.range).count { part.holds($0) } }

  /// Plans and applies, and returns what was planned.
  @discardableResult
  mutating func run(_ comment: Comment? = nil) throws -> Answer {
    let answer = try plan(comment)
    apply(answer.changes)
    return answer
  }
}

extension Part {
  /// Whether a row of the source is one of the part's.
  func holds(_ row: World.Row) -> Bool {
    range.contains(row.time) && (shard.map { row.hash % $0.count == $0.index } ?? true)
  }
}

extension World {
  /// Rows in bursts: spread over the window, on few ticks, and on the first and last ticks of slices.
  static func rows(_ count: Int, in window: TimeRange, _ grid: SliceGrid, using random: inout SplitMix64) -> [Row] {
    let hot = (0..<3).map { _ in
      Tick(rawValue: .random(in: window.start.rawValue..<window.end.rawValue, using: &random))
    }
    return (0..<count).map { _ in
      let free = Tick(rawValue: .random(in: window.start.rawValue..<window.end.rawValue, using: &random))
      let time: Tick =
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: free
        case 4...6: hot.randomElement(using: &random) ?? free
        case 7: max(window.start, grid.floor(free))
        case 8: min(window.end, grid.floor(free) + grid.width) - .tick
        default: hot[0] + Timespan(ticks: .random(in: 0...50, using: &random))
        }
      return Row(time: window.contains(time) ? time : free, hash: .random(in: 0..<1 << 30, using: &random))
    }
  }
}
