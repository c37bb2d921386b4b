import BlobStorage
import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

/// What one day in one slice comes to, as its circumstances change.
@Suite struct Decisions {
  private let day = TimeRange(Tick(unixSeconds: 1_735_689_600), Tick(unixSeconds: 1_735_776_000))

  /// A day of `count` rows, already archived at `now`.
  private func archived(
    _ count: Int = 100, now: String = "2025-01-02T04:00:00Z", limits: ResponseLimits = ResponseLimits(),
    retention: Timespan? = .day * 3650
  ) throws -> World {
    var world = try World(slice: "1d", limits: limits, retention: retention, now: now)
    world.rows = (0..<count).map { World.Row(time: day.start + .second * Int64($0), hash: $0) }
    try world.run()
    return world
  }

  private let address = "T/2025-01-01T00:00:00Z"

  // MARK: Late rows

  @Test func `a provisional slice is counted again, and exported again where rows came in late`() throws {
    var world = try archived()
    #expect(try world.plan().requests.count == 1)
    world.rows.append(World.Row(time: day.end - .tick, hash: 1))
    let answer = try world.plan()
    #expect(answer.reasons == [.lateRows])
    #expect(answer.changes.actions[0].kind == .replace)
    #expect(answer.changes.actions[0].generation == 2)
    #expect(answer.changes.actions[0].obsolete.count == 1)
    try world.run()
    #expect(try world.plan().isEmpty)
    #expect(world.blobs.count == 1)
  }

  @Test func `a slice stops being provisional settle and two days after its end`() throws {
    for (now, isProvisional) in [("2025-01-04T02:59:59.9999999Z", true), ("2025-01-04T03:00:00Z", false)] {
      var world = try archived(now: now)
      world.rows.append(World.Row(time: day.start, hash: 1))
      #expect(try world.plan().requests.isEmpty != isProvisional)
      #expect(try world.plan().reasons == (isProvisional ? [.lateRows] : []))
    }
  }

  @Test func `with the manifest alone nothing is counted again`() throws {
    var world = try archived()
    world.rows.append(World.Row(time: day.start, hash: 1))
    world.blobs = [:]
    world.options.noList = true
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.requests.isEmpty)
  }

  @Test func `refresh counts what is long settled`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    world.rows.append(World.Row(time: day.start, hash: 1))
    #expect(try world.plan().isEmpty)
    world.options.refresh = true
    #expect(try world.plan().reasons == [.lateRows])
  }

  @Test func `a provisional slice that was empty is exported when rows come`() throws {
    var world = try archived(0)
    #expect(try world.archived().slices.map(\.status) == [.empty])
    world.rows = [World.Row(time: day.start, hash: 1)]
    #expect(try world.run().reasons == [.lateRows])
    #expect(try world.archived().slices.map(\.status) == [.exported])
    #expect(try world.plan().isEmpty)
  }

  @Test func `fewer rows at the source are noted, and replace nothing unless allowed`() throws {
    var world = try archived()
    world.rows.removeLast()
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.shrunk])
    let message = answer.changes.notes[0].message
    #expect(message.contains("1 fewer row than the archive") && message.contains("--allow-shrink \(address)"))
    world.options.replace = [address]
    #expect(try world.plan().notes == [.shrunk])
    world.options.allowShrink = [address]
    #expect(try world.run().reasons == [.requested])
    #expect(try world.archived().slices.map(\.rows) == [99])
  }

  @Test(
    arguments: [
      ("all columns", nil, nil, 1, [SliceAction.Reason.lateRows], [PlanNote.Kind]()),
      ("some columns", nil, ["Level"], 1, [], [.grown]), ("a filter", "Level > 0", nil, 1, [], []),
      ("fewer rows", nil, nil, -1, [], [.shrunk]),
    ] as [(String, String?, [String]?, Int, [SliceAction.Reason], [PlanNote.Kind])])
  func `what another tool exported is counted by a refresh as an audit counts it`(
    what: String, filter: String?, columns: [String]?, more: Int, reasons: [SliceAction.Reason],
    notes: [PlanNote.Kind]
  ) throws {
    var world = try archived()
    let position = try #require(world.manifest.firstIndex { $0.rows > 0 })
    world.manifest[position].status = .adopted
    world.manifest[position].queryHash = ""
    world.manifest[position].exportedAt = day.end + .day * 30
    if more < 0 { world.rows.removeLast() } else { world.rows.append(World.Row(time: day.start + .second, hash: 7)) }
    (world.spec.filter, world.spec.columns) = (filter, columns)
    #expect(try world.plan().reasons.isEmpty)
    world.options.refresh = true
    let answer = try world.plan()
    #expect(answer.reasons == reasons && answer.notes.filter { $0 != .earlierQuery } == notes, "\(what)")
    let (state, query) = (try world.state(), ExportQuery(world.spec))
    let slice = try #require(state.archived.slices.first { $0.status == .adopted })
    let check = BlobCheck(state, lineage: World.lineage)
    #expect(check.isComparable(slice, query) == (filter == nil), "\(what)")
    guard filter == nil else { return }
    let remedy = check.finding(slice, counted: slice.rows + more, query)?.remedy
    #expect(remedy == (reasons.isEmpty ? more < 0 ? .keep : .replace : .refresh), "\(what)")
    world.options.replace = [address]
    #expect(try world.plan().reasons == (more < 0 ? [] : [.requested]), "\(what)")
  }

  // MARK: Emptiness and retention

  @Test func `a clock that is set back does not bring back what has left the source`() throws {
    var state = try World(days: 2, retention: .day * 30, now: "2025-01-10T00:00:00Z").state()
    let slice = try range("2025-01-01", "2025-01-01T01:00:00Z")
    #expect(state.emptiness(of: slice) == .empty)
    state.asked = try tick("2025-03-01")
    #expect(state.emptiness(of: slice) == .unavailable)
    #expect(state.window.contains(slice.start), "what is planned goes by the clock that was given")
  }

  @Test(arguments: [
    (Timespan?.some(.day * 365), ManifestRow.Status.empty, [PlanNote.Kind]()),
    (.day * 30, .unavailable, [.unavailable]), (nil, .emptyUnproven, [.unproven]),
  ])
  func `zero rows mean what retention lets them mean`(
    retention: Timespan?, status: ManifestRow.Status, notes: [PlanNote.Kind]
  ) throws {
    var world = try World(slice: "1d", retention: retention)
    let answer = try world.run()
    #expect(answer.changes.actions.map(\.kind) == [.record(status)])
    #expect(answer.notes == notes)
    let again = try world.plan()
    #expect(again.isEmpty)
    #expect(again.notes == notes)
  }

  @Test func `what the source may have dropped is not compared`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    world.spec.retention = .day * 30
    world.options.refresh = true
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.requests.isEmpty)
    #expect(answer.notes.isEmpty)
  }

  @Test func `slices that leave the workspace within a week are pointed out`() throws {
    var world = try World(slice: "1d", days: 20, retention: .day * 30, now: "2025-01-31T12:00:00Z")
    world.rows = (0..<20).map { World.Row(time: day.start + .day * Int64($0) + .hour * 13, hash: 0) }
    let note = try #require(try world.plan().changes.notes.first { $0.kind == .leaving })
    // Retention reaches back to noon of the first of January.
    #expect(note.ranges == TimeRangeSet([try range("2025-01-01", "2025-01-09")]))
    #expect(note.slices == 8)
  }

  // MARK: A changed query

  @Test func `a changed query is noted, or replaces where the spec says so`() throws {
    var world = try archived()
    world.spec.filter = "Level > 0"
    #expect(try world.plan().notes == [.earlierQuery])
    #expect(try world.plan().isEmpty)
    world.onChange = .replace
    #expect(try world.run().reasons == [.specChanged])
    #expect(try world.plan().isEmpty)
    #expect(try world.plan().notes.isEmpty)
  }

  @Test func `what an earlier query found empty is looked at again`() throws {
    var world = try archived(0, now: "2025-06-01T00:00:00Z")
    world.rows = [World.Row(time: day.start, hash: 1)]
    world.spec.filter = "Level > 0"
    #expect(try world.plan().notes == [.earlierQuery])
    world.onChange = .replace
    #expect(try world.run().reasons == [.specChanged])
    #expect(try world.archived().slices.map(\.rows) == [1])
    #expect(try world.plan().isEmpty)
  }

  @Test func `what an earlier query found empty stays so beyond retention`() throws {
    var world = try archived(0, now: "2025-06-01T00:00:00Z")
    world.spec.filter = "Level > 0"
    world.spec.retention = .day * 30
    world.onChange = .replace
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.earlierQuery])
  }

  @Test func `a slice that has begun to leave the workspace is not replaced by as many other rows`() throws {
    var world = try archived(now: "2025-01-31T12:00:00Z", retention: nil)
    world.spec.retention = .day * 30
    // The rows of the morning are gone, and as many came in late since.
    world.rows = (0..<200).map { World.Row(time: day.end - .second * Int64($0 + 1), hash: $0) }
    world.spec.columns = ["Level"]
    for policy in [ChangePolicy.replace, .keep] {
      world.onChange = policy
      world.options.replace = policy == .keep ? [address] : []
      let answer = try world.plan()
      #expect(answer.isEmpty && answer.notes == [.fading], "\(policy)")
      #expect(answer.changes.notes[0].message.contains("--allow-shrink \(address)"))
    }
    world.options.allowShrink = [address]
    #expect(try world.run().reasons == [.requested])
  }

  @Test func `a new query may find fewer rows, but only where all could still be seen`() throws {
    let cases: [(Timespan?, [SliceAction.Reason], [PlanNote.Kind])] = [
      (.day * 3650, [.specChanged], []), (.day * 30, [], [.fading]), (nil, [], [.narrowed]),
    ]
    for (retention, expected, notes) in cases {
      var world = try archived(now: "2025-01-31T12:00:00Z", retention: nil)
      // Of retention, half a day is gone; the rows of the morning with it.
      world.rows = (0..<10).map { World.Row(time: day.end - .second * Int64($0 + 1), hash: $0) }
      world.spec.retention = retention
      world.spec.filter = "Level > 0"
      world.onChange = .replace
      let answer = try world.plan()
      #expect(answer.reasons == expected, "\(String(describing: retention))")
      #expect(answer.notes == notes)
      guard expected.isEmpty else { continue }
      let message = answer.changes.notes[0].message
      #expect(retention != nil || message.contains("the filter (where) has changed, and finds 90 fewer rows"))
      #expect(message.contains("--allow-shrink \(address)"))
      world.options.allowShrink = [address]
      #expect(try world.run().reasons == [.specChanged])
    }
  }

  // MARK: Blobs

  @Test func `a blob that is gone brings its slice back, and only that`() throws {
    var world = try World(limits: ResponseLimits(rows: 50))
    world.rows = (0..<200).map { World.Row(time: day.start + .minute * Int64($0 * 7), hash: $0) }
    try world.run()
    let name = try #require(world.blobs.keys.sorted().dropFirst(5).first)
    world.blobs[name] = nil
    let answer = try world.run()
    #expect(answer.reasons == [.blobMissing])
    #expect(try world.plan().isEmpty)
    #expect(try world.archived().slices.count == 24)
  }

  @Test func `a blob is found by its URL, whatever characters its name has`() throws {
    var world = try World(path: "Büro 100%/#1?/a+b&c=d/{start}_{end}.{ext}")
    world.rows = [World.Row(time: day.start, hash: 0)]
    try world.run()
    let url = try #require(world.manifest.map(\.blobURL).first { !$0.isEmpty })
    #expect(url.hasPrefix("memory:///logs-t/B%C3%BCro%20100%25/%231%3F/a%2Bb%26c=d/"))
    #expect(try world.plan().isEmpty)
    world.blobs = [:]
    #expect(try world.plan().reasons == [.blobMissing])
  }

  @Test func `a blob of another size or another MD5 counts as changed`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    let name = try #require(world.blobs.keys.first)
    world.blobs[name]?.size += 1
    #expect(try world.plan().reasons == [.checksumMismatch])
    world.blobs[name]?.size -= 1
    world.manifest[0].contentMD5 = "AAAAAAAAAAAAAAAAAAAAAA=="
    world.blobs[name]?.contentMD5 = [UInt8](repeating: 0, count: 16)
    #expect(try world.plan().isEmpty)
    world.blobs[name]?.contentMD5 = [UInt8](repeating: 1, count: 16)
    #expect(try world.plan().reasons == [.checksumMismatch])
  }

  @Test func `a blob lost beyond retention is a failure until a person takes what is left`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    world.spec.retention = .day * 30
    world.blobs = [:]
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.failures.map(\.slice) == [day])
    #expect(
      answer.failures.map(\.message) == [
        "\(address) has lost a blob, and the source holds only 0 of its 100 rows; --allow-shrink \(address) takes what is left"
      ])
    world.options.allowShrink = [address]
    let allowed = try world.run()
    #expect(allowed.failures.isEmpty)
    #expect(allowed.changes.actions.map(\.kind) == [.record(.unavailable)])
    #expect(try world.plan().isEmpty)
  }

  @Test func `blobs that the policy has deleted are expired, and never exported again`() throws {
    var world = try archived(now: "2025-01-31T00:00:00Z")
    world.deleteAfter = .day * 30
    world.blobs = [:]
    world.now = try tick("2025-03-01T23:59:59Z")
    #expect(try world.plan().reasons == [.blobMissing])
    world.now = try tick("2025-03-02T00:00:00Z")
    let answer = try world.run()
    #expect(answer.changes.actions.map(\.kind) == [.record(.expired)])
    world.options.refresh = true
    #expect(try world.plan().isEmpty)
    #expect(try world.plan().notes.isEmpty)
  }

  // MARK: Asked for

  @Test func `a slice that is asked for is exported again`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    world.options.replace = [address]
    let answer = try world.run()
    #expect(answer.reasons == [.requested])
    #expect(answer.changes.actions[0].generation == 2)
    #expect(answer.failures.isEmpty)
    #expect(world.blobs.keys.contains { $0.contains("_g2") })
  }

  @Test func `a slice that is asked for and impossible is one failure`() throws {
    var world = try World(slice: "1d", limits: ResponseLimits(rows: 10))
    world.rows = (0..<100).map { _ in World.Row(time: day.start, hash: 1) }
    world.options.replace = [address]
    #expect(try world.plan().failures.map(\.slice) == [day])
  }

  @Test func `an address at which no slice begins is an error`() throws {
    var world = try archived(now: "2025-06-01T00:00:00Z")
    world.options.replace = ["T/2025-01-01T01:00:00Z", "U/2025-01-01T01:00:00Z"]
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(
      answer.failures.map(\.message) == [
        "T/2025-01-01T01:00:00Z was to be replaced, but no slice of the window begins there"
      ])
    world.options.replace = []
    world.options.allowShrink = ["T/2025-01-01T02:00:00Z", address]
    #expect(
      try world.plan().failures.map(\.message) == [
        "T/2025-01-01T02:00:00Z was to shrink, but no slice of the window begins there"
      ])
  }
}
