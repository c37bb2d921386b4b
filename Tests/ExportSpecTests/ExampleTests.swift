import Diagnostics
import ExportSpec
import Testing
import Timeline

/// Decodes a file of the repository, named from its root.
func decodeFile(
  _ path: String, environment: [String: String] = [:]
) throws -> (spec: ExportSpec?, diagnostics: [Diagnostic]) {
  ExportSpec.decode(text: try Repository.text(path), file: path, environment: environment)
}

@Suite struct ExampleTests {
  let workspace = ["LOG_ANALYTICS_WORKSPACE_ID": "0A0A0A0A-0000-0000-0000-00000000000F"]

  @Test func `the page that shows every key decodes to what it says`() throws {
    let (decoded, diagnostics) = try decodeFile("examples/soc-archive.yaml", environment: workspace)
    #expect(diagnostics.isEmpty)
    let spec = try #require(decoded)
    #expect(spec.name == "soc-archive")
    #expect(spec.source.workspace == "0a0a0a0a-0000-0000-0000-00000000000f")
    #expect(spec.source.cloud == .public)
    #expect(spec.source.endpoint == "https://logs.example.net")
    #expect(spec.limits == ResponseLimits(rows: 500_000, bytes: 64_000_000))
    #expect(
      spec.destination
        == Destination(store: .account("stsocarchive"), resource: accountResource, manifest: "export-manifest"))
    #expect(spec.onChange == .keep)
    #expect(spec.tables.map(\.name) == ["SecurityEvent", "SigninLogs", "ContainerLogV2"])
    #expect(spec.tables.map(\.container) == ["logs-securityevent", "logs-signinlogs", "container-logs"])
    #expect(
      spec.retention
        == RetentionPolicy(
          deleteAfter: .day * 730, coolAfter: .day * 30, coldAfter: .day * 90, softDelete: .day * 14,
          immutableFor: .day * 365))
    #expect(spec.network?.minTls == "1.2")
    #expect(spec.network?.addresses == ["203.0.113.10", "198.51.100.0/24"])
    #expect(spec.network?.subnets?.count == 1)
    #expect(spec.network?.manage == .check)
    #expect(spec.network?.sharedKey == false)
    #expect(spec.network?.defaultAction == .deny)
    #expect(spec.network?.bypass == [.azureServices])
    #expect(spec.network?.others == .keep)
    #expect(spec.network?.virtualNetwork?.subnet == SubnetPolicy(name: "jobs", prefix: "10.20.1.0/24"))
    #expect(spec.network?.virtualNetwork?.securityGroup?.rules.map(\.ports) == [["443"], ["*"]])
    #expect(spec.access?.principal == "5a1f0e5c-0000-0000-0000-00000000000a")
  }

  @Test func `a table takes the spec's defaults and puts its own over them`() throws {
    let spec = try #require(try decodeFile("examples/soc-archive.yaml", environment: workspace).spec)
    let plain = spec.tables[0]
    #expect(plain.columns == nil)
    #expect(plain.filter == nil)
    #expect(plain.from == .at(try #require(Tick(iso8601: "2024-11-23"))))
    #expect(plain.to == .now)
    #expect(plain.grid == .hourly)
    #expect(plain.settle == .hour * 3)
    #expect(plain.format == .ndjson)
    #expect(plain.compression == .gzip)

    let signins = spec.tables[1]
    #expect(signins.columns == ["TimeGenerated", "UserPrincipalName", "ResultType"])
    #expect(signins.filter == "ResultType != \"0\"")
    #expect(signins.from == .last(.day * 90))
    #expect(signins.retention == .day * 90)

    let containers = spec.tables[2]
    #expect(containers.plan == .basic)
    #expect(containers.grid.width == .minute * 15)
    #expect(containers.settle == .hour * 6)
    #expect(containers.path == PathTemplate(text: "{yyyy}/{MM}/{dd}/{start}.{ext}"))
    #expect(containers.format == .csv)
    #expect(containers.compression == .zstd)
  }

  @Test(arguments: ["quickstart", "directory", "soc-archive", "azure/logexport"])
  func `an example has no problems`(name: String) throws {
    let (spec, diagnostics) = try decodeFile("examples/\(name).yaml", environment: workspace)
    #expect(spec != nil)
    #expect(diagnostics.isEmpty)
  }

  @Test func `the first example needs nothing in the environment`() throws {
    let (spec, _) = try decodeFile("examples/quickstart.yaml")
    #expect(spec?.destination.store == .url("http://127.0.0.1:10000/devstoreaccount1"))
    #expect(spec?.source.cloud == .emulator)
    #expect(spec?.tables.map(\.name) == ["SecurityEvent", "SigninLogs", "Syslog"])
  }

  @Test func `the reference's own examples decode`() throws {
    let text = try Repository.text("docs/spec.md")
    let blocks = text.split(separator: "```").filter { $0.hasPrefix("yaml\nversion:") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let (spec, diagnostics) = ExportSpec.decode(
        text: String(block.dropFirst("yaml\n".count)), file: "docs/spec.md", environment: [:])
      #expect(spec != nil, "\(diagnostics)")
    }
  }
}
