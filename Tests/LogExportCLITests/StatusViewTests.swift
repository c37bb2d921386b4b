import ExportSpec
import FoundationEssentials
import Manifest
import Planning
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `Views of the status` {
  /// Two days of hours: more rows by day, empty at night, a gap, and an end that has not settled.
  private func twoDays() throws -> (ExportSpec, Coverage) {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-03", retention: "30d")
    let coverage = try Coverages.coverage(spec, asOf: "2025-08-02T22:30:00Z") { slice in
      let hour = CivilDate(slice.start).hour
      let isGap = slice.start.dateText == "2025-08-01" && (6..<9).contains(hour)
      if isGap || hour >= 19 && slice.start.dateText == "2025-08-02" { return nil }
      if hour < 4 { return Coverages.row("SecurityEvent", slice, rows: 0, .empty) }
      return Coverages.row("SecurityEvent", slice, rows: 1000 - abs(hour - 14) * 90)
    }
    return (spec, coverage)
  }

  private func render(_ spec: ExportSpec, _ coverages: [Coverage], columns: Int = 80, colours: Bool = false) -> String {
    let view = StatusText(style: Style(colours: colours), columns: columns)
    let blocks = zip(spec.tables, coverages).map { view.block(TableStatus($0, $1), $1) }
    return view.render(blocks, hasManifest: true)
  }

  @Test func `days are drawn by hours, with their gaps and the verdict`() throws {
    let (spec, coverage) = try twoDays()
    #expect(
      render(spec, [coverage]) == """
        SecurityEvent  2025-08-01 → 2025-08-03  93.0% covered
          32 exported, 8 empty, 3 missing, 5 not settled yet
          19.0k rows, 1.9 MB, of 2025-08-01 04:00 → 2025-08-02 19:00

                          00     06     12     18
          2025-08-01 Fri  ____▒▒ ···▓██ ██████ █▓▓▓▓▒  9890 rows  989 kB
          2025-08-02 Sat  ____▒▒ ▓▓▓▓██ ██████ █~~~~~  9150 rows  915 kB

        · 2025-08-01 06:00 → 09:00  3 slices missing

          ░▒▓█ rows, few to many   _ empty   · missing   ~ not settled yet

        Status: 1 table, 93.0% covered; 32 slices with 19.0k rows archived, 1.9 MB.
        3 slices missing in 1 gap.

        """)
  }

  @Test func `what a day comes to is left out where there is no room`() throws {
    let (spec, coverage) = try twoDays()
    for (columns, end) in [(80, "989 kB"), (63, "9890 rows"), (57, "9890 rows"), (50, "▓▓▓▓▒")] {
      let lines = render(spec, [coverage], columns: columns).split(separator: "\n")
      let day = try #require(lines.first { $0.hasPrefix("  2025-08-01 Fri") })
      #expect(day.hasSuffix(end) && day.count <= columns, "\(day)")
    }
  }

  @Test func `what a slice has in several cells adds up`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-02", slice: "2h")
    let coverage = try Coverages.coverage(spec, asOf: "2025-08-09") { Coverages.row("SecurityEvent", $0, rows: 725) }
    let cells = CoverageCalendar(coverage, fold: .hours).cells
    #expect(cells.count == 24 && cells.reduce(0) { $0 + $1.rows } == 725 * 12)
  }

  @Test func `colours mark the same, and nothing else differs`() throws {
    let (spec, coverage) = try twoDays()
    let coloured = render(spec, [coverage], colours: true)
    #expect(coloured.contains("2025-08-01 Fri  \u{1B}[2m____\u{1B}[0m\u{1B}[32m▒▒\u{1B}[0m\u{1B}[31m ···\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[31m·\u{1B}[0m 2025-08-01 06:00 → 09:00  3 slices missing"))
    var plain = ""
    var isEscape = false
    for character in coloured.unicodeScalars {
      if character == "\u{1B}" { isEscape = true }
      if !isEscape { plain.unicodeScalars.append(character) }
      if character == "m" { isEscape = false }
    }
    #expect(plain == render(spec, [coverage]))
  }

  @Test func `half a year is drawn as weeks of days`() throws {
    let spec = try Coverages.spec(from: "2025-06-01", to: "2025-12-01", slice: "1h")
    let hole = TimeRange(try Plans.tick("2025-08-05"), try Plans.tick("2025-08-07T12:00:00Z"))
    let coverage = try Coverages.coverage(spec, asOf: "2026-01-01") { slice in
      if hole.overlaps(slice) { return nil }
      if slice.start.dateText == "2025-06-03" { return Coverages.row("SecurityEvent", slice, rows: 0, .emptyUnproven) }
      return Coverages.row("SecurityEvent", slice, rows: slice.start.weekday >= 5 ? 40 : 400)
    }
    #expect(
      render(spec, [coverage]) == """
        SecurityEvent  2025-06-01 → 2025-12-01  98.0% covered
          4308 exported, 24 unproven, 60 missing
          1.3M rows, 127 MB, of 2025-06-01 → 2025-12-01

                2025
                Jun  Jul Aug  Sep Oct Nov
          Mon    ██████████████████████████
          Tue    ?████████·████████████████
          Wed    █████████·████████████████
          Thu    █████████:████████████████
          Fri    ██████████████████████████
          Sat    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
          Sun   ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒

        · 2025-08-05 → 2025-08-07 12:00  60 slices missing

          ░▒▓█ rows, few to many   ? counted empty, unproven   · missing
          : partly missing
          Not known what leaves the workspace soon: 1 table without retention.

        Status: 1 table, 98.0% covered; 4308 slices with 1.3M rows archived, 127 MB.
        60 slices missing in 1 gap.

        """)
  }

  @Test(arguments: [
    ("2025-08-16", "2025-11-01", "           Sep Oct"), ("2025-08-10", "2025-11-01", "        Aug Sep Oct"),
    ("2025-12-27", "2026-03-01", "         Jan Feb"),
  ])
  func `every month but a first one that has no room is named`(from: String, to: String, months: String) throws {
    let spec = try Coverages.spec(from: from, to: to, slice: "1d")
    let coverage = try Coverages.coverage(spec, asOf: "2026-06-01") { Coverages.row("SecurityEvent", $0, rows: 1) }
    let lines = render(spec, [coverage]).split(separator: "\n")
    let monday = try #require(lines.firstIndex { $0.hasPrefix("  Mon") })
    #expect(lines[monday - 1] == months, "\(lines[monday - 1])")
    #expect(lines[monday - 2].trimmingPrefix { $0 == " " }.hasPrefix(to.prefix(4)))
  }

  @Test func `years are drawn as weeks, or as months where there is no room`() throws {
    let spec = try Coverages.spec(from: "2022-03-01", to: "2025-01-01", slice: "1d")
    let coverage = try Coverages.coverage(spec, asOf: "2025-06-01") { slice in
      let date = CivilDate(slice.start)
      if date.year == 2022, date.month < 6 { return Coverages.row("SecurityEvent", slice, rows: 0, .expired) }
      if date.year == 2022, date.month < 9 { return Coverages.row("SecurityEvent", slice, rows: 0, .unavailable) }
      if date.year == 2023, date.month == 5 { return nil }
      return Coverages.row("SecurityEvent", slice, rows: date.year == 2024 ? 900 : 200)
    }
    #expect(
      render(spec, [coverage]) == """
        SecurityEvent  2022-03-01 → 2025-01-01  88.1% covered
          822 exported, 92 unavailable, 92 deleted by policy, 31 missing
          421k rows, 42.1 MB, of 2022-09-01 → 2025-01-01

                Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
          2022          xxxxxxxxxxxxx!!!!!!!!!!!!!▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
          2023  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒:···:▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
          2024  █████████████████████████████████████████████████████

        · 2023-05-01 → 2023-06-01  31 slices missing

          ░▒▓█ rows, few to many   ! past what the workspace keeps   x deleted by policy
          · missing   : partly missing
          Not known what leaves the workspace soon: 1 table without retention.

        Status: 1 table, 88.1% covered; 822 slices with 421k rows archived, 42.1 MB.
        31 slices missing in 1 gap.

        """)
    #expect(
      render(spec, [coverage], columns: 40) == """
        SecurityEvent  2022-03-01 → 2025-01-01  88.1% covered
          822 exported, 92 unavailable,
          92 deleted by policy, 31 missing
          421k rows, 42.1 MB, of 2022-09-01 → 2025-01-01

                JFMAMJJASOND
          2022    xxx!!!▒▒▒▒
          2023  ▒▒▒▒·▒▒▒▒▒▒▒
          2024  ████████████

        · 2023-05-01 → 2023-06-01  31 slices missing

          ░▒▓█ rows, few to many
          ! past what the workspace keeps
          x deleted by policy   · missing
          Not known what leaves the workspace soon: 1 table without retention.

        Status: 1 table, 88.1% covered; 822 slices with 421k rows archived, 42.1 MB.
        31 slices missing in 1 gap.

        """)
  }

  @Test func `a map of any range fits into eighty columns`() throws {
    for days: Int64 in [1, 2, 28, 29, 90, 365, 366, 504, 505, 900] {
      let from = try Plans.tick("2022-05-04")
      let spec = try Coverages.spec(from: "2022-05-04", to: (from + .day * days).dateText, slice: "1h")
      let coverage = try Coverages.coverage(spec, asOf: "2025-06-01") {
        $0.start.weekday == 3 ? nil : Coverages.row("SecurityEvent", $0, rows: 1_234_567)
      }
      let map = StatusText(style: Style(colours: false), columns: 80).block(
        TableStatus(spec.tables[0], coverage), coverage
      )
      .map
      #expect(map.allSatisfy { $0.count <= 80 }, "\(days) days")
      #expect(map.count <= 1 + 28, "\(days) days")
    }
  }

  @Test func `many gaps are counted after the first`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-03")
    let coverage = try Coverages.coverage(spec, asOf: "2025-09-01") {
      CivilDate($0.start).hour % 2 == 0 ? nil : Coverages.row("SecurityEvent", $0, rows: 5)
    }
    let text = render(spec, [coverage])
    #expect(text.split(separator: "\n").count { $0.hasPrefix("· 2025") } == 8)
    #expect(text.contains("· and 16 more gaps of 16 slices; --json has all\n"))
    #expect(text.contains("Not known what leaves the workspace soon: 1 table without retention."))
  }

  @Test func `a table that is whole takes no more lines than its map`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-02", retention: "90d")
    let coverage = try Coverages.coverage(spec, asOf: "2025-09-01") { Coverages.row("SecurityEvent", $0, rows: 5) }
    #expect(
      render(spec, [coverage]) == """
        SecurityEvent  2025-08-01 → 2025-08-02  100% covered
          24 exported
          120 rows, 12.0 kB, of 2025-08-01 → 2025-08-02

                          00     06     12     18
          2025-08-01 Fri  ██████ ██████ ██████ ██████  120 rows  12.0 kB

          ░▒▓█ rows, few to many

        Status: 1 table, 100% covered; 24 slices with 120 rows archived, 12.0 kB.
        Nothing is missing.

        """)
  }

  @Test func `without a manifest it says so`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-02")
    let coverage = try Coverages.coverage(spec, asOf: "2025-09-01") { _ in nil }
    let view = StatusText(style: Style(colours: false), columns: 80)
    let text = view.render([view.block(TableStatus(spec.tables[0], coverage), coverage)], hasManifest: false)
    #expect(text.hasSuffix("Nothing is archived yet: there is no manifest. `logexport plan` says what it takes.\n"))
  }

  @Test func `what soon leaves the workspace is said with the time`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-11", retention: "30d")
    let coverage = try Coverages.coverage(spec, asOf: "2025-09-01T12:00:00Z") {
      $0.start.dateText == "2025-08-05" ? Coverages.row("SecurityEvent", $0, rows: 5) : nil
    }
    let text = render(spec, [coverage])
    #expect(text.contains("! 144 missing slices will leave the workspace from 2025-09-01 12:00 on\n"))
    #expect(text.contains("! 36 missing slices no longer in the workspace\n"))
  }

  @Test func `JSON has every figure and every gap`() throws {
    struct Decoded: Decodable {
      struct Table: Decodable {
        struct Gap: Decodable, Equatable {
          var start: String
          var end: String
          var slices: Int
        }
        struct Leaving: Decodable { var slices: Int }
        var table: String
        var settledTo: String
        var windowSeconds: Int
        var coveredSeconds: Int
        var slices: [String: Int]
        var rows: Int
        var bytes: Int
        var oldest: String?
        var newest: String?
        var gaps: [Gap]
        var leaving: Leaving?
      }
      var formatVersion: Int
      var tables: [Table]
      var summary: [String: Int]
    }
    let (spec, coverage) = try twoDays()
    let json = StatusJSON(
      asOf: try Plans.tick("2025-08-02T22:30:00Z"), workspace: spec.source.workspace, lineage: nil,
      tables: [TableStatus(spec.tables[0], coverage)], lost: [])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let decoded = try decoder.decode(Decoded.self, from: Data(json.text.utf8))
    #expect(decoded.formatVersion == 1)
    let table = decoded.tables[0]
    #expect(
      table.gaps == [
        Decoded.Table.Gap(start: "2025-08-01T06:00:00Z", end: "2025-08-01T09:00:00Z", slices: 3)
      ])
    #expect(table.slices["missing"] == 3 && table.slices["empty"] == 8 && table.slices["unsettled"] == 5)
    #expect(table.settledTo == "2025-08-02T19:00:00Z" && table.windowSeconds == 43 * 3600)
    #expect(table.coveredSeconds == 40 * 3600)
    #expect(table.rows == coverage.rows && table.bytes == coverage.rows * 100)
    #expect(table.oldest == "2025-08-01T04:00:00Z" && table.newest == "2025-08-02T19:00:00Z")
    #expect(table.leaving?.slices == 0)
    #expect(decoded.summary["missing_slices"] == 3)
  }
}
