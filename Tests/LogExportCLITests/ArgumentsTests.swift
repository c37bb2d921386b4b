import FoundationEssentials
import Testing

@testable import LogExportCLI

@Suite struct `The command line` {
  @Test func `takes values attached and apart`() throws {
    let arguments = try Arguments(parsing: ["plan", "-f", "a.yaml", "--table=Sign*", "--table", "Syslog", "--no-list"])
    #expect(arguments.command == "plan")
    #expect(arguments.value("spec") == "a.yaml")
    #expect(arguments.all("table") == ["Sign*", "Syslog"])
    #expect(arguments.has("no-list") && !arguments.has("refresh"))
  }

  @Test func `keeps an equals sign within a value`() throws {
    let arguments = try Arguments(parsing: ["plan", "--table=a=b"])
    #expect(arguments.value("table") == "a=b")
  }

  @Test(arguments: [("1kB", 1000), ("1KB", 1000), ("2MB", 2_000_000), ("3GB", 3_000_000_000), ("12", 12), ("5B", 5)])
  func `takes sizes as the program writes them`(text: String, bytes: Int) throws {
    #expect(try Arguments(parsing: ["apply", "--max-bytes", text]).size("max-bytes") == bytes)
  }

  @Test func `asks for help in every usual way`() throws {
    for words in [
      [], ["--help"], ["-h"], ["help"], ["help", "plan"], ["plan", "--help"], ["plan", "-h"],
      ["help", "manifest", "import"], ["manifest", "import", "-h"], ["help", "completion", "zsh"],
    ] {
      let arguments = try Arguments(parsing: words)
      #expect(arguments.wantsHelp || arguments.command == "help", "\(words)")
    }
    #expect(try Arguments(parsing: ["help", "plan"]).operand == "plan")
    #expect(try Arguments(parsing: ["completion", "--help"]).wantsHelp)
  }

  @Test func `says its version in every usual way`() throws {
    for words in [["version"], ["--version"], ["-v"], ["-V"]] {
      #expect(try Arguments(parsing: words).command == "version", "\(words)")
    }
  }

  @Test(arguments: [
    (["plam"], "there is no command 'plam'; did you mean 'plan'?"),
    (["plan", "--no-lst"], "there is no option '--no-lst'; did you mean '--no-list'?"),
    (["validate", "--auto-approve"], "'validate' has no --auto-approve"),
    (["graph", "--json"], "'graph' has no --json"),
    (["plan", "-x"], "there is no option '-x'"),
    (["plan", "extra"], "'plan' takes no argument 'extra'"),
    (["plan", "--spec"], "--spec needs FILE"),
    (["plan", "--no-list=yes"], "--no-list takes no value"),
    (["plan", "-f", "a", "--spec", "b"], "--spec is given twice"),
    (["help", "plam"], "there is no command 'plam'; did you mean 'plan'?"),
    (["help", "plan", "apply"], "'help' takes no argument 'apply'"),
    (["help", "manifest", "imprt"], "'manifest' is one of list, rebuild, import, not 'imprt'; did you mean 'import'?"),
    (["help", "manifest", "import", "x"], "'help' takes no argument 'x'"),
    (["-v", "plan"], "the command comes first, then its options: logexport plan -v …"),
    (["--json", "-v"], "the command comes first, then its options: logexport plan --json …"),
    (["-q"], "the command comes first, then its options: logexport plan -q …"),
    (["show"], "'show' needs PLAN"),
    (["completion"], "'completion' needs one of bash, zsh, fish, tables"),
    (["completion", "bsh"], "'completion' is one of bash, zsh, fish, tables, not 'bsh'; did you mean 'bash'?"),
    (["plan", "--format", "jsno"], "--format is one of text, markdown, json, not 'jsno'; did you mean 'json'?"),
    (["graph", "--format", "json"], "--format is one of dot, mermaid, not 'json'"),
  ]) func `refuses what it does not know, with the nearest thing that it does`(words: [String], message: String) {
    let failure = #expect(throws: CommandFailure.self) { try Arguments(parsing: words) }
    #expect(failure?.code == .usage)
    #expect(failure?.message.split(separator: "\n").first == Substring(message))
  }

  @Test(arguments: [
    ("SigninLogs", "Sign*", true), ("SigninLogs", "*logs", true), ("Syslog", "Sign*", false),
    ("Syslog", "??slog", true),
    ("Syslog", "*", true), ("Syslog", "", false), ("Syslog", "syslog?", false), ("", "", true), ("", "**", true),
    ("SecurityEvent", "*e*e*", true), ("SecurityEvent", "*e*v?n*t", true), ("SecurityEvent", "s*y*e", false),
    // As many ways to match it as no machine could try.
    (String(repeating: "a", count: 200), String(repeating: "a*", count: 60) + "b", false),
  ]) func `globs match as in a shell, whatever the case`(name: String, glob: String, matched: Bool) {
    #expect(matches(name, glob: glob) == matched)
  }

  @Test(arguments: [
    (Quantity.count(0), "0"), (Quantity.count(9_999), "9999"), (Quantity.count(12_400), "12.4k"),
    (Quantity.count(9_100_000), "9.1M"), (Quantity.count(168_000_000), "168M"), (Quantity.bytes(999), "999 B"),
    (Quantity.bytes(7_100_000_000), "7.1 GB"), (Quantity.of(1, "slice"), "1 slice"),
    (Quantity.of(2, "slice"), "2 slices"), (Quantity.of(2, "query"), "2 queries"), (Quantity.of(2, "day"), "2 days"),
    (Quantity.minutes(119), "1 min"), (Quantity.minutes(12_000), "3 h 20 min"),
  ]) func `quantities read as people say them`(found: String, expected: String) {
    #expect(found == expected)
  }
}

@Suite struct `Files that are written` {
  @Test(arguments: ["plan", "report"])
  func `are neither the spec, by whatever name, nor a directory`(command: String) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/logexport-out-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
    let spec = "\(folder)/soc.yaml"
    try Data().write(to: URL(filePath: spec))
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: spec)
    try FileManager.default.linkItem(atPath: spec, toPath: "\(folder)/hard")
    func check(_ flag: String, _ path: String) throws {
      try OutputFile.check(Arguments(command: command, values: ["spec": [spec], flag: [path]]))
    }
    for flag in ["out", "log-file"] {
      for (path, words) in [
        (spec, "the spec itself"), ("\(folder)/link", "the spec itself"), ("\(folder)/hard", "the spec itself"),
        (folder, "a directory"), ("\(folder)/new.d/", "a directory"), ("", "a directory"),
      ] {
        let failure = #expect(throws: CommandFailure.self) { try check(flag, path) }
        #expect(failure?.code == .usage && failure?.message.contains(words) == true, "\(path)")
      }
      try check(flag, "\(folder)/new.json")
    }
  }

  @Test func `are no stream where a plan is written`() throws {
    #expect(throws: CommandFailure.self) { try OutputFile.check(Arguments(command: "plan", values: ["out": ["-"]])) }
    try OutputFile.check(Arguments(command: "report", values: ["out": ["-"]]))
  }
}
