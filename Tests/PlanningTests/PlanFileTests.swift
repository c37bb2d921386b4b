import BlobStorage
import ExportSpec
import Manifest
import TestSupport
import Testing
import Timeline

@testable import Planning

@Suite struct `Runs of slices` {
  /// Actions of one table, by chance: in order of time, of a few widths, with holes.
  static func actions(_ random: inout some RandomNumberGenerator) -> [SliceAction] {
    var actions: [SliceAction] = []
    var start = Tick(iso8601: "2024-12-30") ?? .earliest
    for _ in 0..<Int.random(in: 0...300, using: &random) {
      let width =
        [Timespan.hour, .hour, .hour, .minute * 15, .day, .hour + .tick].randomElement(using: &random) ?? .hour
      let kinds: [SliceAction.Kind] = [.export, .export, .export, .replace, .record(.empty), .record(.unavailable)]
      let kind = kinds.randomElement(using: &random) ?? .export
      let replaces = kind == .replace ? Int.random(in: 1...2, using: &random) : 0
      var action = SliceAction(
        range: TimeRange(start, start + width), kind: kind, reason: kind == .replace ? .lateRows : .missing,
        generation: replaces + 1, replaces: replaces)
      if !action.isRecord {
        action.parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          let count = Count(rows: Int.random(in: 0...1000, using: &random), billed: 0)
          return PartAction(
            part: Part(range: action.range, count: count), address: .init(container: "c", name: "n"))
        }
      }
      actions.append(action)
      start = start + width
      if Int.random(in: 0..<20, using: &random) == 0 { start = start + .hour * 5 }
    }
    return actions
  }

  @Test(arguments: 0..<100) func `unfold to the actions that they were folded of`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let actions = Self.actions(&random)
    let runs = ActionRun.fold(actions, Sizing())
    var unfolded: [SliceAction] = []
    for run in runs {
      for index in 0..<run.slices {
        unfolded.append(
          SliceAction(
            range: run.slice(index), kind: run.kind, reason: run.reason, generation: run.generation,
            replaces: run.replaces))
      }
    }
    #expect(unfolded.map(\.range) == actions.map(\.range), "seed \(seed)")
    #expect(
      zip(unfolded, actions).allSatisfy {
        $0.kind == $1.kind && $0.reason == $1.reason && $0.generation == $1.generation && $0.replaces == $1.replaces
      }, "seed \(seed)")
    let rows = actions.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.part.count.rows } }
    #expect(runs.reduce(0) { $0 + $1.size.rows } == rows, "seed \(seed)")
    #expect(runs.reduce(0) { $0 + $1.size.parts } == actions.reduce(0) { $0 + $1.parts.count }, "seed \(seed)")
    // Every action is allowed by what was made of it, and by one run alone.
    #expect(actions.allSatisfy { action in runs.count { $0.allows(action) } == 1 }, "seed \(seed)")
  }

  @Test func `of a year of hours are one`() throws {
    let start = try #require(Tick(iso8601: "2025-01-01"))
    let actions = SliceGrid.hourly.tiles(of: TimeRange(start, start + .day * 365)).map {
      SliceAction(range: $0, kind: .export, reason: .missing, generation: 1)
    }
    let runs = ActionRun.fold(actions, Sizing())
    #expect(runs.count == 1 && runs[0].slices == 8760)
  }

  static let start = Tick(iso8601: "2025-01-01") ?? .earliest
  static func run(_ kind: SliceAction.Kind, replaces: Int = 0) -> ActionRun {
    ActionRun(
      range: TimeRange(start, start + .hour * 4), slices: 4, kind: kind, reason: .missing, generation: replaces + 1,
      replaces: replaces)
  }

  static func action(
    _ kind: SliceAction.Kind, at offset: Timespan = .hour, width: Timespan = .hour, replaces: Int = 0
  ) -> SliceAction {
    SliceAction(
      range: TimeRange(start + offset, start + offset + width), kind: kind, reason: .lateRows,
      generation: replaces + 1, replaces: replaces)
  }

  @Test(arguments: [
    ("the same slice", run(.export), action(.export), true),
    ("the first", run(.export), action(.export, at: .zero), true),
    ("the last", run(.export), action(.export, at: .hour * 3), true),
    ("one behind", run(.export), action(.export, at: .hour * 4), false),
    ("another width", run(.export), action(.export, width: .hour * 2), false),
    ("out of step", run(.export), action(.export, at: .minute * 30), false),
    ("a replacement, where nothing was archived", run(.export), action(.replace, replaces: 1), false),
    ("an emptiness, where rows were planned", run(.export), action(.record(.unavailable)), true),
    ("rows, where an emptiness was planned", run(.record(.empty)), action(.export), false),
    ("another emptiness", run(.record(.empty)), action(.record(.unavailable)), true),
    ("the same generation", run(.replace, replaces: 1), action(.replace, replaces: 1), true),
    ("a generation that came since", run(.replace, replaces: 1), action(.replace, replaces: 2), false),
    ("an end of archived rows", run(.replace, replaces: 1), action(.record(.empty), replaces: 1), false),
  ]) func `allow what was approved of their slices`(
    what: String, run: ActionRun, action: SliceAction, isAllowed: Bool
  ) {
    #expect(run.allows(action) == isAllowed, "\(what)")
  }
}

extension `Runs of slices` {
  @Test func `that drop no archived rows allow none to be dropped`() throws {
    var run = Self.run(.replace, replaces: 1)
    run.reason = .requested
    var action = Self.action(.replace, replaces: 1)
    action.replacedRows = 10
    #expect(!run.allows(action))
    run.size.droppedRows = 1
    #expect(run.allows(action))
  }
}

@Suite struct `A plan cut down to a plan file` {
  /// A plan made by chance for one table.
  private static func plan(_ actions: [SliceAction], _ spec: ExportSpec) -> Plan {
    let table = spec.tables[0]
    return Plan(
      now: .earliest, workspace: "w", lineage: nil,
      tables: [
        TableChanges(
          table: table.name, container: table.container, query: ExportQuery(table),
          window: TimeRange(.earliest, .earliest), unsettled: TimeRange(.earliest, .earliest), actions: actions,
          batches: [], cleanups: [], current: SliceTotals(), notes: [], sizing: Sizing(), listed: true)
      ], failures: [], containers: [], countQueries: 0)
  }

  private static func spec() throws -> ExportSpec {
    let text = """
      version: 1
      name: test
      source: { workspace: 00000000-0000-0000-0000-000000000001 }
      range: { from: 2025-01-01 }
      destination: { account: stsocarchive }
      tables: [SecurityEvent]
      """
    return try #require(ExportSpec.decode(text: text, file: "test.yaml", environment: [:]).spec)
  }

  private static func file(_ plan: Plan) -> PlanFile {
    PlanFile(plan, spec: PlanFile.Spec(path: "", name: "", hash: ""), options: PlanOptions(), remarks: [])
  }

  @Test(arguments: 0..<50) func `is all of it where nothing has changed, and what is left where some is done`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let spec = try Self.spec()
    let actions = `Runs of slices`.actions(&random)
    let file = Self.file(Self.plan(actions, spec))
    let left = actions.filter { _ in Bool.random(using: &random) }
    let narrowed = NarrowedPlan(Self.plan(left, spec), to: file, tables: spec.tables, limits: spec.limits)
    #expect(narrowed.plan.tables[0].actions.map(\.range) == left.map(\.range), "seed \(seed)")
    #expect(narrowed.settled == actions.count - left.count && narrowed.leftOut.isEmpty, "seed \(seed)")
  }

  @Test(arguments: 0..<50) func `is never more than the file holds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let spec = try Self.spec()
    let all = `Runs of slices`.actions(&random)
    let approved = all.filter { _ in Bool.random(using: &random) }
    let fresh = all.filter { _ in Bool.random(using: &random) }
    let narrowed = NarrowedPlan(
      Self.plan(fresh, spec), to: Self.file(Self.plan(approved, spec)), tables: spec.tables, limits: spec.limits)
    let both = Set(approved.map(\.range)).intersection(fresh.map(\.range))
    #expect(Set(narrowed.plan.tables[0].actions.map(\.range)) == both, "seed \(seed)")
    let others = TimeRangeSet(fresh.map(\.range).filter { !both.contains($0) })
    #expect((narrowed.leftOut.first?.slices ?? TimeRangeSet()) == others, "seed \(seed)")
  }

  @Test func `counts what was asked for as done once it is, and anything else as left out`() throws {
    let spec = try Self.spec()
    var asked = `Runs of slices`.action(.replace, replaces: 1)
    asked.reason = .requested
    let file = Self.file(Self.plan([asked], spec))
    asked.replaces = 2
    let done = NarrowedPlan(Self.plan([asked], spec), to: file, tables: spec.tables, limits: spec.limits)
    #expect(done.plan.isEmpty && done.settled == 1 && done.leftOut.isEmpty)
    asked.reason = .blobMissing
    let damaged = NarrowedPlan(Self.plan([asked], spec), to: file, tables: spec.tables, limits: spec.limits)
    #expect(damaged.plan.isEmpty && damaged.settled == 0 && damaged.leftOut.count == 1)
  }

  @Test func `leaves out tables and blobs that the file does not name`() throws {
    let spec = try Self.spec()
    var fresh = Self.plan([], spec)
    let names = ["a", "b"].map { ObsoleteBlob(address: .init(container: "c", name: $0), etag: nil, row: nil) }
    fresh.tables[0].cleanups = [names[0]]
    let file = Self.file(fresh)
    fresh.tables[0].cleanups = names
    var other = fresh.tables[0]
    other.table = "Other"
    fresh.tables.append(other)
    fresh.failures = [TableFailure(table: "Other", message: "")]
    let narrowed = NarrowedPlan(fresh, to: file, tables: spec.tables, limits: spec.limits)
    #expect(narrowed.plan.tables.map(\.table) == ["SecurityEvent"] && narrowed.plan.failures.isEmpty)
    #expect(narrowed.plan.tables[0].cleanups == [names[0]])
  }

  @Test func `does not go on without a container that it would have to make`() throws {
    let spec = try Self.spec()
    var fresh = Self.plan(
      [
        SliceAction(
          range: SliceGrid.hourly.slice(holding: `Runs of slices`.start), kind: .export, reason: .missing, generation: 1
        )
      ], spec)
    let file = Self.file(fresh)
    fresh.containers = [spec.tables[0].container]
    let narrowed = NarrowedPlan(fresh, to: file, tables: spec.tables, limits: spec.limits)
    #expect(narrowed.missingContainers == [spec.tables[0].container] && narrowed.plan.containers.isEmpty)
  }
}

@Suite struct `Two plans` {
  @Test(arguments: 0..<50) func `compared have what came, what went and what changed`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let all = `Runs of slices`.actions(&random)
    func file(_ actions: [SliceAction]) -> PlanFile {
      PlanFile(
        asOf: .earliest, spec: PlanFile.Spec(path: "", name: "", hash: ""), workspace: "", lineage: nil, manifest: [],
        options: PlanOptions(), containers: [],
        tables: [
          PlanFile.Table(
            table: "T", container: "", queryHash: "", window: TimeRange(.earliest, .earliest),
            unsettled: TimeRange(.earliest, .earliest), runs: ActionRun.fold(actions, Sizing()), batches: [],
            queries: 0, scan: nil, removals: [], notes: [], current: SliceTotals())
        ], failures: [], countQueries: 0, remarks: [])
    }
    let old = all.filter { _ in Bool.random(using: &random) }
    var new = all.filter { _ in Bool.random(using: &random) }
    var changed = 0
    for index in new.indices where Int.random(in: 0..<4, using: &random) == 0 {
      new[index].generation += 5
      if old.contains(where: { $0.range == new[index].range }) { changed += 1 }
    }
    let comparison = PlanComparison(file(new), against: file(old))
    let (before, after) = (Set(old.map(\.range)), Set(new.map(\.range)))
    let totals = comparison.totals
    #expect(totals.came == after.subtracting(before).count, "seed \(seed)")
    #expect(totals.went == before.subtracting(after).count, "seed \(seed)")
    #expect(totals.changed == changed, "seed \(seed)")
    #expect(PlanComparison(file(new), against: file(new)).lines.isEmpty, "seed \(seed)")
  }
}

@Suite struct `Changes of resources in a plan file` {
  private static let tls = ResourceChange(
    resource: "storage account a", property: "network.minTls", before: "1.0", after: "1.2", step: .minTls("1.2"))
  private static let removal = ResourceChange(
    resource: "storage account a", property: "network.allow.ips", before: "198.51.100.7", after: nil,
    step: .networkRules(NetworkRulesChange(removeAddresses: ["198.51.100.7"])))

  private static func plan(_ changes: [ResourceChange]) -> Plan {
    var plan = Plan(
      now: .earliest, workspace: "w", lineage: nil, tables: [], failures: [], containers: [], countQueries: 0)
    plan.posture = PosturePlan(changes: changes, remarks: ["A rule of others."])
    return plan
  }

  private static func narrow(_ fresh: [ResourceChange], to approved: [ResourceChange]) -> NarrowedPlan {
    let file = PlanFile(
      plan(approved), spec: PlanFile.Spec(path: "", name: "", hash: ""), options: PlanOptions(), remarks: [])
    return NarrowedPlan(plan(fresh), to: file, tables: [], limits: ResponseLimits())
  }

  @Test func `are approved, and subtracted where somebody has made them`() {
    let narrowed = Self.narrow([Self.tls], to: [Self.tls, Self.removal])
    #expect(narrowed.unapprovedChanges.isEmpty && narrowed.settledChanges == 1)
    #expect(narrowed.plan.posture.changes == [Self.tls])
  }

  @Test func `are approved whatever was there before, but for what is to go`() {
    var change = Self.tls
    change.before = "1.1"
    #expect(Self.narrow([change], to: [Self.tls]).unapprovedChanges.isEmpty)
    var other = Self.removal
    other.before = "198.51.100.8"
    #expect(Self.narrow([other], to: [Self.removal]).unapprovedChanges == [other])
  }

  @Test func `are not approved with another outcome, another warning, or where they were only checked`() {
    var other = Self.tls
    other.after = "1.1"
    #expect(Self.narrow([other], to: [Self.tls]).unapprovedChanges == [other])
    var wider = Self.tls
    wider.warnings = [.widens]
    #expect(Self.narrow([wider], to: [Self.tls]).unapprovedChanges == [wider])
    #expect(Self.narrow([Self.tls], to: [wider]).unapprovedChanges.isEmpty)
    var checked = Self.tls
    checked.step = nil
    checked.mode = .check
    #expect(Self.narrow([Self.tls], to: [checked]).unapprovedChanges == [Self.tls])
    // What is only checked is refused by itself.
    #expect(Self.narrow([checked], to: []).unapprovedChanges.isEmpty)
  }

  @Test func `make a plan that is not empty, and remarks that are written down`() {
    let plan = Self.plan([Self.tls])
    let file = PlanFile(
      plan, spec: PlanFile.Spec(path: "", name: "", hash: ""), options: PlanOptions(), remarks: ["First."])
    #expect(!plan.isEmpty && !file.isEmpty)
    #expect(file.remarks == ["First.", "A rule of others."])
    var other = file
    other.resources = [PlanFile.Resource(Self.removal)]
    let comparison = PlanComparison(other, against: file)
    #expect(comparison.cameResources.map(\.property) == ["network.allow.ips"])
    #expect(comparison.wentResources.map(\.property) == ["network.minTls"])
    #expect(PlanComparison(file, against: file).isEmpty)
  }
}
