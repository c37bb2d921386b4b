import Testing

@testable import Emulator

@Suite struct LogsGeneratorTests {
  private static let tables = ["SecurityEvent": 40, "SigninLogs": 20, "Syslog": 30, "Heartbeat": 2, "Any_CL": 15]

  @Test(arguments: tables.keys.sorted())
  func `the same seed gives the same rows, another one others`(table: String) throws {
    let query = "\(table) | where TimeGenerated < datetime(2025-03-04)"
    let first = try LogBench(generate: Self.tables).rows(query)
    #expect(try LogBench(generate: [table: Self.tables[table] ?? 0]).rows(query) == first)
    #expect(try LogBench(generate: Self.tables, seed: 2).rows(query) != first)
  }

  @Test(arguments: tables.keys.sorted())
  func `counts equal rows, and rows come sorted by time`(table: String) throws {
    let bench = try LogBench(generate: Self.tables, range: "2025-03-03T10:17:03.1234567Z/2025-03-04T09:00Z")
    guard case .array(let rows) = try JSONText(try bench.rows("\(table) | project TimeGenerated")) else {
      throw LogBenchFailure()
    }
    #expect(try bench.number("\(table) | count") == rows.count)
    let times = rows.compactMap { row -> Int64? in
      guard case .string(let text)? = row.first else { return nil }
      return KQLTime.datetime(text)
    }
    #expect(times == times.sorted() && times.count == rows.count)
    #expect(try bench.number("\(table) | where TimeGenerated < datetime(2025-03-03T10:17:03.1234567Z) | count") == 0)
    #expect(try bench.number("\(table) | where TimeGenerated >= datetime(2025-03-04T09:00Z) | count") == 0)
  }

  @Test func `ranges tile wherever they are cut`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(seed)
    let bench = try LogBench(generate: ["SecurityEvent": 300], seed: seed)
    let start = try #require(KQLTime.datetime("2025-03-02T22:00:00Z"))
    for _ in 0..<60 {
      let cuts = (0..<3).map { _ in start + Int64.random(in: 0..<9 * Ticks.day, using: &random) }.sorted()
      func count(_ from: Int64, _ to: Int64) throws -> Int {
        try bench.number(
          "SecurityEvent | where TimeGenerated >= datetime(\(iso(from))) and TimeGenerated < datetime(\(iso(to))) | count"
        )
      }
      let (left, right) = (try count(cuts[0], cuts[1]), try count(cuts[1], cuts[2]))
      #expect(try count(cuts[0], cuts[2]) == left + right, "seed \(seed), cuts \(cuts)")
    }
  }

  @Test func `bounds that no index takes are kept all the same`() throws {
    let bench = try LogBench(generate: ["T_CL": 30])
    let all = try bench.number("T_CL | count")
    let early = try bench.number(
      "T_CL | where TimeGenerated < datetime(2025-03-05) or TimeGenerated < datetime(2025-03-04) | count")
    let late = try bench.number("T_CL | where not(TimeGenerated < datetime(2025-03-05)) | count")
    #expect(early + late == all && early > 0 && late > 0)
    #expect(
      try bench.number(
        "T_CL | where TimeGenerated > datetime(2025-03-05) and TimeGenerated <= datetime(2025-03-04) | count") == 0)
  }

  @Test func `some rows share a tick, some hours of a small table are empty, and nights are quieter`() throws {
    let bench = try LogBench(generate: ["T_CL": 400, "Small_CL": 1])
    #expect(try bench.number("T_CL | summarize n = count() by TimeGenerated | where n > 1 | count") > 100)
    let hours = try bench.number("Small_CL | summarize count() by bin(TimeGenerated, 1h) | count")
    #expect(hours > 40 && hours < 150)
    let day = try bench.number("T_CL | where hourofday(TimeGenerated) between (8 .. 11) | count")
    let night = try bench.number("T_CL | where hourofday(TimeGenerated) between (0 .. 3) | count")
    #expect(day > 2 * night)
    let all = try bench.number("T_CL | count")
    #expect(abs(all - 7 * 24 * 400) < 7 * 24 * 40)
  }

  @Test func `every type is generated, its nulls included`() throws {
    let bench = try LogBench(generate: ["T_CL": 60])
    for column in ["Attempt", "Score", "Succeeded", "Cost", "Elapsed", "OperationId", "Started", "Properties"] {
      let nulls = try bench.number("T_CL | where isnull(\(column)) | count")
      let all = try bench.number("T_CL | count")
      #expect(nulls > all / 8 && nulls < all / 2, "\(column): \(nulls) of \(all)")
    }
    #expect(try bench.number("T_CL | where Number > 9007199254740992 | count") > 1000)
    #expect(
      try bench.number(
        "T_CL | where isnull(Properties.tags) and isnotnull(Properties) and tostring(Properties) != '[]' | count") == 0)
    #expect(
      try bench.number(
        "T_CL | where _BilledSize > 50 and isnotempty(tostring(_ItemId)) and _TimeReceived >= TimeGenerated | count")
        == bench.number("T_CL | count"))
  }

  @Test func `rows taken in join the generated ones`() throws {
    let bench = try LogBench(generate: ["SecurityEvent": 50])
    let day = "SecurityEvent | where TimeGenerated >= datetime(2025-03-04) and TimeGenerated < datetime(2025-03-05)"
    let before = try bench.number("\(day) | count")
    let row = #"{"TimeGenerated":"2025-03-04T12:00:00.0000001Z","Account":"late","Extra":1}"#
    #expect(bench.ingest("SecurityEvent", "[\(row),\(row)]") == nil)
    #expect(try bench.number("\(day) | count") == before + 2)
    #expect(
      try bench.rows("SecurityEvent | where Account == 'late' | project Account, Extra, Task")
        == #"[["late",1,null],["late",1,null]]"#)
    #expect(try bench.number("\(day) | where isnull(Extra) | count") == before)
    #expect(try bench.number("SecurityEvent | count", timespan: "2025-03-04/P1D") == before + 2)
    let times = try bench.rows("\(day) | sort by TimeGenerated asc | project TimeGenerated")
    #expect(try times == bench.rows("\(day) | project TimeGenerated"))
  }

  @Test func `a generator takes over what an earlier run loaded, and a load what it generated`() throws {
    let folder = try TemporaryFolder()
    let row = Array(#"{"TimeGenerated":"2025-03-04T00:00:00Z","Computer":"loaded","Extra":1}"#.utf8)
    do {
      let bench = try LogBench(folder: folder.path)
      #expect(bench.ingest("T_CL", String(decoding: row, as: UTF8.self)) == nil)
    }
    let bench = try LogBench(folder: folder.path, generate: ["T_CL": 20])
    let generated = try bench.number("T_CL | where isnotnull(Number) | count")
    #expect(generated > 1000)
    for _ in 0..<2 { try bench.workspace.load(row, into: "T_CL", timeKey: nil, anew: true) }
    #expect(try bench.rows("T_CL | where Computer == 'loaded' | project Extra, Number") == "[[1,null]]")
    #expect(try bench.number("T_CL | count") == generated + 1)
  }

  private func iso(_ ticks: Int64) -> String {
    let sink = ByteSink(capacity: 64)
    sink.append(iso: ticks)
    return String(decoding: sink.bytes, as: UTF8.self)
  }
}
