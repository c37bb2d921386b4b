import BlobStorage
import ExportSpec
import Manifest
import Testing
import Timeline

@testable import Planning

/// Which slices share a query.
@Suite struct SharedQueries {
  private static let start = Tick(unixSeconds: 1_735_689_600)

  private static func hour(_ index: Int) -> TimeRange {
    TimeRange(start + .hour * Int64(index), start + .hour * Int64(index + 1))
  }

  private static func action(_ index: Int, rows: Int, parts: Int = 1) -> SliceAction {
    let range = hour(index)
    let part = Part(range: range, count: Count(rows: rows, billed: 0))
    let action = PartAction(part: part, address: .init(container: "c", name: "\(index)"))
    return SliceAction(
      range: range, kind: .export, reason: .missing, generation: 1, parts: Array(repeating: action, count: parts))
  }

  private static func units(
    _ actions: [SliceAction], bytesPerRow: Double = 1, rows: Int = 1000, bytes: Int = 1_000_000
  ) -> [[Int]] {
    var queue = ExportQueue(
      actions, grid: .hourly, limits: ResponseLimits(rows: rows, bytes: bytes),
      sizing: Sizing(bytesPerRow: bytesPerRow))
    var units: [[Int]] = []
    while !queue.isEmpty { units.append(queue.next().map { Int(($0.range.start - start).seconds) / 3600 }) }
    return units
  }

  @Test func `neighbours fill a query up to four fifths of the rows that one may have`() {
    let actions = (0..<10).map { Self.action($0, rows: 300) }
    #expect(Self.units(actions) == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]])
    #expect(Self.units(actions, rows: 2000) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])
  }

  @Test func `neighbours fill a query up to four fifths of its bytes`() {
    let actions = (0..<8760).map { Self.action($0, rows: 200) }
    let units = Self.units(actions, bytesPerRow: 1000, rows: 500_000, bytes: 64_000_000)
    #expect(units.count == 35)
    #expect(units.dropLast().allSatisfy { $0.count == 256 })
  }

  @Test func `a slice that fills a query by itself has one of its own`() {
    let rows = [10, 10, 900, 10, 2000, 10]
    #expect(Self.units(rows.enumerated().map { Self.action($0, rows: $1) }) == [[0, 1], [2], [3], [4], [5]])
  }

  @Test func `slices of several parts, and those that are there already, keep out of it`() {
    var actions = (0..<5).map { Self.action($0, rows: 10, parts: $0 == 2 ? 2 : 1) }
    actions.append(SliceAction(range: Self.hour(5), kind: .record(.empty), reason: .missing, generation: 1))
    #expect(Self.units(actions) == [[0, 1, 3, 4], [2]])
  }

  @Test func `a slice that is no tile of the grid keeps out of it`() {
    var actions = (0..<3).map { Self.action($0, rows: 10) }
    let half = TimeRange(actions[1].range.start, actions[1].range.start + .minute * 30)
    actions[1].range = half
    actions[1].parts[0].part.range = half
    #expect(Self.units(actions) == [[0, 2], [1]])
  }

  @Test func `what responses weigh fills the next ones`() {
    var queue = ExportQueue(
      (0..<100).map { Self.action($0, rows: 100) }, grid: .hourly,
      limits: ResponseLimits(rows: 500_000, bytes: 1_000_000),
      sizing: Sizing())
    // Unknown rows count a thousand bytes.
    #expect(queue.next().count == 8)
    queue.sizing.learn(rows: 800, bytes: 80_000)
    #expect(queue.next().count == 8)
    queue.sizing.learn(rows: 800, bytes: 80_000)
    #expect(queue.next().count == 80)
  }

  @Test func `what responses weigh fills the next ones where nobody has counted`() {
    var actions = (0..<100).map { Self.action($0, rows: 0) }
    for index in actions.indices {
      actions[index].parts[0].part.count = Count(rows: 0, billed: 10_000, isEstimate: true)
    }
    var queue = ExportQueue(
      actions, grid: .hourly, limits: ResponseLimits(rows: 500_000, bytes: 1_000_000), sizing: Sizing())
    // A billed byte counts as two.
    #expect(queue.next().count == 40)
    queue.sizing.learn(rows: 4000, bytes: 4_000_000, billed: 400_000)
    #expect(queue.next().count == 8)
  }
}

/// The text of a query that several slices share.
@Suite struct SharedQueryText {
  private func query(_ columns: [String]?) throws -> ExportQuery {
    let start = try #require(Tick(iso8601: "2025-01-01"))
    return ExportQuery(
      TableSpec(
        name: "T", columns: columns, filter: nil, from: .at(start), to: .at(start + .day), grid: .hourly,
        settle: .hour, retention: nil, container: "c", path: PathTemplate(text: "{start}"), compression: .none))
  }

  private func hours(_ indexes: [Int64]) throws -> [TimeRange] {
    let start = try #require(Tick(iso8601: "2025-01-01"))
    return indexes.map { TimeRange(start + .hour * $0, start + .hour * ($0 + 1)) }
  }

  @Test func `adjoining slices are one range`() throws {
    #expect(
      try query(nil).rows(of: hours([0, 1, 2]), on: .hourly)
        == """
        ['T']
        | where TimeGenerated >= datetime(2025-01-01T00:00:00Z) and TimeGenerated < datetime(2025-01-01T03:00:00Z)
        | sort by TimeGenerated asc
        """)
  }

  @Test func `what lies between them is not asked for`() throws {
    #expect(
      try query(["A"]).rows(of: hours([0, 2]), on: .hourly)
        == """
        ['T']
        | where TimeGenerated >= datetime(2025-01-01T00:00:00Z) and TimeGenerated < datetime(2025-01-01T03:00:00Z)
        | where bin(TimeGenerated, 1h) in (datetime(2025-01-01T00:00:00Z), datetime(2025-01-01T02:00:00Z))
        | project ['A'], ['TimeGenerated']
        | sort by TimeGenerated asc
        """)
  }

  @Test func `the time is asked for once where the spec declares it`() throws {
    let query = try query(["TimeGenerated", "A"])
    #expect(!query.addsTime)
    #expect(query.rows(of: try hours([0])[0], shard: nil).hasSuffix("| project ['TimeGenerated'], ['A']"))
  }
}
