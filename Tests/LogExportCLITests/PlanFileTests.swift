import ExportSpec
import FoundationEssentials
import Manifest
import Testing
import Timeline

@testable import LogExportCLI
@testable import Planning

@Suite struct `A plan file` {
  private static func text(_ file: PlanFile) -> String {
    var text = ""
    PlanJSON(file).write { text += $0 }
    return text
  }

  private static func read(_ text: String) throws(CommandFailure) -> PlanFile {
    try PlanFile(decoding: Data(text.utf8), path: "plan.json")
  }

  private static func rich() throws -> PlanFile {
    var file = Plans.file(try Plans.mixed(try Plans.spec()), remarks: ["One \"remark\"."])
    let day = TimeRange(try Plans.tick("2025-08-01"), try Plans.tick("2025-08-02"))
    file.lineage = "11111111-2222-4333-8444-555555555555"
    file.manifest = [ManifestVersion(segment: "SecurityEvent/2025.csv", etag: "\"0x8DC\"")]
    file.options.replace = ["SecurityEvent/2025-08-01T00:00:00Z"]
    file.options.to = try Plans.tick("2025-08-08")
    file.tables[0].removals = ["logs-securityevent/y=2025/a|b<c>.gz"]
    file.tables[0].scan = .bytes(12)
    file.tables[0].batches = [SliceBatch(range: day, slices: 24, rows: 100, bytes: 1000)]
    file.tables[0].notes = [
      PlanNote(kind: .leaving, ranges: TimeRangeSet([day]), slices: 24, message: "leaves the workspace within 7 days")
    ]
    file.tables[0].unsettled = TimeRange(file.tables[0].window.end, file.tables[0].window.end + .hour)
    file.failures.append(TableFailure(table: "SecurityEvent", slice: day, message: "no", kind: .unavailable))
    file.resources = Plans.posture.changes.map(PlanFile.Resource.init)
    file.cautions = Plans.posture.cautions
    return file
  }

  @Test func `is read back as it was written`() throws {
    let file = try Self.rich()
    let read = try Self.read(Self.text(file))
    #expect(read == file)
    #expect(
      PlanText(plan: read, style: Style(colours: true)).render()
        == PlanText(plan: file, style: Style(colours: true)).render())
    #expect(PlanMarkdown(plan: read).render() == PlanMarkdown(plan: file).render())
  }

  @Test func `is read from the whole plan as well, and has its digest`() throws {
    let plan = try Plans.mixed(try Plans.spec())
    let file = Plans.file(plan)
    var whole = ""
    PlanJSON(file, detail: plan).write { whole += $0 }
    #expect(try Self.read(whole) == file)
    #expect(whole.contains(PlanDigest(file).text))
  }

  @Test func `of a table's year stays small where each day has an hour without rows`() throws {
    let start = try Plans.tick("2025-01-01")
    var plan = try Plans.mixed(try Plans.spec())
    let part = plan.tables[0].actions[0].parts
    plan.tables[0].actions = SliceGrid.hourly.tiles(of: TimeRange(start, start + .day * 365)).enumerated().map {
      $0 % 24 == 3
        ? SliceAction(range: $1, kind: .record(.empty), reason: .missing, generation: 1)
        : SliceAction(range: $1, kind: .export, reason: .missing, generation: 1, parts: part)
    }
    let file = Plans.file(plan)
    #expect(file.tables[0].runs.count == 731)
    // A hundred of such tables, 876,000 slices, come to some 13 MB; without the gaps to a hundredth of it.
    #expect(Self.text(file).utf8.count < 130_000)
    #expect(PlanMarkdown(plan: file).render().count <= PlanMarkdown.limit)
  }

  @Test(arguments: [
    ("{", "is no plan file"), ("[]", "is no plan file"), ("{\"format_version\":\"1\"}", "is no plan file"),
    ("{\"format_version\":2}", "is a plan of format version 2"),
    ("{\"format_version\":1}", "is no whole plan file: it has no 'digest'"),
  ]) func `that is none is refused as stale`(text: String, problem: String) {
    let failure = #expect(throws: CommandFailure.self) { try Self.read(text) }
    #expect(failure?.code == .stale && failure?.message.contains(problem) ?? false, "\(failure?.message ?? "")")
  }

  @Test(arguments: [
    ("\"rows\":54000,", "\"rows\":54001,", "was changed after it was planned"),
    ("\"generation\":2", "\"generation\":3", "was changed after it was planned"),
    ("logs-securityevent/y=2025", "others/y=2025", "was changed after it was planned"),
    ("\"slices\":166,", "\"slices\":7,", "is no run of 7 slices"),
    ("\"slices\":166,", "\"slices\":0,", "is no run of 0 slices"),
    ("\"slices\":166,", "\"slices\":9223372036854775807,", "a figure is out of range"),
    ("\"rows\":54000,", "\"rows\":-1,", "a figure is out of range"),
    ("\"rows\":54000,", "\"rows\":9223372036854775807,", "a figure is out of range"),
    ("\"rows\":54000,", "\"rows\":\"many\",", "tables.0.runs.1.rows is of another type"),
    ("\"action\":\"export_again\"", "\"action\":\"forget\"", "there is no action 'forget'"),
    ("\"reason\":\"late_rows\"", "\"reason\":\"whim\"", "there is no reason 'whim'"),
    ("\"status\":\"empty\"", "\"status\":\"void\"", "there is no action 'record' of status 'void'"),
    ("\"start\":\"2025-08-07T22:00:00Z\"", "\"start\":\"yesterday\"", "'yesterday' is no time"),
    ("\"after\":\"203.0.113.10\"", "\"after\":\"203.0.113.11\"", "was changed after it was planned"),
    ("\"action\":\"refuse\"", "\"action\":\"change\"", "was changed after it was planned"),
    ("\"action\":\"refuse\"", "\"action\":\"ignore\"", "there is no action 'ignore' on a resource"),
    ("\"warnings\":[\"widens\"]", "\"warnings\":[\"pleases\"]", "there is no warning 'pleases'"),
    ("\"mode\":\"check\"", "\"mode\":\"hope\"", "there is no mode 'hope'"),
    ("\"start\":\"2025-08-07T22:00:00Z\"", "\"start\":\"2024-08-07T22:00:00Z\"", "are not in order of time"),
  ]) func `that was changed by hand is refused`(old: String, new: String, problem: String) throws {
    let text = Self.text(try Self.rich())
    try #require(text.contains(old), "\(old)\n\(text)")
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    let failure = #expect(throws: CommandFailure.self) { try Self.read(changed) }
    #expect(failure?.code == .stale && failure?.message.contains(problem) ?? false, "\(failure?.message ?? "")")
  }

  @Test func `says the same by its digest, whenever and of whatever manifest it was made`() throws {
    let file = try Self.rich()
    var later = file
    later.asOf = later.asOf + .day
    later.manifest = []
    later.failures = []
    later.cautions = []
    later.spec.path = "other.yaml"
    #expect(PlanDigest(later) == PlanDigest(file))
    let changes: [(inout PlanFile) -> Void] = [
      { $0.workspace += "0" }, { $0.lineage = nil }, { $0.spec.hash += "0" }, { $0.containers = [] },
      { $0.resources.removeLast() }, { $0.resources[0].after = "1.1" }, { $0.resources[0].warnings = [.widens] },
      { $0.resources[0].isChanged = false }, { $0.options.refresh = true }, { $0.tables[0].queryHash = "" },
      { $0.tables[0].removals = [] },
      { $0.tables[0].runs.removeLast() }, { $0.tables[0].runs[0].size.rows += 1 }, { $0.tables[0].scan = nil },
    ]
    for change in changes {
      var other = file
      change(&other)
      #expect(PlanDigest(other) != PlanDigest(file))
    }
  }

  @Test(arguments: [
    "", "sha256:", "sha256:12", "md5:\(String(repeating: "0", count: 64))",
    "sha256:\(String(repeating: "G", count: 64))",
  ])
  func `is not approved by what is no digest`(text: String) {
    #expect(PlanDigest(parsing: text) == nil)
  }
}

@Suite struct `Plan files compared` {
  @Test func `say which properties of resources came in and went`() throws {
    var plan = try Plans.mixed(try Plans.spec())
    let old = Plans.file(plan)
    plan.posture = PosturePlan(changes: Array(Plans.posture.changes.prefix(2)))
    let view = PlanComparisonView(Plans.file(plan), against: old)
    #expect(
      view.text(Style(colours: false)) == """
        + storage account stsocarchive  network.minTls 1.0 → 1.2
        + storage account stsocarchive  network.allow.ips nothing → 203.0.113.10  (widens access)

        Since 2025-08-09T00:00:00Z: 0 slices came in, 0 went, 0 changed. 2 properties of resources came in, 0 went.

        """)
    #expect(view.json.contains("\"resources_came\":[{\"resource\":\"storage account stsocarchive\""))
    #expect(PlanComparisonView(old, against: old).text(Style(colours: false)) == "No differences.\n")
  }
}

@Suite struct `The values of a spec` {
  private func canonical(_ text: String, _ environment: [String: String] = [:]) -> String {
    ExportSpec.canonicalText(of: text, environment: environment)
  }

  @Test func `are the same whatever the comments, the layout and the order of members`() {
    let spaced = "# A comment\nname: \"x\"\ntables:\n  - A\n  - name: B\n    columns: [C]\n"
    #expect(canonical(spaced) == canonical("tables: [A, {columns: [C], name: B}]\nname: x"))
    #expect(canonical(spaced) == #"{"name":"x","tables":["A",{"columns":["C"],"name":"B"}]}"#)
  }

  @Test func `are other ones where a variable is, or the order of tables`() {
    let text = "name: ${env:NAME:-x}\ntables: [A, B]"
    #expect(canonical(text) != canonical(text, ["NAME": "y"]))
    #expect(canonical(text) == canonical(text, ["OTHER": "y"]))
    #expect(canonical(text) != canonical("name: x\ntables: [B, A]"))
  }
}

@Suite struct `A plan for a pull request` {
  @Test func `is a sentence, a table, and runs folded away`() throws {
    let file = Plans.file(try Plans.mixed(try Plans.spec()), remarks: ["The spec declares <b>."])
    #expect(
      PlanMarkdown(plan: file).render() == """
        **Plan:** 166 to export, 1 to export again, 1 empty, 2 containers to create or bind, 1 table could not be planned. ~170 queries.

        |  | table | range | slices | rows | size |  |
        |---|---|---|--:|--:|--:|---|
        | ! | Syslog |  |  |  |  | SEM0100: there is no such table |
        | + | container export-manifest |  |  |  |  | create or bind |
        | + | container logs-securityevent |  |  |  |  | create or bind |
        | + | SecurityEvent | 2025-08-01 → 2025-08-07 22:00 | 166 | 10.5M | 7.2 GB | 1 slice split, ×4 at most |
        | -/+ | SecurityEvent | 2025-08-07 22:00 → 2025-08-07 23:00 | 1 | 54.0k | 42.0 MB | rows came in late |
        | ~ | SecurityEvent | 2025-08-07 23:00 → 2025-08-08 | 1 |  |  | empty |

        <details><summary>3 runs of slices</summary>

        | table | from | to | slices | rows |  |
        |---|---|---|--:|--:|---|
        | SecurityEvent | 2025-08-01 | 2025-08-07 22:00 | 166 | 10,510,000 | + |
        | SecurityEvent | 2025-08-07 22:00 | 2025-08-07 23:00 | 1 | 54,000 | -/+ rows came in late |
        | SecurityEvent | 2025-08-07 23:00 | 2025-08-08 | 1 |  | ~ empty |

        </details>

        <sub>The spec declares &lt;b&gt;.<br>`\(PlanDigest(file).text)`, planned by the clock of 2025-08-09T00:00:00Z for test, workspace 00000000-0000-0000-0000-000000000001</sub>

        """)
  }

  @Test func `names the resources, first those that need attention`() throws {
    var plan = try Plans.mixed(try Plans.spec())
    plan.posture = Plans.posture
    let lines = PlanMarkdown(plan: Plans.file(plan)).render().split(separator: "\n").map(String.init)
    let table = lines.filter { $0.hasPrefix("| ") }
    #expect(
      table[1]
        == "| ! | storage account stsocarchive | network.allow.ips |  |  |  | nothing → 203.0.113.10  (widens access) |"
    )
    #expect(table[1...6].allSatisfy { $0.hasPrefix("| ! |") })
    #expect(table.contains("| ~ | storage account stsocarchive | network.minTls |  |  |  | 1.0 → 1.2 |"))
    #expect(
      lines[0].contains(
        "5 properties of resources to change, 2 properties of resources not as declared, so that nothing is written"))
  }

  @Test func `lets nothing of a name or a message be markup`() throws {
    var file = Plans.file(try Plans.mixed(try Plans.spec()))
    file.failures = [
      TableFailure(table: "A|B", message: "<img src=x> `code` [a](b) *c* @team\nnext | cell \\ & more")
    ]
    let text = PlanMarkdown(plan: file).render()
    #expect(
      text.contains(
        "| ! | A\\|B |  |  |  |  | &lt;img src=x&gt; \\`code\\` \\[a\\](b) \\*c\\* &#64;team next \\| cell \\\\ &amp; more |\n"
      ))
  }

  @Test(arguments: [1, 10, 300, 3000]) func `keeps to what a comment may hold, and never drops the sentence`(
    tables: Int
  ) throws {
    let plan = try Plans.mixed(try Plans.spec())
    var file = Plans.file(plan)
    file.failures = []
    file.tables = (0..<tables).map { number in
      var table = file.tables[0]
      table.table = "A_table_of_a_long_name_\(number)_CL"
      table.runs = (0..<40).map { index in
        var run = table.runs[0]
        run.range = TimeRange(run.range.start + .day * 10 * Int64(index), run.range.end + .day * 10 * Int64(index))
        return run
      }
      return table
    }
    let text = PlanMarkdown(plan: file).render()
    #expect(text.count <= PlanMarkdown.limit && text.utf16.count <= 65_536)
    #expect(text.hasPrefix("**Plan:** \(Quantity.count(6640 * tables)) to export"))
    #expect(text.contains("</sub>"))
    if tables == 300 { #expect(text.contains("`logexport show` has them all.\n")) }
    let opened = text.split(separator: "<details>").count
    #expect(opened == text.split(separator: "</details>").count)
  }
}

@Suite struct `The examples for pipelines` {
  private static let root = #filePath.dropLast("/Tests/LogExportCLITests/PlanFileTests.swift".count)

  @Test(arguments: ["examples/github-actions.yml", "examples/azure-pipelines.yml", ".pre-commit-hooks.yaml"])
  func `have command lines that are understood`(path: String) throws {
    let text = try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
    let lines = text.split(separator: "\n").compactMap { line -> Substring? in
      let line = line.drop { $0 == " " }.trimmingPrefix("entry: ")
      return line.hasPrefix("logexport ") ? line : nil
    }
    #expect(!lines.isEmpty)
    for line in lines { _ = try Arguments(parsing: Self.words(line)) }
  }

  /// The words of one simple command of a shell: up to a redirection or another command.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    for word in line.split(separator: " ").dropFirst() {
      if word.hasPrefix(">") || word.hasPrefix("2>") || ["|", "||", "&&", ";", "\\"].contains(word) { break }
      words.append(word.filter { $0 != "\"" && $0 != "'" })
    }
    return words
  }
}
