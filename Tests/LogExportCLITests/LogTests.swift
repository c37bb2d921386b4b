import FoundationEssentials
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `The log` {
  private let run = RunID(start: Tick(unixSeconds: 1_735_689_600), number: 0x1f2e)

  private func entry(_ message: String, _ fields: [String: JSONValue] = [:]) -> LogEntry {
    LogEntry(time: Tick(unixSeconds: 1_735_689_601), level: .warning, run: run, message: message, fields: fields)
  }

  @Test func `a run is named by its start and eight digits`() {
    #expect(run.description == "2025-01-01T00:00:00Z-00001f2e")
    #expect(RunID().digits != RunID().digits)
  }

  @Test func `a line of a file names the time, the level, the run and the fields`() {
    #expect(
      entry("again", ["table": "Syslog", "reason": "it broke off"]).line
        == "2025-01-01T00:00:01Z warning 2025-01-01T00:00:00Z-00001f2e again reason=\"it broke off\" table=Syslog")
    #expect(entry("again").brief == "warning: again")
  }

  @Test func `a line of JSON names them as well`() {
    #expect(
      entry("a \"word\"\n", ["table": "Syslog"]).json
        == #"{"level":"warning","message":"a \"word\"\n","run_id":"2025-01-01T00:00:00Z-00001f2e","table":"Syslog","time":"2025-01-01T00:00:01Z"}"#
    )
  }

  @Test func `numbers stay numbers`() {
    #expect(entry("done", ["rows": 12]).json.contains(#""rows":12,"#))
    #expect(entry("done", ["rows": 12]).line.hasSuffix(" done rows=12"))
  }

  @Test func `what a service says can neither forge a line nor move the cursor`() {
    let line = entry("bad\n2025-01-01T00:00:02Z info forged\u{1B}[2J").line
    #expect(!line.contains("\n") && !line.contains("\u{1B}"))
    #expect(line.contains("bad\\n2025"))
    #expect(!entry("bad\u{1B}[2J").brief.contains("\u{1B}"))
    #expect(entry("bad\n  Mend it.").brief == "warning: bad\n  Mend it.")
  }

  @Test func `the file takes every line, whatever the screen takes`() throws {
    try inFolder { folder in
      let log = try Log(threshold: .error, json: false, file: "\(folder)/log", run: run)
      log.write(.debug, "small")
      let text = try read("\(folder)/log")
      #expect(text.hasSuffix(" debug 2025-01-01T00:00:00Z-00001f2e small\n"))
    }
  }

  @Test func `a file that cannot be opened is an error that names it`() {
    let failure = #expect(throws: CommandFailure.self) { try LogFile("/nowhere/log") }
    #expect(failure?.message.contains("/nowhere/log") == true)
  }
}

@Suite struct `A log file` {
  @Test func `a new file begins when it is full, and the oldest goes`() throws {
    try inFolder { folder in
      let file = try LogFile("\(folder)/log", limit: 30, count: 3)
      // Two lines of eleven bytes fit.
      for number in 10..<20 { file.write("line nr \(number)") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["log", "log.1", "log.2"])
      #expect(try read("\(folder)/log") == "line nr 18\nline nr 19\n")
      #expect(try read("\(folder)/log.1") == "line nr 16\nline nr 17\n")
      #expect(try read("\(folder)/log.2") == "line nr 14\nline nr 15\n")
    }
  }

  @Test func `its size counts what earlier runs wrote`() throws {
    try inFolder { folder in
      for number in 0..<3 { try LogFile("\(folder)/log", limit: 20, count: 5).write("run number \(number)") }
      #expect(try read("\(folder)/log") == "run number 2\n")
      #expect(try read("\(folder)/log.2") == "run number 0\n")
    }
  }

  @Test func `a line that is longer than a file is written whole`() throws {
    try inFolder { folder in
      let file = try LogFile("\(folder)/log", limit: 5, count: 5)
      file.write("a long line")
      file.write("another one")
      #expect(try read("\(folder)/log") == "another one\n")
      #expect(try read("\(folder)/log.1") == "a long line\n")
    }
  }

  @Test func `two writers lose no line, whoever of them begins a new file`() throws {
    try inFolder { folder in
      let writers = [
        try LogFile("\(folder)/log", limit: 100, count: 50), try LogFile("\(folder)/log", limit: 100, count: 50),
      ]
      for number in 0..<200 { writers[number % 2].write("line \(number)") }
      var lines: [Substring] = []
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let text = try read("\(folder)/\(name)")
        #expect(text.utf8.count <= 100)
        lines += text.split(separator: "\n")
      }
      #expect(lines.count == 200 && Set(lines).count == 200)
    }
  }

  @Test func `writers of several tasks at once lose no line`() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let files = [
      try LogFile("\(folder)/log", limit: 200, count: 100), try LogFile("\(folder)/log", limit: 200, count: 100),
    ]
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<300 { group.addTask { files[number % 2].write("line \(number)") } }
    }
    var lines: [Substring] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      lines += try read("\(folder)/\(name)").split(separator: "\n")
    }
    #expect(Set(lines).count == 300 && lines.count == 300)
  }

  @Test func `a file that was moved away is begun anew`() throws {
    try inFolder { folder in
      let file = try LogFile("\(folder)/log")
      file.write("before")
      try FileManager.default.moveItem(atPath: "\(folder)/log", toPath: "\(folder)/kept")
      file.write("after")
      #expect(try read("\(folder)/log") == "after\n")
      #expect(try read("\(folder)/kept") == "before\n")
    }
  }

  @Test func `a line that is lost is said to be`() throws {
    #expect(try LogFile("/dev/full").write("lost")?.hasSuffix("No space left on device") == true)
    try inFolder { folder in
      let file = try LogFile("\(folder)/logs")
      #expect(file.write("kept") == nil)
      try FileManager.default.removeItem(atPath: folder)
      #expect(file.write("lost")?.contains("\(folder)/logs cannot be written") == true)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  @Test func `a device is written to as it is`() throws {
    let file = try LogFile("/dev/null", limit: 1)
    for _ in 0..<3 { file.write("gone") }
    #expect(
      FileManager.default.fileExists(atPath: "/dev/null") && !FileManager.default.fileExists(atPath: "/dev/null.1"))
  }
}

private func makeFolder() throws -> String {
  let folder = FileManager.default.temporaryDirectory.path + "/logexport-log-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder
}

private func remove(_ folder: String) {
  do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
}

private func inFolder(_ body: (String) throws -> Void) throws {
  let folder = try makeFolder()
  defer { remove(folder) }
  try body(folder)
}

private func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
