import BlobStorage
import Export
import ExportSpec
import Manifest
import Planning
import Synchronization
import TestSupport
import Testing
import Timeline

/// One table's archive under test: a spec, a source and a store.
struct Archive {
  var spec: ExportSpec
  var source: FakeSource
  var store: any BlobStore
  var now: Tick

  /// Rows of one day, in slices of an hour unless told otherwise.
  init(
    _ source: FakeSource, store: any BlobStore = MemoryStore(), slice: String = "1h", limits: ResponseLimits = .init(),
    retention: Timespan? = .day * 3650, days: Int = 1, now: String = "2025-03-01T00:00:00Z",
    path: String = "{start}_{end}.{ext}",
    onChange: ChangePolicy = .keep, filter: String? = nil
  ) throws {
    let start = try #require(Tick(iso8601: "2025-01-01"))
    let table = TableSpec(
      name: "T", filter: filter, from: .at(start), to: .at(start + .day * Int64(days)),
      grid: try #require(Timespan(parsing: slice).flatMap(SliceGrid.init(width:))), settle: .hour * 3,
      retention: retention, container: "logs-t", path: PathTemplate(text: path), compression: .none)
    spec = ExportSpec(
      name: "test", source: Source(workspace: "00000000-0000-0000-0000-000000000001"), limits: limits,
      destination: Destination(store: .directory("x")), onChange: onChange, tables: [table])
    self.source = source
    self.store = store
    self.now = try #require(Tick(iso8601: now))
  }

  func plan(_ options: PlanOptions = PlanOptions()) async throws -> Plan {
    try await Resolver(spec: spec, tables: spec.tables, source: source, store: store, now: now, options: options).plan()
  }

  @discardableResult
  func apply(_ options: PlanOptions = PlanOptions(), through store: (any BlobStore)? = nil) async throws -> ApplyOutcome
  {
    try await run(plan(options), through: store)
  }

  /// Executes a plan that was made before.
  @discardableResult
  func run(
    _ plan: Plan, through store: (any BlobStore)? = nil, source: (any LogSource)? = nil
  ) async throws -> ApplyOutcome {
    try await Applier(
      spec: spec, plan: plan, source: source ?? self.source, store: store ?? self.store, runID: "run",
      clock: { [now] in now }
    ).run()
  }

  /// The state of the table as a reader of the manifest sees it.
  func archived() async throws -> ArchivedTable {
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    return try await ledger.read("T", from: ledger.segments())
  }

  /// The rows of the manifest that are in force.
  func archivedParts() async throws -> [ManifestRow] {
    let table = try await archived()
    return table.slices.flatMap(table.parts(of:))
  }

  /// The ids of all rows that the manifest's blobs hold, in any order.
  func ids() async throws -> [Int] {
    var ids: [Int] = []
    for part in try await archivedParts() where !part.blobURL.isEmpty {
      let bytes = try await store.read(try #require(BlobAddress(url: part.blobURL, in: store.url)), range: nil)
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == part.rows)
      #expect(bytes.count == part.bytes)
      for line in lines { ids.append(try #require(Int(line.split(separator: ":").last?.dropLast() ?? ""))) }
    }
    return ids
  }

  /// Everything that must hold after a run that was not disturbed.
  func expectComplete(_ comment: Comment? = nil) async throws {
    let ids = try await ids().sorted()
    let expected = source.state.withLock { $0.rows.map(\.id) }.sorted()
    #expect(ids == expected, comment)
    let plan = try await plan()
    #expect(plan.isEmpty, comment)
    let referenced = Set(try await archivedParts().map(\.blobURL).filter { !$0.isEmpty })
    var present: Set<String> = []
    try await store.list("logs-t", prefix: "", metadata: false) { page in
      for blob in page { present.insert(BlobAddress(container: "logs-t", name: blob.name).url(in: store.url)) }
    }
    #expect(present == referenced, comment)
  }

  /// Random rows of the first day, several of them on the same tick.
  static func rows(_ count: Int, using random: inout SplitMix64) -> [FakeSource.Row] {
    let start = 17_356_896_000_000_000
    let ticks = (0..<max(1, count / 3)).map { _ in Int64(start) + .random(in: 0..<Timespan.day.ticks, using: &random) }
    return (0..<count).map { id in
      FakeSource.Row(
        time: Tick(rawValue: ticks.randomElement(using: &random) ?? 0), id: id,
        bucket: .random(in: 0..<1 << 20, using: &random))
    }
  }
}
