/// The command line of `logexport-emulator`, decoded.
package struct EmulatorOptions: Sendable {
  /// Rows to load from a file at start.
  package struct Load: Sendable, Equatable {
    package var table: String
    /// NDJSON.
    package var file: String
    /// The column that becomes TimeGenerated; nil for one of that name.
    package var timeColumn: String?
  }

  /// A generated table.
  package struct Generator: Sendable, Equatable {
    package var table: String
    package var rowsPerHour: Int
  }

  /// What to do instead of running.
  package enum Action: Sendable {
    case run, help, version
  }

  /// A command line that is not understood.
  package struct Malformed: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  package var action = Action.run
  package var configuration = EmulatorConfiguration()
  package var limits = QueryLimits()
  package var loads: [Load] = []
  package var generators: [Generator] = []
  /// The range of generated rows, ISO 8601; nil for the year up to the start.
  package var generatedRange: (from: String, to: String)?
  /// Where the authority's certificate is written; nil for a temporary file.
  package var authorityFile: String?

  /// Reads the arguments behind the program's name.
  package init(_ arguments: [String]) throws(Malformed) {
    configuration.port = 10000
    var rest = arguments[...]
    var wantsTLS = false
    var tlsPort: UInt16?
    var accounts: [StorageAccount] = []
    var workspaces: [String] = []
    while let argument = rest.popFirst() {
      let (flag, attached) = Self.halves(argument)
      guard let known = Self.flags.first(where: { $0.name == flag }) else {
        throw Malformed(description: "unknown argument '\(argument)'")
      }
      guard known.value != nil else {
        if attached != nil { throw Malformed(description: "\(flag) takes no value") }
        switch flag {
        case "--tls": wantsTLS = true
        case "--help": action = .help
        default: action = .version
        }
        continue
      }
      guard let value = attached ?? rest.popFirst() else { throw Malformed(description: "\(flag) needs a value") }
      switch flag {
      case "--port": configuration.port = try Self.number(flag, value)
      case "--tls-port":
        tlsPort = try Self.number(flag, value)
        wantsTLS = true
      case "--ca-out": authorityFile = value
      case "--data": configuration.dataFolder = value
      case "--account": accounts.append(try Self.account(value))
      case "--workspace": workspaces.append(value)
      case "--tenant": configuration.credentials.tenant = value
      case "--client-id": configuration.credentials.client = value
      case "--client-secret": configuration.credentials.secret = value
      case "--token-lifetime": configuration.tokenLifetime = try Self.number(flag, value)
      case "--limits": try readLimits(value)
      case "--faults": try readFaults(value)
      case "--seed": configuration.seed = try Self.number(flag, value)
      case "--load": loads.append(try Self.load(value))
      case "--generate": generators += try Self.generators(value)
      default: generatedRange = try Self.range(value)
      }
    }
    if !accounts.isEmpty { configuration.accounts = accounts }
    if !workspaces.isEmpty { configuration.workspaces = workspaces }
    if wantsTLS { configuration.tlsPort = tlsPort ?? (configuration.port == 0 ? 0 : 10443) }
  }
}

extension EmulatorOptions {
  /// One flag: its value's name, nil where it takes none, and its help.
  private struct Flag {
    var name: String
    var value: String?
    var help: String
  }

  private static let flags = [
    Flag(name: "--port", value: "N", help: "HTTP port, 0 for a free one (10000)"),
    Flag(name: "--tls", value: nil, help: "listen on HTTPS too, with an authority made at start"),
    Flag(name: "--tls-port", value: "N", help: "HTTPS port, 0 for a free one (10443); implies --tls"),
    Flag(name: "--ca-out", value: "FILE", help: "where the authority's certificate is written"),
    Flag(name: "--data", value: "DIR", help: "keep blobs and rows there (in memory)"),
    Flag(name: "--account", value: "NAME:KEY", help: "storage account, repeatable (devstoreaccount1)"),
    Flag(name: "--workspace", value: "GUID", help: "workspace, repeatable"),
    Flag(name: "--tenant", value: "GUID", help: "tenant of the token endpoint"),
    Flag(name: "--client-id", value: "GUID", help: "application that may sign in"),
    Flag(name: "--client-secret", value: "TEXT", help: "its secret"),
    Flag(name: "--token-lifetime", value: "SECONDS", help: "life of a token (3599)"),
    Flag(
      name: "--limits", value: "LIST", help: "rows=N,bytes=N,rate=N,concurrency=N (500000, 64000000, 200, 5)"),
    Flag(name: "--faults", value: "RULES", help: "what goes wrong, repeatable; see docs/emulator.md"),
    Flag(name: "--seed", value: "N", help: "seed of generated rows and of faults by chance (1)"),
    Flag(name: "--load", value: "TABLE=FILE[:time=COLUMN]", help: "rows from NDJSON, repeatable"),
    Flag(name: "--generate", value: "TABLE=ROWS_PER_HOUR,…", help: "generated tables, repeatable"),
    Flag(name: "--generate-range", value: "FROM/TO", help: "range of generated rows (the last year)"),
    Flag(name: "--help", value: nil, help: "print this"),
    Flag(name: "--version", value: nil, help: "print the version"),
  ]

  /// The text of `--help`.
  package static var help: String {
    let lines = flags.map { flag in
      let left = "  " + flag.name + (flag.value.map { " " + $0 } ?? "")
      return left + String(repeating: " ", count: max(2, 36 - left.count)) + flag.help
    }
    return "Usage: logexport-emulator [OPTIONS]\n\n"
      + "Answers on loopback as Log Analytics, Blob storage and Microsoft Entra ID do.\n\n"
      + lines.joined(separator: "\n") + "\n"
  }

  private static func halves(_ argument: String) -> (String, String?) {
    guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
  }

  private static func number<Number: FixedWidthInteger>(_ flag: String, _ text: String) throws(Malformed) -> Number {
    guard let value = Number(text), value >= 0 else { throw Malformed(description: "\(flag) \(text): out of range") }
    return value
  }

  private static func account(_ text: String) throws(Malformed) -> StorageAccount {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let account = StorageAccount(name: String(parts[0]), key: String(parts[1])) else {
      // The key is not repeated in the message.
      throw Malformed(description: "--account: expected NAME:KEY with the key in base64")
    }
    return account
  }

  private mutating func readLimits(_ text: String) throws(Malformed) {
    for item in text.split(separator: ",") {
      let parts = item.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Int(parts[1]), value > 0 else {
        throw Malformed(description: "--limits \(item): expected name=N")
      }
      switch parts[0] {
      case "rows": limits.rows = value
      case "bytes": limits.bytes = value
      case "rate": configuration.rate = value
      case "concurrency": configuration.concurrency = value
      default: throw Malformed(description: "--limits \(item): no such limit")
      }
    }
  }

  private mutating func readFaults(_ text: String) throws(Malformed) {
    do {
      configuration.faults += try FaultRule.parse(text)
    } catch {
      throw Malformed(description: "--faults: \(error)")
    }
  }

  private static func load(_ text: String) throws(Malformed) -> Load {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { throw Malformed(description: "--load \(text): expected TABLE=FILE") }
    var file = parts[1]
    var column: String?
    if let colon = file.lastIndex(of: ":"), file[colon...].hasPrefix(":time=") {
      column = String(file[colon...].dropFirst(6))
      file = file[..<colon]
    }
    return Load(table: String(parts[0]), file: String(file), timeColumn: column)
  }

  private static func generators(_ text: String) throws(Malformed) -> [Generator] {
    var found: [Generator] = []
    for item in text.split(separator: ",") {
      let parts = item.split(separator: "=")
      guard parts.count == 2, let rows = Int(parts[1]), rows > 0 else {
        throw Malformed(description: "--generate \(item): expected TABLE=ROWS_PER_HOUR")
      }
      found.append(Generator(table: String(parts[0]), rowsPerHour: rows))
    }
    return found
  }

  private static func range(_ text: String) throws(Malformed) -> (from: String, to: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 2, HTTPDate.parseISO(String(parts[0])) != nil, HTTPDate.parseISO(String(parts[1])) != nil
    else { throw Malformed(description: "--generate-range \(text): expected FROM/TO, ISO 8601 in UTC") }
    return (String(parts[0]), String(parts[1]))
  }
}
