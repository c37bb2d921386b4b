import Testing

@testable import Emulator

@Suite struct TableSettingsTests {
  private func settings(_ plan: TableSettings.Plan, _ retention: Int? = nil, _ total: Int? = nil) -> TableSettings {
    var settings = TableSettings()
    (settings.plan, settings.retention, settings.total) = (plan, retention, total)
    return settings
  }

  private func change(_ settings: TableSettings, _ properties: JSONValue) throws -> TableSettings {
    try settings.changed(by: TableSettings.Change(properties))
  }

  @Test func `what a change does not say stays`() throws {
    let kept = settings(.analytics, 90, 365)
    #expect(try change(kept, [:]) == kept)
    #expect(try change(kept, ["retentionInDays": 180]) == settings(.analytics, 180, 365))
    #expect(try change(kept, ["retentionInDays": -1, "totalRetentionInDays": -1]) == settings(.analytics))
    #expect(try change(kept, ["plan": "Basic"]) == settings(.basic, nil, 365))
  }

  @Test(
    arguments: [
      ["plan": "Premium"], ["retentionInDays": 3], ["retentionInDays": 731], ["totalRetentionInDays": 60],
      ["totalRetentionInDays": 4384], ["plan": "Basic", "retentionInDays": 90],
    ] as [JSONValue])
  func `what the service does not take is refused`(properties: JSONValue) {
    #expect(throws: ResourceError.self) { try change(settings(.analytics, 90), properties) }
  }

  @Test func `what is kept beyond queries is archived`() {
    let shown = settings(.analytics, 90, 365).shown(workspaceDays: 730)
    #expect(shown["archiveRetentionInDays"] == 275 && shown["retentionInDaysAsDefault"] == false)
    #expect(settings(.analytics).shown(workspaceDays: 730)["totalRetentionInDays"] == 730)
    #expect(settings(.auxiliary).shown(workspaceDays: 730)["retentionInDays"] == 30)
  }

  @Test func `a basic table is searched and not queried`() throws {
    let bench = try Bench { $0.tables = ["Rows_CL": settings(.basic)] }
    #expect(try bench.query("Rows_CL | take 1").status == 400)
    #expect(try bench.query("Other_CL | take 1").status == 200)
    #expect(bench.logs.asked.last?.retention == ["Rows_CL": 30])
  }

  @Test func `rows past a table's days are not seen and no error says so`() throws {
    let now = Ticks.unix(milliseconds: 1_750_000_000_000)
    let workspace = try Workspace(clock: TestClock().clock)
    let rows = [0, 29, 31].map { days in
      "{\"TimeGenerated\":\"\(HTTPDate.iso(1_750_000_000 - Int64(days) * 86_400))\",\"Days\":\(days)}"
    }
    #expect(now > 0 && workspace.ingest(stream: "Rows_CL", body: Array("[\(rows.joined(separator: ","))]".utf8)) == nil)
    func count(_ retention: [String: Int], timespan: String? = nil) throws -> String {
      var request = LogQueryRequest(workspace: "w", query: "Rows_CL | count", timespan: timespan)
      request.retention = retention
      return String(decoding: try workspace.answer(request).body.bytes(), as: UTF8.self)
    }
    #expect(try count([:]).contains("[[3]]"))
    #expect(try count(["Rows_CL": 30]).contains("[[2]]"))
    #expect(try count(["Other_CL": 30]).contains("[[3]]"))
    #expect(try count(["Rows_CL": 30], timespan: "P32D").contains("[[1]]"))
  }
}
