import Export
import ExportSpec
import Manifest
import Planning
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `The report` {
  private func page(
    _ spec: ExportSpec, _ coverages: [Coverage], file: String = "soc.yaml", at clock: String = "2025-10-01T08:00:00Z",
    observed: ResourceSight = .leftOut
  ) throws -> String {
    let tables = zip(spec.tables, coverages).enumerated().map { index, table in
      ReportTable(table.0, table.1, number: index, of: coverages.count)
    }
    let lineage = Lineage(id: "lineage-id", workspace: spec.source.workspace, createdAt: try Plans.tick("2025-01-01"))
    return ReportPage(
      spec: spec, specFile: file, storeURL: "https://stsocarchive.blob.core.windows.net",
      asOf: try Plans.tick(clock), survey: Survey(lineage: lineage, segments: [:], lost: [], tables: tables),
      observed: observed
    ).html
  }

  private func twoTables(_ more: String = "") throws -> (ExportSpec, [Coverage]) {
    let spec = try Coverages.spec(
      from: "2025-08-01", to: "2025-10-01", retention: "90d", tables: ["SecurityEvent", "Syslog"], more: more)
    let change = try Plans.tick("2025-09-01")
    let hole = TimeRange(try Plans.tick("2025-08-10"), try Plans.tick("2025-08-11"))
    let first = try Coverages.coverage(spec, asOf: "2025-10-01T08:00:00Z") { slice in
      if hole.overlaps(slice) { return nil }
      return Coverages.row("SecurityEvent", slice, rows: 4321, schema: slice.start < change ? "before" : "after")
    }
    let second = try Coverages.coverage(spec, table: 1, asOf: "2025-10-01T08:00:00Z") {
      Coverages.row("Syslog", $0, rows: $0.start == change ? 98_765 : 17)
    }
    return (spec, [first, second])
  }

  @Test func `says in its sections all that an auditor asks for`() throws {
    let (spec, coverages) = try twoTables("retention: { deleteAfter: 730d }\nnetwork: { minTls: \"1.2\" }")
    let html = try page(spec, coverages)
    let titles = html.components(between: "<h2 ", and: "</h2>").map { String($0.split(separator: ">")[1]) }
    #expect(
      titles == [
        "Needs attention", "Tables", "Rows over time", "Largest slices", "Changes of columns", "Posture",
        "Where this comes from",
      ])
    for text in [
      "<title>soc-archive: archive report, 2025-10-01</title>", "<strong>SecurityEvent</strong>: 24 slices missing",
      "<td>2025-09-01 00:00 → 01:00</td><td class=\"n\">98,765</td>",
      "<th scope=\"row\">SecurityEvent</th><td>2025-09-01</td><td><code>before</code></td><td><code>after</code></td>",
      "<dt>Blobs are</dt><dd>deleted after 730 days</dd>", "The resources were not read for this page",
      "lineage-id",
      "by logexport \(version), from the manifest alone",
    ] {
      #expect(html.contains(text), "\(text)")
    }
  }

  private func closed(_ change: (inout AccountState) -> Void = { _ in }) -> AccountState {
    var account = AccountState(
      anonymousAccess: false, minTls: "1.2", httpsOnly: true, sharedKey: false, publicNetworkAccess: "Enabled",
      rules: NetworkRules(defaultAction: .deny, bypass: [], addresses: [], subnets: []))
    change(&account)
    return account
  }

  private func posture(_ more: String, _ look: ResourceLook) throws -> String {
    let (spec, coverages) = try twoTables(more)
    return try page(spec, coverages, observed: .read(look, at: try Plans.tick("2025-10-01T09:30:12.1234567Z")))
  }

  @Test func `says of each declared property whether the account has it, and as of when`() throws {
    let declared = "network: { minTls: \"1.2\", sharedKey: false }"
    let open = try posture(
      declared, ResourceLook(state: ResourceState(account: closed { $0.minTls = "1.0" }, containers: [:])))
    for text in [
      "The resources differ from it in 1 property, as Azure Resource Manager said at 2025-10-01 09:30 UTC (Microsoft.Storage 2023-05-01).",
      "<th scope=\"row\">storage account stsocarchive</th><td><code>network.minTls</code></td><td>1.2</td><td>1.0</td>",
      "<dt>The account’s keys</dt><dd>not allowed</dd><dd class=\"good\">as declared</dd>",
      "<dt>Least version of TLS</dt><dd>1.2</dd><dd class=\"bad\">differs</dd>",
      "<dt>Subnets</dt><dd>not declared</dd><dd class=\"quiet\"></dd>",
      "<strong>Posture</strong>: the resources differ from what is declared in 1 property.",
    ] {
      #expect(open.contains(text), "\(text)")
    }
    let html = try posture(declared, ResourceLook(state: ResourceState(account: closed(), containers: [:])))
    #expect(html.contains("and all of it is so, as Azure Resource Manager said") && !html.contains("What differs"))
    #expect(!html.contains("<strong>Posture</strong>"))
  }

  @Test func `says what could not be read and why, and calls nothing of it a difference`() throws {
    let look = ResourceLook(
      state: ResourceState(account: closed(), containers: [:]),
      unread: [.lifecycle: ResourceError(.denied, "GET …/managementPolicies/default: 403 <AuthorizationFailed>")])
    let html = try posture("retention: { deleteAfter: 730d }\nnetwork: { minTls: \"1.2\" }", look)
    for text in [
      "What could be verified is so, as Azure Resource Manager said",
      "<dt>Blobs are</dt><dd>deleted after 730 days</dd><dd class=\"warn\">not verified</dd>",
      "<dt>Least version of TLS</dt><dd>1.2</dd><dd class=\"good\">as declared</dd>",
      "<dt>Its lifecycle rules</dt><dd>GET …/managementPolicies/default: 403 &lt;AuthorizationFailed&gt;</dd>",
      "<strong>Posture</strong>: not all that the spec declares could be verified.",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(!html.contains("What differs") && !html.contains("all of it is so"))
  }

  @Test func `immutability of containers that are not there yet is not called declared`() throws {
    let look = ResourceLook(state: ResourceState(account: closed(), containers: [:], lifecycle: []))
    let html = try posture("retention: { immutableFor: 30d }\nnetwork: { manage: check }", look)
    #expect(
      html.contains(
        "<dt>Blobs cannot be changed or deleted for</dt><dd>30 days</dd><dd class=\"warn\">not there yet</dd>"))
    #expect(html.contains("What could be verified is so"))
  }

  @Test func `the clock is shown to the minute`() throws {
    let (spec, coverages) = try twoTables()
    let html = try page(spec, coverages, at: "2025-10-01T08:00:07.1234567Z")
    #expect(html.contains("<p class=\"over\">Archive report, 2025-10-01 08:00 UTC</p>"))
  }

  @Test func `asks nothing of the network and runs no script`() throws {
    let (spec, coverages) = try twoTables()
    let html = try page(spec, coverages)
    #expect(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""))
    for text in ["<script", "<link", "<img", "src=", "href=\"http", "@import", "url(http"] {
      #expect(!html.contains(text), "\(text)")
    }
  }

  @Test func `text is escaped wherever it comes from`() throws {
    let (spec, coverages) = try twoTables()
    let html = try page(spec, coverages, file: "<script>\"&'\u{202E}.yaml")
    #expect(html.contains("<dd>&lt;script&gt;&quot;&amp;&#39;·.yaml</dd>"))
    let name = "a\"b<c"
    let attribute: Markup = "<a title=\"\(name)\">\([Markup("<b>\(name)</b>")])</a>"
    #expect(attribute.text == "<a title=\"a&quot;b&lt;c\"><b>a&quot;b&lt;c</b></a>")
  }

  @Test func `a map names each of its cells`() throws {
    let spec = try Coverages.spec(from: "2025-08-01", to: "2025-08-01T04:00:00Z", retention: "90d")
    let coverage = try Coverages.coverage(spec, asOf: "2025-08-01T06:00:00Z") { slice in
      switch CivilDate(slice.start).hour {
      case 0: Coverages.row("SecurityEvent", slice, rows: 1200)
      case 1: Coverages.row("SecurityEvent", slice, rows: 0, .empty)
      default: nil
      }
    }
    let map = ReportMap(CoverageCalendar(coverage, fold: .hours), number: 3, title: "Rows", summary: "<few>").markup
    #expect(
      map.text == """
        <svg class="map" role="img" aria-labelledby="m3 d3" viewBox="0 0 832 38" width="832" height="38"><title id="m3">Rows</title><desc id="d3">&lt;few&gt;</desc>
        <text x="104" y="12">00</text>
        <text x="284" y="12">06</text>
        <text x="464" y="12">12</text>
        <text x="644" y="12">18</text>
        <text class="side" x="96" y="32">Fri 2025-08-01</text>
        <rect class="r8" x="104" y="20" width="28" height="16" rx="2"><title>2025-08-01 00:00: 1,200 rows</title></rect>
        <rect class="empty" x="134" y="20" width="28" height="16" rx="2"><title>2025-08-01 01:00: empty</title></rect>
        <rect class="missing" x="164" y="20" width="28" height="16" rx="2"><title>2025-08-01 02:00: missing</title></rect>
        <rect class="unsettled" x="194" y="20" width="28" height="16" rx="2"><title>2025-08-01 03:00: not settled yet</title></rect>
        </svg>

        """)
  }

  @Test func `a year of a hundred tables is a page of a few megabytes`() throws {
    let spec = try Coverages.spec(from: "2024-10-01", to: "2025-10-01", tables: ["SecurityEvent"])
    let coverage = try Coverages.coverage(spec, asOf: "2025-10-02") {
      CivilDate($0.start).hour == 7 ? nil : Coverages.row("SecurityEvent", $0, rows: 1_234_567)
    }
    let table = ReportTable(spec.tables[0], coverage, number: 99, of: 100)
    #expect(table.map.text.utf8.count < 60_000)
    let html = try page(spec, [coverage])
    #expect(html.contains("and 325 more gaps of 325 slices."))
    #expect(html.utf8.count < 100_000)
  }
}

extension String {
  /// What stands between each `start` and the next `end`.
  fileprivate func components(between start: String, and end: String) -> [Substring] {
    var (found, rest) = ([Substring](), self[...])
    while let first = rest.firstRange(of: start) {
      rest = rest[first.upperBound...]
      guard let last = rest.firstRange(of: end) else { break }
      found.append(rest[..<last.lowerBound])
    }
    return found
  }
}
