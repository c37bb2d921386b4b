import BlobStorage
import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// Archives that live through changed specs, killed runs, lost manifests and a source that forgets.
@Suite struct LongLives {
  @Test func `no row that was ever recorded is lost, and none is in force twice`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    for round in 0..<60 {
      var life = try Life(seed: seed &+ UInt64(round))
      for step in 0..<14 {
        let what = try life.step()
        life.story.append(what)
        let comment: Comment = "seed \(seed), round \(round), step \(step): \(life.story.joined(separator: "; "))"
        try #require(life.lost().isEmpty, comment)
        try #require(try life.twice().isEmpty, comment)
      }
      // Undisturbed, it comes to rest, and holds what the source still has.
      life.world.onChange = .replace
      // What a blob that no row names holds is archived once the first is through, and so deleted by the second.
      try life.runWhole()
      try life.runWhole()
      let comment: Comment = "seed \(seed), round \(round): \(life.story.joined(separator: "; "))"
      #expect(try life.world.plan().isEmpty, comment)
      #expect(try life.missing().isEmpty, comment)
      #expect(life.lost().isEmpty, comment)
    }
  }
}

/// A world, and what each of its blobs holds.
private struct Life {
  var world: World
  var story: [String] = []
  private var random: SplitMix64
  /// The rows of each blob that was ever committed, and whether they have all columns.
  private var contents: [String: Content] = [:]
  /// Rows that the manifest has had, and whether with all columns.
  private var promised: [World.Row: Bool] = [:]
  /// Hours of the day that the source has forgotten.
  private var forgotten: Int64 = 0
  private let start: Tick

  private struct Content {
    var rows: Set<World.Row>
    var isWhole: Bool
  }

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    start = try tick("2025-01-01")
    world = try World(slice: "6h", limits: ResponseLimits(rows: 40))
    world.rows = (0..<100).map { newRow($0) }
  }

  private mutating func newRow(_ number: Int) -> World.Row {
    World.Row(time: start + .minute * .random(in: 0..<1440, using: &random), hash: number)
  }

  /// Does something that happens in the life of an archive, and says what.
  mutating func step() throws -> String {
    // The day is past, and its retention is told from the clock.
    world.now = world.now + .minute
    world.spec.retention = world.now - (start + .hour * forgotten)
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let count = Int.random(in: 1...20, using: &random)
      for _ in 0..<count { world.rows.append(newRow(world.rows.count)) }
      return "\(count) late rows"
    case 1:
      forgotten = min(18, forgotten + .random(in: 1...5, using: &random))
      world.spec.retention = world.now - (start + .hour * forgotten)
      return "\(forgotten) h forgotten"
    case 2:
      let width = ["1h", "6h", "12h", "1d"].randomElement(using: &random) ?? "6h"
      world.spec.grid = try grid(width)
      return "slices of \(width)"
    case 3:
      world.spec.columns = Bool.random(using: &random) ? nil : ["Level"]
      return "columns \(world.spec.columns ?? ["*"])"
    case 4:
      world.onChange = Bool.random(using: &random) ? .keep : .replace
      return "onChange \(world.onChange)"
    case 5:
      world.limits = ResponseLimits(rows: [15, 40, 500_000].randomElement(using: &random) ?? 40)
      return "limits \(world.limits.rows)"
    case 6:
      let found = Reconstruction(
        world.inventory, of: ExportQuery(world.spec), container: "logs-t", storeURL: World.url)
      world.manifest = found.slices.flatMap { $0 }
      return "rebuilt"
    case 7:
      world.options.refresh = Bool.random(using: &random)
      let actions = try kill()
      world.options.refresh = false
      return "killed after \(actions)"
    case 8:
      world.spec.format = Bool.random(using: &random) ? .csv : .ndjson
      return "format \(world.spec.format)"
    default:
      try runWhole()
      return "run"
    }
  }

  /// Plans and applies, with counts of everything.
  mutating func runWhole() throws {
    world.options.refresh = true
    let changes = try world.plan().changes
    for action in changes.actions { try apply(action, changes) }
    for blob in changes.cleanups { world.blobs[blob.address.name] = nil }
    world.options.refresh = false
  }

  /// A run that dies somewhere.
  private mutating func kill() throws -> String {
    let changes = try world.plan().changes
    let done = Int.random(in: 0...changes.actions.count, using: &random)
    for action in changes.actions.prefix(done) { try apply(action, changes) }
    guard done < changes.actions.count else { return "\(done), all" }
    let action = changes.actions[done]
    let parts = Int.random(in: 0...action.parts.count, using: &random)
    commit(action, changes, parts: parts)
    guard parts == action.parts.count, Bool.random(using: &random) else {
      return "\(done) and \(parts) of \(action.parts.count) parts"
    }
    try record(action, changes)
    return "\(done) and an append"
  }

  private mutating func apply(_ action: SliceAction, _ changes: TableChanges) throws {
    commit(action, changes, parts: .max)
    try record(action, changes)
    for blob in action.obsolete { world.blobs[blob.address.name] = nil }
  }

  private mutating func commit(_ action: SliceAction, _ changes: TableChanges, parts: Int) {
    let before = Set(world.blobs.keys)
    world.commit(action, changes, parts: parts)
    for part in action.parts where world.blobs[part.address.name] != nil && !before.contains(part.address.name) {
      contents[part.address.name] = Content(
        rows: Set(world.rows(in: part.part.range).filter(part.part.holds)), isWhole: world.spec.columns == nil)
    }
  }

  private mutating func record(_ action: SliceAction, _ changes: TableChanges) throws {
    world.record(action, changes)
    for part in action.parts {
      let content = try #require(contents[part.address.name])
      // Whoever changes the columns and says replace has fewer of them.
      for row in content.rows { promised[row] = content.isWhole }
    }
  }

  // What must hold

  /// Rows that were promised, and that no blob holds as they were.
  func lost() -> [World.Row] {
    var held: [World.Row: Bool] = [:]
    for name in world.blobs.keys {
      guard let content = contents[name] else { continue }
      for row in content.rows { held[row] = (held[row] ?? false) || content.isWhole }
    }
    return promised.filter { row, isWhole in held[row].map { isWhole && !$0 } ?? true }.map(\.key)
  }

  private func inForce() throws -> [World.Row] {
    let archived = try world.archived()
    return archived.slices.flatMap(archived.parts(of:)).filter { !$0.blobURL.isEmpty }.flatMap { part in
      let name = String(part.blobURL.dropFirst("\(World.url)/logs-t/".count))
      return contents[name].map { Array($0.rows) } ?? []
    }
  }

  /// Rows that are in force more than once.
  func twice() throws -> [World.Row] {
    var seen: Set<World.Row> = []
    return try inForce().filter { !seen.insert($0).inserted }
  }

  /// Rows that the source still has and the archive has not, of slices that can be counted whole.
  func missing() throws -> [World.Row] {
    let held = Set(try inForce())
    let from = start + .hour * forgotten
    let known = try world.archived().slices.filter { $0.range.start >= from }
    return world.rows(in: TimeRange(from, start + .day)).filter { row in
      !held.contains(row) && known.contains { $0.range.contains(row.time) }
    }
  }
}
