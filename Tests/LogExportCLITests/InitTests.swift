import Export
import ExportSpec
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `A spec to begin with` {
  private static let stores: [StoreLocation] = [
    .account("stsocarchive"), .directory("./archive"), .directory("/a \"quoted\" path: with # signs"),
  ]
  private static let ranges: [SpecDraft.Range] = [
    .last("90d"), .from("2025-01-01", to: nil), .from("2025-01-01", to: "2025-02-01T12:00:00Z"),
  ]

  @Test(arguments: stores, ranges) func `is valid and says what was answered`(
    store: StoreLocation, range: SpecDraft.Range
  ) throws {
    let draft = SpecDraft(
      name: "soc-2", workspace: "${env:LOG_ANALYTICS_WORKSPACE_ID}", cloud: .emulator,
      endpoint: "http://127.0.0.1:10000",
      store: store,
      range: range, tables: ["SecurityEvent", "Custom_CL"])
    let id = "33333333-3333-4333-8333-333333333333"
    let (spec, diagnostics) = ExportSpec.decode(
      text: draft.text, file: "logexport.yaml", environment: ["LOG_ANALYTICS_WORKSPACE_ID": id])
    let decoded = try #require(spec, "\(diagnostics)")
    #expect(diagnostics.isEmpty && decoded.name == "soc-2")
    #expect(decoded.source.workspace == id && decoded.source.cloud == .emulator)
    #expect(decoded.destination.store == store)
    #expect(decoded.tables.map(\.name) == ["SecurityEvent", "Custom_CL"])
    if case .from(let from, let to) = range {
      #expect(decoded.tables[0].from == .at(try #require(Tick(iso8601: from))))
      if let to { #expect(decoded.tables[0].to == .at(try #require(Tick(iso8601: to)))) }
    }
  }
}

@Suite struct `The tables of a workspace` {
  private struct Answer: LogSource {
    var rows: [[LogValue]]
    func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] { rows }
    func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream { throw SourceError(.invalid, "no") }
  }

  private func known() async throws -> WorkspaceTables {
    try await WorkspaceTables(
      of: Answer(rows: [
        [.text("Syslog"), .real(1.5)], [.text("SigninLogs"), .integer(1200)], [.real(7100.25), .text("SecurityEvent")],
        [.text("AuditLogs"), .text("NaN")], [.text("no identifier"), .real(1)], [.null, .real(1)],
      ]))
  }

  @Test func `are listed by their size, the largest first`() async throws {
    #expect(
      try await known().text == """
          1  SecurityEvent  7.1 GB
          2  SigninLogs     1.2 GB
          3  Syslog         1.5 MB
          4  AuditLogs      0 B

        """)
  }

  @Test(arguments: [
    ("all", ["SecurityEvent", "SigninLogs", "Syslog", "AuditLogs"]), ("1", ["SecurityEvent"]),
    ("2-3, 1", ["SigninLogs", "Syslog", "SecurityEvent"]), ("syslog 3", ["Syslog"]),
    ("S*logs", ["SigninLogs"]), ("*Log*", ["SigninLogs", "Syslog", "AuditLogs"]), ("Custom_CL", ["Custom_CL"]),
    ("", []),
  ]) func `are picked by numbers, names and patterns`(answer: String, names: [String]) async throws {
    let picked = try await known().picked(answer)
    #expect(picked.names == names && picked.unknown == nil)
  }

  @Test(arguments: ["0", "5", "3-2", "1-", "-2", "1-2-3", "Nothing*", "a-b"]) func `no other answer picks any`(
    answer: String
  ) async throws {
    #expect(try await known().picked("1, \(answer)").unknown == answer)
  }
}
