import Manifest
import TestSupport
import Testing
import Timeline

@Suite struct Codec {
  /// Any row that a writer may be asked to write.
  private func randomRow(_ random: inout SplitMix64) -> ManifestRow {
    let letters = [
      "\"", ",", "\r", "\n", "\r\n", "é", "漢", "🪵", " ", "a", "Z", "0", "-", ";", "\t", "\u{FEFF}", "\"\"",
      "\u{301}",
    ]
    func text(_ random: inout SplitMix64) -> String {
      (0..<Int.random(in: 0...12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
    }
    func count(_ random: inout SplitMix64) -> Int {
      .random(in: 0...[9, 100_000, 1_000_000_000_000].randomElement(using: &random)!, using: &random)
    }
    let start = Tick(rawValue: .random(in: 0...20_000_000_000_000_000, using: &random))
    let range = TimeRange(start, start + Timespan(ticks: .random(in: 1...1_000_000_000_000, using: &random)))
    let status = ManifestRow.Status.allCases.randomElement(using: &random) ?? .exported
    var row = ManifestRow(
      table: text(&random), range: range, rows: 0, status: status, sliceRange: range,
      exportedAt: Tick(rawValue: .random(in: 0...20_000_000_000_000_000, using: &random)), runID: text(&random))
    if [.exported, .adopted, .superseded].contains(status) {
      row.rows = count(&random)
      row.parts = .random(in: 1...9, using: &random)
      row.part = .random(in: 1...row.parts, using: &random)
      row.blobURL = "u" + text(&random)
      if Bool.random(using: &random) { row.shard = Shard(index: .random(in: 0..<8, using: &random), count: 8) }
    }
    row.generation = .random(in: 1...99, using: &random)
    row.bytes = count(&random)
    row.rawBytes = count(&random)
    row.contentMD5 = text(&random)
    row.sha256 = text(&random)
    row.etag = text(&random)
    row.queryHash = text(&random)
    row.schemaHash = text(&random)
    row.format = text(&random)
    row.compression = text(&random)
    row.countedRows = Bool.random(using: &random) ? nil : count(&random)
    return row
  }

  @Test func `rows of any content are read back as they were written`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let rows = (0..<Int.random(in: 0...8, using: &random)).map { _ in randomRow(&random) }
      #expect(try read(segment(rows)) == rows, "seed \(seed)")
    }
  }

  @Test func `the header names every column in the documented order`() {
    #expect(
      String(decoding: ManifestWriter.header, as: UTF8.self)
        == "table,start,end,rows,blob_url,status,slice_start,slice_end,generation,part,parts,shard,bytes,raw_bytes,"
        + "content_md5,sha256,etag,query_hash,schema_hash,format,compression,counted_rows,exported_at,run_id\n")
  }

  @Test func `a file that a spreadsheet saved is read alike`() throws {
    var row = exported(slice(0))
    row.etag = "\"0x8DC\""
    row.runID = "a, \"run\""
    let text = String(decoding: segment([row, exported(slice(1))]), as: UTF8.self)
    let crlf = text.split(separator: "\n").map { $0 + "\r\n" }.joined()
    #expect(try read(Array(crlf.utf8)) == read(Array(text.utf8)))
    #expect(try read([0xEF, 0xBB, 0xBF] + Array(crlf.utf8)).count == 2)
    let quoted = crlf.split(separator: "\r\n").map { line in
      line.contains("\"")
        ? line + "\r\n"
        : line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }.joined(separator: ",")
          + "\r\n"
    }
    #expect(try read(Array(quoted.joined().utf8)) == read(Array(text.utf8)))
  }

  @Test func `a text that ends in a carriage return keeps it`() throws {
    var row = exported(slice(0))
    row.runID = "run\r"
    #expect(try read(segment([row])) == [row])
  }

  @Test func `a segment without any byte has no rows`() throws {
    #expect(try read([]).isEmpty)
    #expect(try fold([]).slices.isEmpty)
  }
}

@Suite struct Refusals {
  private func message(_ bytes: [UInt8]) throws -> ManifestError {
    try #require(throws: ManifestError.self) { try read(bytes) }
  }

  @Test func `a last line that is cut off anywhere is refused by its number`() throws {
    let whole = segment([exported(slice(0)), exported(slice(1))])
    let line = ManifestWriter.lines([exported(slice(1))]).count
    for cut in 1..<line {
      let error = try message(Array(whole.dropLast(cut)))
      #expect(error.line == 3, "\(cut) bytes are missing")
      #expect(error.reason.contains("cut off"))
      #expect(throws: ManifestError.self) {
        var fold = ManifestFold(table: "T")
        try fold.add(Array(whole.dropLast(cut)), place: "m/T/2025.csv")
      }
    }
    #expect(try read(Array(whole.dropLast(line))).count == 1)
  }

  @Test func `a cut within a quoted text is refused`() throws {
    var row = exported(slice(0))
    row.runID = "one\ntwo, \"three\""
    let whole = segment([row])
    for cut in 1..<ManifestWriter.lines([row]).count {
      #expect(try message(Array(whole.dropLast(cut))).line == 2, "\(cut) bytes are missing")
    }
  }

  @Test func `a header that is cut off is refused`() throws {
    #expect(try message(Array(ManifestWriter.header.dropLast())).line == 1)
  }

  @Test(arguments: [
    ("rows,", "", "column 'rows' is missing"), ("run_id", "run_id,note", "column 'note' is unknown"),
    ("blob_url", "url", "column 'blob_url' is missing, and 'url' is unknown"),
    ("end,rows", "rows,end", "another order"), ("etag", "sha256", "column 'sha256' stands in the header twice"),
    ("table,", "table;", "is unknown"),
  ])
  func `a header with other columns is refused, and says which`(old: String, new: String, reason: String) throws {
    let header = String(decoding: ManifestWriter.header, as: UTF8.self)
    let error = try message(Array(header.replacing(old, with: new).utf8))
    #expect(error.line == 1)
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test func `a header in the middle is named as one`() throws {
    let error = try message(segment([exported(slice(0))]) + ManifestWriter.header)
    #expect(error.line == 3)
    #expect(error.reason == "the header stands here a second time")
    #expect("\(error)".hasPrefix("m/T/2025.csv:3: the header stands here a second time\n  Nothing was changed."))
  }

  @Test(arguments: [
    ("T,2025", "T,2025,2025", "25 fields, not 24"), (",10,", ",ten,", "'ten' is no count (rows)"),
    (",10,", ",-1,", "'-1' is no count (rows)"), (",10,", ",,", "rows is empty"),
    (",10,", ",99999999999999999999,", "is no count (rows)"),
    ("T,2025-01-01T00:00:00Z", "T,2025-02-30T00:00:00Z", "'2025-02-30T00:00:00Z' is no time (start)"),
    ("T,2025-01-01T00:00:00Z", "T,01/01/2025", "'01/01/2025' is no time (start)"),
    ("T,2025-01-01T00:00:00Z", "T,2025-01-01T01:00:00Z", "end does not lie after start"),
    ("T,2025-01-01T00:00:00Z", "T,2024-12-31T23:00:00Z", "does not lie within its slice"),
    ("exported,", "done,", "'done' is no status"), ("1,1,1,,", "0,1,1,,", "generations"),
    ("1,1,1,,", "1,2,1,,", "no part 2 of 1"), ("1,1,1,,", "1,0,0,,", "no part 0 of 0"),
    ("1,1,1,,", "1,1,1,3of2,", "'3of2' is no shard"),
    ("memory:///x", "", "blob_url is empty"), ("exported", "empty", "status is empty, but there are rows or parts"),
  ])
  func `a line that is wrong is refused, and says why`(old: String, new: String, reason: String) throws {
    let line = String(decoding: ManifestWriter.lines([exported(slice(0), blob: "memory:///x")]), as: UTF8.self)
    let wrong = try #require(line.firstRange(of: old).map { line.replacingCharacters(in: $0, with: new) })
    let error = try message(ManifestWriter.header + ManifestWriter.lines([exported(slice(1))]) + Array(wrong.utf8))
    #expect(error.line == 3)
    #expect(error.place == "m/T/2025.csv")
    #expect(error.reason.contains(reason), "\(error)")
    #expect(error.remedy.contains("Restore this file from a copy"))
  }

  @Test func `a row of another table is refused`() throws {
    var row = exported(slice(0))
    row.table = "U"
    let error = try #require(throws: ManifestError.self) { _ = try fold([exported(slice(1)), row]) }
    #expect(error.line == 3)
    #expect(error.reason.contains("table 'U' stands in the file of 'T'"))
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
