import Testing

@testable import Emulator

/// Bodies against those that the service sent.
@Suite(.enabled(if: Recording.folder != nil, "needs ../shared/wire, recorded answers of the service"))
struct LogsAnswerTests {
  private static let columns =
    "x:long y:long DateTime:datetime Bool:bool Guid:guid Int:int Long:long Double:real String:string Timespan:timespan "
    + "Decimal:decimal Dynamic:dynamic"

  @Test func `every type is written byte for byte as recorded`() throws {
    let bench = try LogBench()
    #expect(bench.define("T_CL", Self.columns) == nil)
    for x in [1, 99, 100] {
      let row = """
        {"TimeGenerated":"2025-01-01","x":\(x),"y":1,"DateTime":"2015-12-31T23:59:59.9Z","Bool":false,
        "Guid":"74BE27DE-1E4E-49D9-B579-FE0B331D3642","Int":12345,"Long":1,"Double":12345.6789,
        "String":"string value","Timespan":"00:00:10","Decimal":"0.10101",
        "Dynamic":{"a": 123, "b": "hello", "c": [1, 2, 3], "d": {}}}
        """
      #expect(bench.ingest("Custom-T_CL", "[\(row)]") == nil)
    }
    let names = Self.columns.split(separator: " ").map { $0.split(separator: ":")[0] }.joined(separator: ", ")
    let answer = try bench.text("T_CL | project \(names) | sort by x desc", members: true)
    let recorded = try Recording.read("all-types.json")
    let end = try #require(recorded.range(of: #","statistics""#))
    #expect(answer.prefix(recorded[..<end].count) == recorded[..<end])
    #expect(try JSONText(answer).shape == (try JSONText(recorded).shape))
  }

  @Test func `the largest values of each type survive`() throws {
    let bench = try LogBench()
    let recorded = try JSONText(try Recording.read("extreme-values.json"))
    let table = try #require(recorded.member("tables")?.first)
    guard case .array(let columns) = table.member("columns"), case .array(let values) = table.member("rows")?.first
    else { throw LogBenchFailure() }
    let names = columns.compactMap { column -> (String, String)? in
      guard case .string(let name) = column.member("name"), case .string(let type) = column.member("type") else {
        return nil
      }
      return (name, type)
    }
    #expect(bench.define("T_CL", names.map { "\($0.0):\($0.1)" }.joined(separator: " ")) == nil)
    var row = zip(names, values).map { name, value -> String in
      if case .string(let text) = value, name.1 == "dynamic" { return "\"\(name.0)\":\(text)" }
      return "\"\(name.0)\":\(value.text)"
    }
    row.append(#""TimeGenerated":"2025-01-01T00:00:00Z""#)
    #expect(bench.ingest("T_CL", "{\(row.joined(separator: ","))}") == nil)
    let answer = try bench.text("T_CL | project \(names.map(\.0).joined(separator: ", "))")
    #expect(try JSONText(answer).text == recorded.text)
  }

  @Test func `a result over the size limit ends as recorded`() throws {
    let bench = try LogBench(limits: QueryLimits(rows: 100, bytes: 90))
    let recorded = try Recording.read("truncated-64mb.json")
    #expect(bench.define("T_CL", "Message:string") == nil)
    let rows = [("2023-09-28", "first"), ("2023-09-28T00:00:00.0000001Z", "second"), ("2023-09-29", "third")]
    for (time, text) in rows {
      #expect(bench.ingest("T_CL", #"[{"TimeGenerated":"\#(time)","Message":"\#(text)"}]"#) == nil)
    }
    let answer = try bench.text("T_CL | sort by TimeGenerated asc")
    #expect(answer == recorded.replacing("64000000", with: "90"))
  }

  @Test func `errors have the recorded shape`() throws {
    let bench = try LogBench(generate: ["T_CL": 100])
    let syntax = bench.respond("T_CL | where (")
    #expect(syntax.status == 400)
    #expect(try shape(of: syntax) == (try JSONText(try Recording.read("syntax-error.json")).shape))
    let timeout = bench.respond("T_CL | summarize count() by Computer", wait: 0)
    #expect(timeout.status == 504)
    #expect(try shape(of: timeout) == (try JSONText(try Recording.read("gateway-timeout.json")).shape))
  }

  private func shape(of response: LogQueryResponse) throws -> String {
    try JSONText(String(decoding: try response.body.bytes(), as: UTF8.self)).shape
  }
}

struct LogBenchFailure: Error {}

extension String {
  /// Every `old` replaced.
  fileprivate func replacing(_ old: String, with new: String) -> String {
    var out = ""
    var rest = self[...]
    while let end = String(rest).range(of: old) {
      let count = String(rest).utf8.distance(from: String(rest).startIndex, to: end)
      let stop = rest.utf8.index(rest.startIndex, offsetBy: count)
      out += rest[..<rest.utf8.index(stop, offsetBy: -old.utf8.count)] + new
      rest = rest[stop...]
    }
    return out + rest
  }
}
