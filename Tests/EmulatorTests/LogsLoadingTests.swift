import FoundationEssentials
import Testing

@testable import Emulator

@Suite struct LogsLoadingTests {
  @Test(
    arguments: [
      ("true", "false", ColumnType.bool, "[[true],[false]]"),
      ("1", "-9214364837600034816", .long, "[[1],[-9214364837600034816]]"),
      ("9223372036854775807", "null", .long, "[[9223372036854775807],[null]]"),
      ("1", "0.5", .real, "[[1.0],[0.5]]"),
      ("1e3", "-0.0", .real, "[[1000.0],[-0.0]]"),
      ("9007199254740993", "0.5", .dynamic, #"[["9007199254740993"],["0.5"]]"#),
      ("18446744073709551615", "1", .dynamic, #"[["18446744073709551615"],["1"]]"#),
      (#""a""#, "null", .string, #"[["a"],[""]]"#),
      ("null", "null", .string, #"[[""],[""]]"#),
      (#""a""#, "1", .dynamic, #"[["\"a\""],["1"]]"#),
      ("true", "1", .dynamic, #"[["true"],["1"]]"#),
      (#"{ "a" : [ 1.10, "x \" y" ] }"#, "[]", .dynamic, #"[["{\"a\":[1.10,\"x \\\" y\"]}"],["[]"]]"#),
      (#""2025-01-01T00:00:00.1234567Z""#, "null", .string, #"[["2025-01-01T00:00:00.1234567Z"],[""]]"#),
      (#""\u0041\n\uD83D\uDE00\ud800""#, #""größe""#, .string, "[[\"A\\n😀\u{FFFD}\"],[\"größe\"]]"),
    ] as [(String, String, ColumnType, String)])
  func `a column's type holds all of its values`(first: String, second: String, type: ColumnType, rows: String) throws {
    let bench = try LogBench()
    let lines = [first, second].map { #"{"TimeGenerated":"2025-01-01","v":\#($0)}"# }.joined(separator: "\n")
    #expect(bench.ingest("T_CL", lines) == nil)
    #expect(try bench.text("T_CL | project v").contains(#"[{"name":"v","type":"\#(type.rawValue)"}]"#))
    #expect(try bench.rows("T_CL | project v") == rows)
  }

  @Test func `keys that are no identifiers are renamed, and renamed alike the next time`() throws {
    let bench = try LogBench()
    let row = #"{"@a":1,"_a":2,"-a":3,"A b":4,"a_B":5,"7":6,"größe":7,"":8,"TimeGenerated":"x","when":"2025-01-01"}"#
    for _ in 0..<2 {
      try bench.workspace.load(Array(row.utf8), into: "T_CL", timeKey: "when", anew: false)
    }
    let text = try bench.text("T_CL | take 1")
    let table = try #require(try JSONText(text).member("tables")?.first)
    guard case .array(let columns) = table.member("columns") else { throw LogBenchFailure() }
    let names = columns.map { $0.member("name")?.text ?? "" }.joined(separator: " ")
    #expect(names == #""TimeGenerated" "_a" "_a1" "_a2" "A_b" "a_B1" "_7" "gr__e" "_" "TimeGenerated1""#)
    #expect(
      try bench.rows("T_CL")
        == [String](repeating: #"["2025-01-01T00:00:00Z",1,2,3,4,5,6,7,8,"x"]"#, count: 2)
        .joined(separator: ",").inBrackets)
  }

  @Test func `a later load adds its columns`() throws {
    let bench = try LogBench()
    #expect(bench.ingest("T_CL", #"{"TimeGenerated":"2025-01-01T00:00:01.0000001+02:00","a":1}"#) == nil)
    #expect(bench.ingest("T_CL", #"{"TimeGenerated":"2025-01-01 00:00","b":"x","c":2}"#) == nil)
    #expect(
      try bench.rows("T_CL")
        == #"[["2024-12-31T22:00:01.0000001Z",1,"",null],["2025-01-01T00:00:00Z",null,"x",2]]"#)
  }

  @Test(arguments: [
    ("{\"TimeGenerated\":\"2025-01-01\",\"a\":1}\n\n{\"a\":2}", "line 3: no time in TimeGenerated"),
    (#"{"TimeGenerated":"soon"}"#, "line 1: column TimeGenerated is of type datetime, which soon is not"),
    (#"[{"TimeGenerated":"2025-01-01"},{"TimeGenerated":null}]"#, "row 2: no time in TimeGenerated"),
    (#"{"TimeGenerated":"2025-01-01","a":01}"#, "line 1: a number with a leading zero"),
    (#"[{"TimeGenerated":"2025-01-01"}"#, "row 2: expected ']'"),
    (#"{"TimeGenerated":"2025-01-01"} x"#, "line 1: text behind the object"),
    ("3", "line 1: expected '{'"),
    ("{\"a\":\"\u{1}\"}", "line 1: a control character inside a string"),
  ])
  func `a load that cannot be read whole is refused whole`(text: String, reason: String) throws {
    let bench = try LogBench()
    #expect(bench.ingest("Known_CL", #"{"TimeGenerated":"2025-01-01","a":1}"#) == nil)
    for table in ["T_CL", "Known_CL"] {
      let refusal = try #require(bench.ingest(table, text))
      #expect(refusal.contains(Escaped.json(reason).dropFirst().dropLast()), "\(refusal)")
    }
    #expect(try bench.number("Known_CL | count") == 1)
    #expect(bench.respond("T_CL").status == 400)
  }

  @Test func `a value that is none of its column's type is refused with its row`() throws {
    let bench = try LogBench()
    #expect(bench.ingest("T_CL", #"{"TimeGenerated":"2025-01-01","a":1}"#) == nil)
    let refusal = try #require(bench.ingest("T_CL", #"[{"TimeGenerated":"2025-01-01","a":"b"}]"#))
    #expect(refusal.contains("row 1: column a is of type long, which b is not"))
  }

  @Test func `streams name their tables`() throws {
    let bench = try LogBench()
    #expect(bench.ingest("Custom-My_CL", #"[{"TimeGenerated":"2025-01-01"}]"#) == nil)
    #expect(bench.ingest("Microsoft-SecurityEvent", #"[{"TimeGenerated":"2025-01-01","EventID":"4624"}]"#) == nil)
    #expect(try bench.number("My_CL | count") == 1)
    #expect(
      try bench.rows("SecurityEvent | project EventID, Account, Task, Type") == #"[[4624,"",null,"SecurityEvent"]]"#)
    #expect(bench.ingest("Custom-no table", "[]") != nil)
    #expect(bench.ingest("my_cl", #"[{"TimeGenerated":"2025-01-01"}]"#)?.contains("differs in case") == true)
  }

  @Test func `hidden columns are there for those who name them`() throws {
    let bench = try LogBench()
    #expect(bench.ingest("T_CL", #"[{"TimeGenerated":"2025-01-01","a":"xyz"}]"#) == nil)
    #expect(try bench.rows("T_CL") == #"[["2025-01-01T00:00:00Z","xyz"]]"#)
    #expect(
      try bench.rows("T_CL | project _BilledSize, _TimeReceived, _ResourceId") == #"[[13.0,"2025-06-15T15:06:40Z",""]]"#
    )
    #expect(try bench.rows("T_CL | project n = strlen(tostring(_ItemId))") == "[[36]]")
  }

  @Test func `rows and types survive a restart, and a load of the command line begins anew`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/rows.ndjson"
    try Data(#"{"at":"2025-01-01","a":1}"#.utf8).write(to: URL(filePath: file))
    for _ in 0..<2 {
      let options = try EmulatorOptions([
        "--data", folder.path, "--load", "L_CL=\(file):time=at", "--load", "L_CL=\(file):time=at",
      ])
      let workspace = try Workspace(options)
      #expect(workspace.ingest(stream: "T_CL", body: Array(#"[{"TimeGenerated":"2025-01-01","@x":"y"}]"#.utf8)) == nil)
    }
    let bench = try LogBench(folder: folder.path)
    #expect(try bench.rows("L_CL | project a") == "[[1],[1]]")
    #expect(try bench.rows("T_CL | project _x") == #"[["y"],["y"]]"#)
    #expect(throws: (any Error).self) { try LogBench(folder: folder.path) }
  }

  @Test(
    .enabled(if: WindowsEvents.file != nil, "needs ../shared/data/windows-events-small.zip and python3"))
  func `real logs come back with every value as it was`() throws {
    let folder = try TemporaryFolder()
    let bytes = try WindowsEvents.unpack(into: folder.path)
    let bench = try LogBench()
    try bench.workspace.load(bytes, into: "W_CL", timeKey: "@timestamp", anew: true)
    let answer = try JSONText(try bench.text("W_CL"))
    let table = try #require(answer.member("tables")?.first)
    guard case .array(let columns) = table.member("columns"), case .array(let rows) = table.member("rows") else {
      throw LogBenchFailure()
    }
    let names = columns.map { column -> String in
      guard case .string(let name) = column.member("name") else { return "" }
      return ["TimeGenerated": "@timestamp", "_version": "@version"][name] ?? name
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    #expect(rows.count == lines.count && rows.count == 2067)
    for (line, row) in zip(lines, rows) {
      guard case .array(let values) = row,
        case .object(let members) = try JSONText(String(decoding: line, as: UTF8.self))
      else { throw LogBenchFailure() }
      let found = Dictionary(uniqueKeysWithValues: zip(names, values))
      for (key, value) in members where key != "@timestamp" {
        let text = if case .array = value, case .string(let inner)? = found[key] { inner } else { found[key]?.text }
        if text != value.text { Issue.record("\(key): \(text ?? "absent"), not \(value.text)") }
      }
    }
  }
}

extension String {
  fileprivate var inBrackets: String { "[\(self)]" }
}

/// Recorded Windows events, where they lie beside the package.
enum WindowsEvents {
  static let file: String? = Recording.folder.map { $0 + "/../data/windows-events-small.zip" }
    .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

  /// The bytes of the file in the archive, by way of Python's zipfile.
  static func unpack(into folder: String) throws -> [UInt8] {
    try Command.run("python3", "-m", "zipfile", "-e", file ?? "", folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
    return Array(try Data(contentsOf: URL(filePath: folder + "/" + (names.first ?? ""))))
  }
}
