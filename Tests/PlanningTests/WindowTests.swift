import ExportSpec
import Planning
import Testing
import Timeline

@Suite struct Windows {
  private func window(
    from: RangeBound, to: RangeBound = .now, slice: String = "1h", settle: Timespan = .hour * 3, now: String,
    cut: (String?, String?) = (nil, nil)
  ) throws -> TableState {
    var world = try World(slice: slice, now: now)
    world.spec.from = from
    world.spec.to = to
    world.spec.settle = settle
    world.options.from = try cut.0.map(tick)
    world.options.to = try cut.1.map(tick)
    return try world.state()
  }

  @Test(arguments: [
    // The last slice that ended three hours ago is the last.
    ("2025-01-02T10:30:00Z", "2025-01-01T10:00:00Z", "2025-01-02T07:00:00Z", "2025-01-02T10:00:00Z"),
    ("2025-01-02T10:00:00Z", "2025-01-01T10:00:00Z", "2025-01-02T07:00:00Z", "2025-01-02T10:00:00Z"),
    ("2025-01-02T09:59:59.9999999Z", "2025-01-01T09:00:00Z", "2025-01-02T06:00:00Z", "2025-01-02T09:00:00Z"),
    // Year's end, leap days, and the night in which clocks elsewhere change.
    ("2025-01-01T02:00:00Z", "2024-12-31T02:00:00Z", "2024-12-31T23:00:00Z", "2025-01-01T02:00:00Z"),
    ("2024-03-01T00:00:00Z", "2024-02-29T00:00:00Z", "2024-02-29T21:00:00Z", "2024-03-01T00:00:00Z"),
    ("2025-03-30T04:00:00Z", "2025-03-29T04:00:00Z", "2025-03-30T01:00:00Z", "2025-03-30T04:00:00Z"),
  ])
  func `the last day up to now is cut to whole slices, and its end is left to settle`(
    now: String, from: String, settled: String, to: String
  ) throws {
    let state = try window(from: .last(.day), now: now)
    #expect(state.window == (try range(from, settled)))
    #expect(state.unsettled == (try range(settled, to)))
  }

  @Test(arguments: [
    ("1d", "2025-01-01T12:00:00Z", "2025-01-05T13:00:00Z", "2025-01-01", "2025-01-05"),
    ("15m", "2025-01-01T12:07:00Z", "2025-01-01T13:14:59Z", "2025-01-01T12:00:00Z", "2025-01-01T13:00:00Z"),
    // A week begins on a Monday: 0001-01-01 was one.
    ("7d", "2025-01-01", "2025-02-01", "2024-12-30", "2025-01-27"),
    ("1h", "2024-02-28T23:30:00Z", "2024-03-01T00:30:00Z", "2024-02-28T23:00:00Z", "2024-03-01"),
  ])
  func `a fixed range is rounded down to the grid at both ends`(
    slice: String, from: String, to: String, first: String, end: String
  ) throws {
    let state = try window(from: .at(try tick(from)), to: .at(try tick(to)), slice: slice, now: "2026-01-01")
    #expect(state.window == (try range(first, end)))
    #expect(state.unsettled.isEmpty)
  }

  @Test func `a year of hours is 8760 slices, a leap year 8784`() throws {
    for (year, count) in [(2023, 8760), (2024, 8784), (2025, 8760)] {
      let state = try window(
        from: .at(try tick("\(year)-01-01")), to: .at(try tick("\(year + 1)-01-01")), now: "2030-01-01")
      #expect(state.spec.grid.tileCount(of: state.window) == count)
    }
  }

  @Test(arguments: [
    (String?.some("2025-01-10"), String?.none, "2025-01-10", "2025-02-01"),
    (nil, "2025-01-10T00:59:00Z", "2025-01-01", "2025-01-10"),
    ("2024-01-01", "2026-01-01", "2025-01-01", "2025-02-01"),
    ("2025-01-10T10:30:00Z", "2025-01-10T12:30:00Z", "2025-01-10T10:00:00Z", "2025-01-10T12:00:00Z"),
  ])
  func `the command line cuts the window further, and never widens it`(
    from: String?, to: String?, first: String, end: String
  ) throws {
    let state = try window(
      from: .at(try tick("2025-01-01")), to: .at(try tick("2025-02-01")), now: "2025-06-01", cut: (from, to))
    #expect(state.window == (try range(first, end)))
  }

  @Test func `a window that nothing is left of is empty`() throws {
    let future = try window(from: .at(try tick("2025-01-01")), to: .at(try tick("2025-02-01")), now: "2024-06-01")
    #expect(future.window.isEmpty)
    #expect(future.unsettled == (try range("2025-01-01", "2025-02-01")))
    let outside = try window(
      from: .at(try tick("2025-01-01")), to: .at(try tick("2025-02-01")), now: "2025-06-01", cut: ("2025-03-01", nil))
    #expect(outside.window.isEmpty)
    #expect(outside.unsettled.isEmpty)
    var world = try World()
    world.options.from = try tick("2026-01-01")
    #expect(try world.plan().isEmpty)
    #expect(try world.plan().requests.isEmpty)
  }

  @Test func `a length that reaches before the first year begins with it`() throws {
    let state = try window(from: .last(.day * 3_000_000), now: "2025-01-01")
    #expect(state.window.start == .earliest)
  }

  @Test func `a slice across the turn of the year is one slice`() throws {
    var world = try World(slice: "7d", days: 20)
    world.rows = [World.Row(time: try tick("2024-12-31T23:59:59.9999999Z"), hash: 0)]
    let answer = try world.run()
    #expect(answer.ranges.first == (try range("2024-12-30", "2025-01-06")))
    #expect(try world.plan().isEmpty)
  }
}
