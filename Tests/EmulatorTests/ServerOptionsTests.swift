import Synchronization
import Testing

@testable import Emulator

/// Counts down across threads.
final class Countdown: Sendable {
  private let left: Mutex<Int>
  init(_ count: Int) { left = Mutex(count) }
  /// Takes up to `count` of what is left.
  func take(_ count: Int) -> Int {
    left.withLock { left in
      let taken = min(left, count)
      left -= taken
      return taken
    }
  }
}

@Suite struct ServerOptionsTests {
  @Test func `without arguments it is the development account on port 10000`() throws {
    let options = try EmulatorOptions([])
    #expect(options.configuration.port == 10000 && options.configuration.tlsPort == nil)
    #expect(options.configuration.accounts == [.development])
    #expect(options.configuration.rate == 200 && options.configuration.concurrency == 5)
    #expect(options.limits == QueryLimits(rows: 500_000, bytes: 64_000_000))
  }

  @Test(arguments: [
    "v1/a=b", "1vault/a=b", "va--ult/a=b", "vault-/a=b", "a-name-of-more-than-24-characters/a=b", "kv/=b",
  ])
  func `a vault is called as the service lets it be`(text: String) {
    #expect(throws: (any Error).self) { try EmulatorOptions(["--secret", text]) }
  }

  @Test func `every flag says what it says`() throws {
    let options = try EmulatorOptions([
      "--port=0", "--tls", "--ca-out", "ca.pem", "--data", "d", "--account", "acct:a2V5", "--workspace", "W",
      "--limits", "rows=10,bytes=20,rate=30,concurrency=2", "--faults", "reset:n=1", "--faults", "500:n=2",
      "--seed", "9", "--load", "T=a=b.ndjson:time=@timestamp", "--load", "U=c:d", "--generate", "A=5,B=6",
      "--generate-range", "2025-01-01/2025-02-01", "--client-secret", "s", "--token-lifetime", "60",
      "--table-plan", "T=Basic", "--table-retention", "U=30d", "--caller", "203.0.113.10", "--enforce-roles",
      "--grant-delay", "3", "--rules-delay", "4",
    ])
    let configuration = options.configuration
    #expect(configuration.port == 0 && configuration.tlsPort == 0 && options.authorityFile == "ca.pem")
    #expect(configuration.accounts.map { $0.name } == ["acct"] && configuration.accounts[0].key == Array("key".utf8))
    #expect(configuration.workspaces == ["W"] && configuration.dataFolder == "d" && configuration.seed == 9)
    #expect(options.limits == QueryLimits(rows: 10, bytes: 20))
    #expect(configuration.rate == 30 && configuration.concurrency == 2 && configuration.faults.count == 2)
    #expect(
      options.loads == [
        .init(table: "T", file: "a=b.ndjson", timeColumn: "@timestamp"),
        .init(table: "U", file: "c:d", timeColumn: nil),
      ])
    #expect(options.generators == [.init(table: "A", rowsPerHour: 5), .init(table: "B", rowsPerHour: 6)])
    #expect(configuration.tables["T"]?.plan == .basic && configuration.tables["U"]?.retention == 30)
    #expect(configuration.caller == .address("203.0.113.10"))
    #expect(configuration.enforcesRoles && configuration.grantDelay == 3 && configuration.rulesDelay == 4)
    #expect(configuration.credentials.secret == "s" && configuration.tokenLifetime == 60)
  }

  @Test(arguments: [
    ["--nonsense"], ["--port"], ["--port", "70000"], ["--port", "-1"], ["--tls=yes"], ["--account", "x"],
    ["--account", "x:not base64"], ["--limits", "rows"], ["--limits", "rows=0"], ["--limits", "height=1"],
    ["--faults", "nonsense"], ["--load", "T"], ["--generate", "T"], ["--generate-range", "2025"], ["stray"],
    ["--table-plan", "T"], ["--table-plan", "T=free"], ["--table-retention", "T=30"], ["--table-retention", "T=731d"],
    ["--caller", "here"], ["--grant-delay", "-1"], ["--rules-delay", "soon"], ["--enforce-roles=yes"],
  ])
  func `what is not understood is refused`(arguments: [String]) {
    #expect(throws: EmulatorOptions.Malformed.self) { try EmulatorOptions(arguments) }
  }

  @Test func `help names every flag once`() {
    let help = EmulatorOptions.help
    for flag in ["--port", "--tls", "--ca-out", "--data", "--faults", "--limits", "--load", "--generate", "--version"] {
      #expect(help.split(separator: "\n").count { $0.hasPrefix("  \(flag) ") } == 1, "\(flag)")
    }
  }
}
