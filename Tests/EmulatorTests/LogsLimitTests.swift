import Testing

@testable import Emulator

@Suite struct LogsLimitTests {
  private static let rows = (0..<10).map { #"{"TimeGenerated":"2025-01-01T00:00:0\#($0).5Z","n":\#($0)}"# }
    .joined(separator: "\n")

  @Test func `rows stop at their limit and the error follows them`() throws {
    let bench = try LogBench(limits: QueryLimits(rows: 3, bytes: 1000))
    #expect(bench.ingest("T_CL", Self.rows) == nil)
    let text = try bench.text("T_CL | project n")
    #expect(text.contains(#""rows":[[0],[1],[2]]}],"error":{"code":"PartialError""#))
    #expect(
      text.contains(#""code":"-2133196797","message":"The results of this query exceed the set limit of 3 records"#))
    #expect(try bench.text("T_CL | project n | take 3").contains("error") == false)
  }

  @Test func `bytes bind however few the rows are`() throws {
    let bench = try LogBench(limits: QueryLimits(rows: 3, bytes: 7))
    #expect(bench.ingest("T_CL", Self.rows) == nil)
    let text = try bench.text("T_CL | project n")
    #expect(text.contains(#""rows":[[0],[1]]}],"error""#))
    #expect(text.contains("set limit of 7 bytes"))
  }

  @Test func `every buffer size gives the same body`() throws {
    let bench = try LogBench(generate: ["T_CL": 20])
    let whole = try bench.text("T_CL | take 50")
    for size in [1, 7, 100, 4096] {
      let body = bench.respond("T_CL | take 50").body
      var pieces: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: size)
      while case let count = try buffer.withUnsafeMutableBytes({ try body.next(into: $0) }), count > 0 {
        pieces += buffer[..<count]
      }
      #expect(String(decoding: pieces, as: UTF8.self) == whole)
    }
  }

  @Test(arguments: [
    ("2025-01-01T00:00:02Z/2025-01-01T00:00:05.5Z", 3),
    ("2025-01-01T00:00:02.5Z/PT2S", 2),
    ("PT1.5S/2025-01-01T00:00:05Z", 2),
    ("2025-01-01/2025-01-02", 10),
    ("P1D", 0),
  ])
  func `a timespan narrows the query, its end left out`(timespan: String, count: Int) throws {
    let bench = try LogBench()
    #expect(bench.ingest("T_CL", Self.rows) == nil)
    #expect(try bench.number("T_CL | count", timespan: timespan) == count)
    #expect(
      try bench.number("T_CL | where TimeGenerated >= datetime(2025-01-01T00:00:09Z) | count", timespan: timespan)
        == (count == 10 ? 1 : 0))
  }

  @Test(arguments: ["yesterday", "P", "P1Y", "2025-01-01", "2025-01-01/", "P1D/P1D", "2025-01-01/2025-01-02/P1D"])
  func `a timespan that cannot be read is a bad argument`(timespan: String) throws {
    let response = try LogBench().respond("print 1", timespan: timespan)
    #expect(response.status == 400)
  }

  @Test func `the wait ends with the first row, for then the reader sets the pace`() throws {
    let bench = try LogBench(generate: ["T_CL": 200])
    let response = bench.respond("T_CL", wait: 0)
    #expect(response.status == 200)
    #expect(String(decoding: try response.body.bytes(), as: UTF8.self).hasSuffix("]]}]}"))
    #expect(bench.respond("T_CL | count", wait: 0).status == 504)
  }

  @Test func `a search needs a timespan`() throws {
    let bench = try LogBench()
    #expect(bench.ingest("T_CL", Self.rows) == nil)
    #expect(bench.respond("T_CL", endpoint: .search).status == 400)
    #expect(bench.respond("T_CL", timespan: "2025-01-01/P1D", endpoint: .search).status == 200)
  }

  @Test func `a reader that stalls holds up neither queries nor loads`() throws {
    let bench = try LogBench()
    let many = (0..<3000).map {
      #"{"TimeGenerated":"2025-01-01","n":\#($0),"text":"\#(String(repeating: "x", count: 99))"}"#
    }
    #expect(bench.ingest("T_CL", many.joined(separator: "\n")) == nil)
    let stalled = (0..<5).map { _ in bench.respond("T_CL").body }
    var piece = [UInt8](repeating: 0, count: 100)
    for body in stalled { #expect(try piece.withUnsafeMutableBytes { try body.next(into: $0) } == 100) }
    #expect(bench.ingest("T_CL", many.joined(separator: "\n")) == nil)
    #expect(try bench.number("T_CL | count") == 6000)
    for body in stalled {
      let rest = String(decoding: try body.bytes(), as: UTF8.self)
      #expect(rest.split(separator: "],[", omittingEmptySubsequences: false).count == 3000)
    }
  }
}
