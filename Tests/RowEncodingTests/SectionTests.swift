import RowEncoding
import Testing

@Suite struct SectionTests {
  /// 2025-01-01T00:00:00Z, and an hour, in ticks.
  private static let start: Int64 = 17_356_896_000_000_000
  private static let hour: Int64 = 36_000_000_000

  /// The given hours of 2025-01-01.
  private static func hours(_ hours: Int64..., drops: Bool = false) -> RowSections {
    RowSections(
      ranges: hours.map { start + $0 * hour..<start + ($0 + 1) * hour }, column: "TimeGenerated", dropsColumn: drops)
  }

  /// Rows of a number and a time each: an hour and what follows it.
  private static func document(_ rows: [(id: Int, time: String)]) -> String {
    response(
      ["Id:long", "TimeGenerated:datetime", "Text"],
      rows: rows.map { #"[\#($0.id),"2025-01-01T\#($0.time)Z","é\n"]"# }.joined(separator: " ,\n"),
      tail: #","statistics":{}"#)
  }

  private func encode(_ document: String, _ format: EncodingOptions.Format, _ sections: RowSections) -> Outcome {
    RowEncodingTests.encode([Array(document.utf8)], EncodingOptions(format: format), sections)
  }

  private static let ascending = document([
    (1, "00:00:00"), (2, "00:59:59.9999999"), (3, "01:00:00"), (4, "01:00:00.5"), (5, "03:30:00"),
  ])

  @Test func `each section is a document of its own`() {
    let sections = Self.hours(0, 1, 2, 3, 4, drops: true)
    let line = { (id: Int) in #"{"Id":\#(id),"Text":"é\n"}"# }
    #expect(
      encode(Self.ascending, .ndjson, sections).texts
        == [[1, 2], [3, 4], [], [5], []].map { $0.map { line($0) + "\n" }.joined() })
    #expect(
      encode(Self.ascending, .json, sections).texts
        == [[1, 2], [3, 4], [], [5], []].map {
          $0.isEmpty ? "" : "[\n" + $0.map(line).joined(separator: ",\n") + "\n]\n"
        })
    #expect(
      encode(Self.ascending, .csv, sections).texts
        == [[1, 2], [3, 4], [], [5], []].map {
          $0.isEmpty ? "" : "Id,Text\r\n" + $0.map { "\($0),\"é\n\"\r\n" }.joined()
        })
  }

  @Test func `the summary tells each section's rows, and its bytes of the response`() throws {
    let summary = try #require(encode(Self.ascending, .ndjson, Self.hours(0, 1, 2, 3)).summary)
    #expect(summary.sections.map(\.rows) == [2, 2, 0, 1])
    #expect(summary.rows == 5)
    let rows = [(1, 8), (2, 16), (3, 8), (4, 10), (5, 8)].map { #"[1,"2025-01-01TZ","é\n"]"#.utf8.count + $0.1 }
    // Each but the last is followed by a space, a comma and a line break.
    #expect(summary.sections.map(\.rawBytes) == [rows[0] + rows[1] + 6, rows[2] + rows[3] + 6, 0, rows[4]])
  }

  @Test func `a single section has all bytes of the response, and its rows in any order`() {
    let document = Self.document([(1, "00:59:59"), (2, "00:00:00"), (3, "00:30:00.1")])
    let outcome = encode(document, .ndjson, Self.hours(0, drops: true))
    #expect(outcome.summary?.sections == [SectionSummary(rows: 3, rawBytes: document.utf8.count)])
    #expect(outcome.text == [1, 2, 3].map { "{\"Id\":\($0),\"Text\":\"é\\n\"}\n" }.joined())
  }

  @Test(arguments: [
    (EncodingOptions.Format.ndjson, ""), (.json, "[]\n"), (.csv, "Id,TimeGenerated,Text\r\n"),
  ])
  func `only a single section without rows still is a document`(format: EncodingOptions.Format, expected: String) {
    let document = Self.document([])
    #expect(encode(document, format, Self.hours(0)).texts == [expected])
    #expect(encode(document, format, Self.hours(0, 1)).texts == ["", ""])
    #expect(encode(document, format, Self.hours(0, 1)).summary?.sections.map(\.rows) == [0, 0])
  }

  @Test func `a dropped time is no column of what is written`() {
    let document = Self.document([(1, "00:00:00")])
    #expect(encode(document, .ndjson, Self.hours(0, drops: true)).summary?.columns.map(\.name) == ["Id", "Text"])
    #expect(encode(document, .ndjson, Self.hours(0)).text?.contains(#""TimeGenerated":"2025-01-01T00:00:00Z""#) == true)
    #expect(encode(document, .csv, Self.hours(0)).text?.contains(#"1,2025-01-01T00:00:00Z,"é"#) == true)
    let first = response(["TimeGenerated:datetime", "A"], rows: #"["2025-01-01T00:00:00Z","x"]"#)
    #expect(encode(first, .ndjson, Self.hours(0, drops: true)).text == "{\"A\":\"x\"}\n")
    #expect(encode(first, .csv, Self.hours(0, drops: true)).text == "A\r\nx\r\n")
    let last = response(["A", "TimeGenerated:datetime"], rows: #"["x","2025-01-01T00:00:00Z" ]"#)
    #expect(encode(last, .json, Self.hours(0, drops: true)).text == "[\n{\"A\":\"x\"}\n]\n")
    let nullOnly = response(["A", "TimeGenerated:datetime"], rows: #"[null,"2025-01-01T00:00:00Z"]"#)
    #expect(encode(nullOnly, .csv, Self.hours(0, drops: true)).text == "A\r\n\"\"\r\n")
  }

  @Test(
    arguments: [
      (["00:00:00", "04:00:00"], [0, 1], "2025-01-01T04:00:00Z lies outside of what was asked for"),
      (["00:00:00", "01:00:00"], [0], "2025-01-01T01:00:00Z lies outside of what was asked for"),
      (["00:00:00", "01:30:00.25"], [0, 2], "2025-01-01T01:30:00.25Z lies outside of what was asked for"),
      (["01:00:00", "00:59:59.9999999"], [1], "2025-01-01T00:59:59.9999999Z lies outside"),
      (["01:00:00", "00:00:00"], [0, 1], "2025-01-01T00:00:00Z lies behind later rows"),
    ] as [([String], [Int64], String)])
  func `a row of another time is refused with its time and place`(times: [String], hours: [Int64], reason: String)
    throws
  {
    let document = Self.document(times.enumerated().map { ($0.offset + 1, $0.element) })
    let sections = RowSections(ranges: hours.flatMap { Self.hours($0).ranges }, column: "TimeGenerated")
    let error = try #require(encode(document, .ndjson, sections).error)
    #expect(error.reason.contains(reason))
    #expect(error.row == 1)
    let place = try #require(document.ranges(of: "\"2025").last).lowerBound
    #expect(error.offset == document.utf8.distance(from: document.startIndex, to: place))
  }

  @Test(arguments: ["null", "1", "true", #""""#, #""yesterday""#, #""2025-01-01T00:00:00""#, #"["2025"]"#])
  func `a row without a time is refused`(value: String) {
    let document = response(["A", "TimeGenerated:datetime"], rows: "[1,\(value)]")
    let error = encode(document, .ndjson, Self.hours(0)).error
    #expect(error?.reason == "a row's time is no datetime: \(value)")
    #expect(error?.row == 0)
    #expect(error?.offset == response(["A", "TimeGenerated:datetime"], rows: "[1,").utf8.count - "]}]}".utf8.count)
  }

  @Test(arguments: [["A"], ["A", "TimeGenerated:string"], ["A", "timegenerated:datetime"]])
  func `a response without the time column is refused`(columns: [String]) {
    let error = encode(response(columns, rows: ""), .ndjson, Self.hours(0, 1)).error
    #expect(error?.reason == "no datetime column 'TimeGenerated', by which rows are placed")
  }

  @Test(arguments: allOptions)
  func `sections are the same however the response is split`(options: EncodingOptions) {
    for document in [Self.ascending, Self.document([]), Self.document([(1, "00:00:00"), (2, "05:00:00")])] {
      let bytes = Array(document.utf8)
      for sections in [Self.hours(0, 1, 2, 3), Self.hours(0, 1, 3, drops: true)] {
        let whole = RowEncodingTests.encode([bytes], options, sections)
        for split in 1..<bytes.count {
          let halves = [Array(bytes[..<split]), Array(bytes[split...])]
          #expect(RowEncodingTests.encode(halves, options, sections) == whole, "\(document) split at \(split)")
        }
        #expect(RowEncodingTests.encode(bytes.map { [$0] }, options, sections) == whole)
      }
    }
  }

  @Test func `a row far larger than the chunks does not hide the section behind it`() {
    let text = String(repeating: "x]\\\"", count: 100_000)
    let rows = #"[1,"2025-01-01T00:00:00Z","\#(text)"],[2,"2025-01-01T01:00:00Z",""]"#
    let bytes = Array(response(["Id:long", "TimeGenerated:datetime", "Text"], rows: rows).utf8)
    let chunks = stride(from: 0, to: bytes.count, by: 5000).map { Array(bytes[$0..<min($0 + 5000, bytes.count)]) }
    let outcome = RowEncodingTests.encode(chunks, EncodingOptions(format: .ndjson), Self.hours(0, 1, drops: true))
    #expect(outcome.texts == ["{\"Id\":1,\"Text\":\"\(text)\"}\n", "{\"Id\":2,\"Text\":\"\"}\n"])
  }
}
