import Manifest
import Testing
import Timeline

@Suite struct `Another tool's log` {
  private func log(
    _ text: String, columns: String = "table=1,start=2,end=3,rows=4,url=5", inclusive: Bool = false
  ) throws -> ForeignLog {
    try ForeignLog(
      Array(text.utf8), place: "old.csv", columns: ForeignColumns(parsing: columns), isInclusive: inclusive)
  }

  private func range(_ start: String, _ end: String) throws -> TimeRange {
    TimeRange(try #require(Tick(iso8601: start)), try #require(Tick(iso8601: end)))
  }

  /// Last instants as tools write them, and the ends that they stand for.
  static let ends: [(text: String, inclusive: String)] = [
    ("2025-01-01T00:59:59", "2025-01-01T01:00:00Z"), ("2025-01-01 00:59:59.999", "2025-01-01T01:00:00Z"),
    ("2025-01-01T00:59:59.999000", "2025-01-01T01:00:00Z"), ("2025-01-01T00:59:59.9999999Z", "2025-01-01T01:00:00Z"),
    ("2025-01-01 00:59:59.999999999+00:00", "2025-01-01T01:00:00Z"), ("2025-01-01T00:59", "2025-01-01T01:00:00Z"),
    ("2025-01-01", "2025-01-02T00:00:00Z"), ("2025-01-01T02:59:59+02:00", "2025-01-01T01:00:00Z"),
    ("2025-01-01T00:59:59 UTC", "2025-01-01T01:00:00Z"), ("2025-01-01T01:00:00", "2025-01-01T01:00:01Z"),
  ]

  @Test(arguments: ends.indices)
  func `an inclusive end is the next whole second`(index: Int) throws {
    let (text, end) = Self.ends[index]
    let log = try log("T,2025-01-01,\"\(text)\",1,u\n", inclusive: true)
    #expect(log.entries.map(\.range) == [try range("2025-01-01", end)], "\(log.problems)")
  }

  @Test(arguments: [
    "2025-01-01T00:00:00/2025-01-01T01:00:00", "2025-01-01 00:00:00 - 2025-01-01 01:00:00",
    "2025-01-01T00:00:00Z to 2025-01-01T01:00:00Z", "[2025-01-01, 2025-01-01T01:00:00)",
    "2025-01-01T00:00..2025-01-01T01:00", "2025-01-01T00:00:00.000000 → 2025-01-01T01:00:00.000000000",
    "(2025-01-01 00:00:00+00:00;2025-01-01 01:00:00+00:00)",
  ])
  func `a range may stand in one column`(text: String) throws {
    let log = try log("When,T,N,B\n\"\(text)\",T,40.0,u\n", columns: "range=When,table=T,rows=N,url=B")
    #expect(log.entries.map(\.range) == [try range("2025-01-01", "2025-01-01T01:00:00Z")], "\(log.problems)")
    #expect(log.entries.map(\.rows) == [40])
  }

  /// Lines that cannot be used, and what is said of them.
  static let unusable: [(line: String, reason: String)] = [
    ("T,2025-01-01,soon,1,u", "'soon' is no time"), ("T,,2025-01-01,1,u", "'' is no time"),
    ("T,2025-01-02,2025-01-01,1,u", "does not lie after"), ("T,2025-01-01,2025-01-01,1,u", "does not lie after"),
    ("T,2025-01-01,2025-01-02,-1,u", "no number of rows"), ("T,2025-01-01,2025-01-02,1.5,u", "no number of rows"),
    ("T,2025-01-01,2025-01-02,,u", "no number of rows"), (",2025-01-01,2025-01-02,1,u", "names no table"),
    ("T,2025-01-01T00:00:00.00000001,2025-01-02,1,u", "is no time"), ("T", "is no time"),
  ]

  @Test(arguments: unusable.indices)
  func `a line that cannot be used is named, and the others are read`(index: Int) throws {
    let (line, reason) = Self.unusable[index]
    let log = try log("T,2025-01-01,2025-01-02,1,u\n\(line)\nT,2025-01-02,2025-01-03,1,u\n")
    #expect(log.entries.map(\.line) == [1, 3])
    #expect(log.problems.map(\.line) == [2])
    #expect(log.problems.allSatisfy { $0.reason.contains(reason) }, "\(log.problems)")
  }

  @Test func `the columns of a manifest are read without being named`() throws {
    let row = exported(slice(3))
    let log = try ForeignLog(segment([row]), place: "m", columns: .standard, isInclusive: false)
    #expect(log.entries.map(\.range) == [row.range] && log.entries.map(\.url) == [row.blobURL])
  }

  @Test(
    arguments: [
      ("bytes", "7", nil, 7), ("Bytes", "7", nil, 7), ("Size", "7.0", nil, 7), ("Size", "7 kB", nil, nil),
      ("Size", "7", "-", nil), ("Weight", "7", "Weight", 7), ("Weight", "7", nil, nil),
    ] as [(String, String, String?, Int?)])
  func `sizes are found by a usual name, or by the one that is said`(
    name: String, text: String, said: String?, bytes: Int?
  ) throws {
    let columns = "table=T,start=S,end=E,rows=R,url=U\(said.map { ",bytes=\($0)" } ?? "")"
    let log = try log("T,S,E,R,U,\(name)\nX,2025-01-01,2025-01-02,1,u,\(text)\n", columns: columns)
    #expect(log.entries.map(\.bytes) == [bytes], "\(log.problems)")
  }

  @Test func `a column that is absent is named with those that are there`() throws {
    let error = #expect(throws: ManifestError.self) { try log("A,B\n1,2\n", columns: "table=A,range=B,rows=C,url=D") }
    #expect(error?.reason == "there is no column 'C'")
    #expect(error?.remedy.contains("A, B") ?? false)
  }

  /// What is no CSV of commas in UTF-8, as it begins, and what is said of it.
  static let others: [(bytes: [UInt8], reason: String)] = [
    (Array("table;start;end;rows;blob_url\n".utf8), "separated by semicolons"),
    (Array("\u{FEFF}\"table\";\"start\";\"end\";\"rows\";\"blob_url\"\r\n".utf8), "separated by semicolons"),
    (Array("table\tstart\tend\trows\tblob_url".utf8), "separated by tabs"),
    (Array("T;2025-01-01 00:00:00,0;2025-01-01 01:00:00,0;1;u\n".utf8), "separated by semicolons"),
    ([0xFF, 0xFE] + "table,start".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "UTF-16"),
    ([0xFE, 0xFF, 0, 0x74], "UTF-16"), ("table,".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "UTF-16"),
    ([], "the file is empty"), (Array("\n\n".utf8), "the file is empty"), ([0xEF, 0xBB, 0xBF], "the file is empty"),
  ]

  @Test(arguments: others.indices)
  func `what is no CSV is named, with what makes it one`(index: Int) {
    let (bytes, reason) = Self.others[index]
    let error = #expect(throws: ManifestError.self) {
      try ForeignLog(bytes, place: "f", columns: .standard, isInclusive: false)
    }
    #expect(error?.reason.contains(reason) ?? false, "\(String(describing: error))")
    #expect(error?.remedy.hasPrefix("Nothing was changed. ") ?? false)
  }

  @Test func `semicolons within a file of commas are no separators`() throws {
    #expect(try log("T;U,2025-01-01,2025-01-02,1,a;b;c;d;e\n").entries.map(\.url) == ["a;b;c;d;e"])
  }

  @Test(arguments: [
    "tabel=A", "table", "table=A,table=B", "range=A,start=B", "table=1,rows=Rows", "=A", "table=",
  ])
  func `columns that are not said rightly are refused`(text: String) {
    #expect(throws: ForeignColumnsError.self) { try ForeignColumns(parsing: text) }
  }

  /// Files, and the fields of their records.
  static let files: [(text: String, fields: [[String]])] = [
    ("", []), ("\n\n", []), ("a", [["a"]]), ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    ("\u{FEFF}a,b\r\n\"c,\"\"\r\n\",\r\n", [["a", "b"], ["c,\"\r\n", ""]]), ("\"\"\n,\n", [[""], ["", ""]]),
    ("é,\"ü\"", [["é", "ü"]]), ("a,b c\"d\n", [["a", "b c\"d"]]),
  ]

  @Test(arguments: files.indices)
  func `a file of CSV is read as spreadsheets write it`(index: Int) throws {
    let (text, fields) = Self.files[index]
    #expect(try CSVDocument(Array(text.utf8), place: "f").records.map(\.fields) == fields)
  }

  @Test(arguments: ["\"a", "a,\"b\"c\n", "\"a\nb"])
  func `quoting that is broken is an error`(text: String) {
    #expect(throws: ManifestError.self) { try CSVDocument(Array(text.utf8), place: "f") }
  }

  @Test func `records know their lines, whatever lies within quotes`() throws {
    let document = try CSVDocument(Array("a\n\"b\n\nc\"\n\nd\n".utf8), place: "f")
    #expect(document.records.map(\.line) == [1, 2, 6])
  }
}
