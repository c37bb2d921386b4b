import ExportSpec
import TestSupport
import Testing
import Timeline

@Suite struct PathTests {
  let hour = TimeRange(Tick(unixSeconds: 1_735_689_600), Tick(unixSeconds: 1_735_693_200))

  @Test func `a path is rendered from the slice's start, its range and the extension`() {
    let template = PathTemplate(text: "y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}")
    #expect(
      template.render(table: "SecurityEvent", range: hour, extension: "ndjson.gz", suffix: "")
        == "y=2025/m=01/d=01/h=00/SecurityEvent_20250101T000000Z_20250101T010000Z.ndjson.gz")
  }

  @Test func `the tool's marks stand before the extension`() {
    let template = PathTemplate(text: "{start}.{ext}")
    #expect(
      template.render(table: "T", range: hour, extension: "csv", suffix: "_p01of04_g2")
        == "20250101T000000Z_p01of04_g2.csv")
  }

  @Test func `ticks beyond the second have seven digits, whole seconds none`() {
    let range = TimeRange(hour.start + .tick, hour.start + .second)
    let template = PathTemplate(text: "{HH}{mm}{ss}/{start}_{end}.{ext}")
    #expect(
      template.render(table: "T", range: range, extension: "json", suffix: "")
        == "000000/20250101T000000.0000001Z_20250101T000001Z.json")
  }

  /// Accepted templates and widths, and as many slices as a day or a month of them holds.
  @Test func `whatever path is accepted, slices and parts of a table never share one`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let pieces = ["{yyyy}", "{MM}", "{dd}", "{HH}", "{mm}", "{ss}", "{start}", "{end}", "{table}", "/a", "-", "1", "x"]
    let widths = ["100ms", "1s", "5s", "90s", "1m", "15m", "90m", "1h", "8h", "1d", "7d", "30d"]
    var accepted = 0
    for _ in 0..<1500 {
      let count = Int.random(in: 1..<10, using: &random)
      let body = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      let width = widths.randomElement(using: &random) ?? "1h"
      let text = specText(range: "range: { last: 30d, slice: \(width) }", destination: ", path: \"p\(body).{ext}\"")
      guard let table = decode(text).spec?.tables.first else { continue }
      accepted += 1
      var seen: Set<String> = []
      let first = table.grid.floor(Tick(unixSeconds: 1_735_689_600))
      // Neighbours, and slices an hour, a day, a month and a year apart.
      let steps: [Int64] = [0, 1, 2, 3, 60, 3_600, 86_400, 604_800, 2_678_400, 31_536_000]
      let starts = Set(
        steps.map { table.grid.floor(first + .second * $0) } + (0..<40).map { first + table.grid.width * $0 })
      for start in starts {
        let range = TimeRange(start, start + table.grid.width)
        for suffix in ["", "_p01of02", "_p02of02", "_p01of02_g2"] {
          let path = table.path.render(table: table.name, range: range, extension: "ndjson.gz", suffix: suffix)
          #expect(seen.insert(path).inserted, "seed \(seed): \(table.path.text) at \(width)")
        }
      }
    }
    #expect(accepted > 100, "seed \(seed)")
  }
}
