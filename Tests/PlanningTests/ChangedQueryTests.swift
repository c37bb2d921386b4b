import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

/// What an archive of an earlier query still owes, and what its hash tells of that query.
@Suite struct ChangedQueries {
  private let address = "T/2025-01-01T00:00:00Z"

  /// A day of 100 rows, archived with `columns` and `filter`; unless `now` is told, while rows still came in.
  private func archived(columns: [String]? = nil, filter: String? = "Level > 0", now: String = "2025-01-02T04:00:00Z")
    throws -> World
  {
    var world = try World(slice: "1d", filter: filter, now: now)
    world.spec.columns = columns
    let start = try tick("2025-01-01")
    world.rows = (0..<100).map { World.Row(time: start + .second * Int64($0), hash: $0) }
    try world.run()
    return world
  }

  private func late(_ world: inout World) throws {
    world.rows.append(World.Row(time: try tick("2025-01-01T23:59:59Z"), hash: 1))
  }

  // MARK: Rows that come late

  @Test func `late rows of a slice with other columns are shown, and kept out until somebody asks`() throws {
    var world = try archived(columns: ["TimeGenerated", "Level"])
    world.spec.columns = ["TimeGenerated", "Text"]
    #expect(try world.plan().notes == [.earlierQuery])
    try late(&world)
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.earlierQuery, .grown])
    let note = try #require(answer.changes.notes.first { $0.kind == .grown })
    #expect(note.slices == 1)
    #expect(note.message.contains("1 row came in late"))
    #expect(note.message.contains("--replace \(address)") && note.message.contains("onChange: replace"))

    world.options.replace = [address]
    #expect(try world.plan().reasons == [.requested])
    world.options.replace = []
    world.onChange = .replace
    #expect(try world.run().reasons == [.specChanged])
    #expect(try world.archived().slices.map(\.rows) == [101])
    #expect(try world.plan().notes.isEmpty)
  }

  @Test func `late rows are exported where the query of now leaves nothing out that is archived`() throws {
    let changes: [(inout TableSpec) -> Void] = [
      { $0.columns = nil }, { $0.format = .csv }, { $0.nulls = .omit },
      {
        $0.format = .parquet
        $0.types = ["Level": .string]
      },
    ]
    for change in changes {
      var world = try archived(columns: ["TimeGenerated", "Level"])
      change(&world.spec)
      #expect(try world.plan().isEmpty)
      try late(&world)
      #expect(try world.run().reasons == [.lateRows])
      #expect(try world.archived().slices.map(\.rows) == [101])
    }
  }

  @Test func `refresh counts slices of other columns, and the manifest alone does not`() throws {
    var world = try archived(columns: ["TimeGenerated", "Level"], now: "2025-06-01T00:00:00Z")
    world.spec.columns = ["TimeGenerated"]
    try late(&world)
    #expect(try world.plan().notes == [.earlierQuery])
    world.options.refresh = true
    #expect(try world.plan().notes == [.earlierQuery, .grown])
    world.options = PlanOptions()
    world.options.noList = true
    #expect(try world.plan().requests.isEmpty)
  }

  @Test func `fewer rows are noted of slices with other columns, and no change of columns replaces them`() throws {
    var world = try archived(columns: ["TimeGenerated", "Level"])
    world.spec.columns = ["TimeGenerated"]
    world.rows.removeLast()
    #expect(try world.plan().notes == [.earlierQuery, .shrunk])
    world.onChange = .replace
    let answer = try world.plan()
    #expect(answer.isEmpty)
    #expect(answer.notes == [.shrunk])
  }

  @Test func `rows of another filter are not compared`() throws {
    var world = try archived()
    world.spec.filter = "Level > 1"
    try late(&world)
    let answer = try world.plan()
    #expect(answer.requests.isEmpty)
    #expect(answer.notes == [.earlierQuery])
  }

  // MARK: Hashes

  @Test func `a hash begins with what tells which rows are asked for`() throws {
    let spec = try archived().spec
    let query = ExportQuery(spec)
    #expect(query.hash.count == 32)
    func hash(_ change: (inout TableSpec) -> Void) -> String {
      var other = spec
      change(&other)
      return ExportQuery(other).hash
    }
    for same in [hash { $0.columns = ["A"] }, hash { $0.format = .csv }, hash { $0.dynamic = .string }] {
      #expect(same != query.hash && same.prefix(16) == query.hash.prefix(16))
      #expect(query.asksForSameRows(as: same) && query.hash != same)
    }
    for other in [hash { $0.filter = "Level > 1" }, hash { $0.filter = nil }, hash { $0.name = "U" }] {
      #expect(other.prefix(16) != query.hash.prefix(16) && !query.asksForSameRows(as: other))
    }
    #expect(!query.asksForSameRows(as: ""))
  }
}
