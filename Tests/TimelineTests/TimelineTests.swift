import TestSupport
import Testing
import Timeline

@Suite struct TickText {
  @Test(arguments: [
    ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.0000001Z", 1),
    ("1969-12-31T23:59:59.9999999Z", -1), ("2000-02-29T12:00Z", 9_518_256_000_000_000),
    ("2025-01-01T02:00:00+02:00", 17_356_896_000_000_000), ("2025-01-01 00:00:00", 17_356_896_000_000_000),
    ("0001-01-01", -621_355_968_000_000_000), ("9999-12-31T23:59:59.9999999Z", 2_534_023_007_999_999_999),
  ])
  func `reads ISO 8601`(text: String, ticks: Int64) {
    #expect(Tick(iso8601: text)?.rawValue == ticks)
  }

  @Test(arguments: [
    "", "2025", "2025-1-1", "2025-02-29", "2025-13-01", "2025-01-01T", "2025-01-01T24:00:00Z", "2025-01-01T00:60Z",
    "2025-01-01T00:00:00.12345678Z", "2025-01-01T00:00:00.Z", "2025-01-01Z", "2025-01-01T00:00:00Zz", "now",
    "2025-01-01T00:00:00+2", "0000-01-01",
  ])
  func `refuses what is no time`(text: String) {
    #expect(Tick(iso8601: text) == nil)
  }

  @Test func `any tick is written and read back equal`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<2000 {
      let tick = Tick(rawValue: .random(in: Tick.earliest.rawValue...Tick.latest.rawValue, using: &random))
      #expect(Tick(iso8601: tick.iso8601) == tick, "seed \(seed)")
    }
  }
}

@Suite struct PaddedNumbers {
  @Test(arguments: [
    (0, 2, "00"), (7, 2, "07"), (12, 2, "12"), (123, 2, "123"), (0, 0, "0"), (-5, 4, "-0005"), (-12_345, 4, "-12345"),
    (Int.max, 1, "9223372036854775807"), (Int.min, 1, "-9223372036854775808"),
  ])
  func `any number has its sign and at least as many digits`(value: Int, width: Int, text: String) {
    #expect(pad(value, width) == text)
  }
}

@Suite struct TimespanText {
  @Test(arguments: [
    ("1h", 36_000_000_000), ("90m", 54_000_000_000), ("5s", 50_000_000), ("100ms", 1_000_000), ("7tick", 7),
  ])
  func `reads a number and a unit, and writes it back`(text: String, ticks: Int64) {
    #expect(Timespan(parsing: text)?.ticks == ticks)
    #expect(Timespan(ticks: ticks).description == text)
  }

  @Test(arguments: ["", "h", "1", "0h", "-1h", "1.5h", "1 h", "1w", "99999999999999999999d", "9999999999d"])
  func `refuses anything else`(text: String) {
    #expect(Timespan(parsing: text) == nil)
  }
}

@Suite struct Grids {
  @Test(arguments: ["7h", "5d", "1tick", "13s"])
  func `only widths that divide a day or are whole days make a grid`(text: String) throws {
    let width = try #require(Timespan(parsing: text))
    #expect((SliceGrid(width: width) != nil) == ["5d", "1tick"].contains(text))
  }

  @Test func `hours and days start where the clock says`() throws {
    let tick = try #require(Tick(iso8601: "2025-08-01T10:59:59.9999999Z"))
    #expect(SliceGrid.hourly.floor(tick).iso8601 == "2025-08-01T10:00:00Z")
    #expect(SliceGrid.hourly.ceiling(tick).iso8601 == "2025-08-01T11:00:00Z")
    #expect(SliceGrid(width: .day)?.floor(tick).iso8601 == "2025-08-01T00:00:00Z")
  }

  @Test func `weeks are counted from the first of January of the year one`() throws {
    // bin(datetime(2025-08-01), 7d) of Kusto is Monday, 2025-07-28: 0001-01-01 was a Monday.
    let tick = try #require(Tick(iso8601: "2025-08-01"))
    #expect(SliceGrid(width: .day * 7)?.floor(tick).iso8601 == "2025-07-28T00:00:00Z")
  }

  @Test func `tiles cover a range once, without gaps`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let widths = ["1h", "5s", "1d", "30m", "3d", "250ms"].compactMap(Timespan.init(parsing:)).compactMap(
      SliceGrid.init(width:))
    for _ in 0..<200 {
      let grid = try #require(widths.randomElement(using: &random))
      let start = Tick(rawValue: .random(in: 0...20_000_000_000_000_000, using: &random))
      let range = TimeRange(start, start + Timespan(ticks: .random(in: 0...(grid.width.ticks * 20), using: &random)))
      let tiles = Array(grid.tiles(of: range))
      #expect(tiles.count == grid.tileCount(of: range), "seed \(seed)")
      #expect(TimeRangeSet(tiles) == TimeRangeSet([range]), "seed \(seed)")
      #expect(tiles.allSatisfy { grid.slice(holding: $0.start).contains($0) }, "seed \(seed)")
      #expect(zip(tiles, tiles.dropFirst()).allSatisfy { $0.end == $1.start }, "seed \(seed)")
    }
  }
}

@Suite struct RangeSets {
  @Test func `set arithmetic agrees with a bitmap`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    func randomSet() -> TimeRangeSet {
      TimeRangeSet(
        (0..<Int.random(in: 0...8, using: &random)).map { _ in
          let start = Int64.random(in: 0..<60, using: &random)
          return TimeRange(Tick(rawValue: start), Tick(rawValue: start + .random(in: 0..<9, using: &random)))
        })
    }
    func bits(_ set: TimeRangeSet) -> Set<Int64> { Set(set.ranges.flatMap { $0.start.rawValue..<$0.end.rawValue }) }
    for _ in 0..<500 {
      let (a, b) = (randomSet(), randomSet())
      #expect(bits(a.union(b)) == bits(a).union(bits(b)), "seed \(seed)")
      #expect(bits(a.subtracting(b)) == bits(a).subtracting(bits(b)), "seed \(seed)")
      #expect(bits(a.intersection(b)) == bits(a).intersection(bits(b)), "seed \(seed)")
      for range in b.ranges {
        #expect(a.contains(range) == bits(a).isSuperset(of: bits(TimeRangeSet([range]))), "seed \(seed)")
      }
    }
  }
}
