import Testing

@testable import Emulator

@Suite struct LogsUsageTests {
  private let query = "Usage | where TimeGenerated > ago(31d) | summarize Megabytes = sum(Quantity) by DataType"

  @Test func `the volume of every table with data is noted, whatever the times of its rows`() throws {
    let bench = try LogBench(generate: ["Syslog": 100])
    #expect(bench.ingest("Custom-Small_CL", #"[{"TimeGenerated":"2020-01-01T00:00:00Z","Text":"a word"}]"#) == nil)
    #expect(bench.define("Empty_CL", "Text:string") == nil)
    #expect(
      try bench.rows("Usage | project DataType, QuantityUnit, IsBillable")
        == #"[["Small_CL","MBytes",true],["Syslog","MBytes",true]]"#)
    #expect(try bench.number("Usage | where DataType == 'Syslog' and Quantity between (1.0 .. 100.0) | count") == 1)
    #expect(try bench.number("\(query) | count") == 2)
    #expect(try bench.number("Usage | where TimeGenerated < ago(1d) | count") == 0)
    #expect(try bench.rows(query, timespan: "P1D") != "[]")
    #expect(try bench.rows(query, timespan: "2020-01-01/2020-01-02") == "[]")
  }

  @Test func `rows of the last 90 days are noted in their own hour`() throws {
    let bench = try LogBench(generate: ["Syslog": 100], range: "2025-06-14T00:30Z/2025-06-14T02:00Z")
    // It is 2025-06-15T15:06:40Z.
    let text =
      #"[{"TimeGenerated":"2025-06-15T12:10:00Z","Text":"a"},{"TimeGenerated":"2025-06-15T10:50:00Z","Text":"b"},"#
      + #"{"TimeGenerated":"2025-06-15T10:10:00Z","Text":"c"}]"#
    #expect(bench.ingest("Custom-Small_CL", text) == nil)
    #expect(
      try bench.rows("Usage | where DataType == 'Small_CL' | project StartTime, EndTime | order by StartTime asc")
        == #"[["2025-06-15T10:00:00Z","2025-06-15T11:00:00Z"],["2025-06-15T12:00:00Z","2025-06-15T13:00:00Z"]]"#)
    // Half an hour, and one.
    #expect(
      try bench.rows("Usage | where DataType == 'Syslog' and Quantity > 0 | project StartTime | order by StartTime asc")
        == #"[["2025-06-14T00:00:00Z"],["2025-06-14T01:00:00Z"]]"#)
  }

  @Test func `a table of that name that was loaded takes its place`() throws {
    let bench = try LogBench(generate: ["Syslog": 100])
    #expect(bench.ingest("Microsoft-Usage", #"[{"TimeGenerated":"2020-01-01T00:00:00Z","DataType":"Mine"}]"#) == nil)
    #expect(try bench.rows("Usage | project DataType") == #"[["Mine"]]"#)
  }
}
