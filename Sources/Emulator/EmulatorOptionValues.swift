/// The values of flags.
extension EmulatorOptions {
  /// Splits `--flag=value`.
  static func halves(_ argument: String) -> (String, String?) {
    guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
  }

  /// A number in the range of its type, not negative.
  static func number<Number: FixedWidthInteger>(_ flag: String, _ text: String) throws(Malformed) -> Number {
    guard let value = Number(text), value >= 0 else { throw Malformed(description: "\(flag) \(text): out of range") }
    return value
  }

  /// `NAME:KEY`.
  static func account(_ text: String) throws(Malformed) -> StorageAccount {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let account = StorageAccount(name: String(parts[0]), key: String(parts[1])) else {
      // The key is not repeated in the message.
      throw Malformed(description: "--account: expected NAME:KEY with the key in base64")
    }
    return account
  }

  /// `VAULT/NAME=VALUE`.
  static func secret(_ text: String) throws(Malformed) -> (vault: String, name: String, value: String) {
    let halves = text.split(separator: "=", maxSplits: 1)
    let names = halves.first?.split(separator: "/") ?? []
    guard halves.count == 2, names.count == 2, VaultPath.isVault(String(names[0])), VaultPath.isName(String(names[1]))
    else {
      // The value is not repeated in the message.
      throw Malformed(
        description: "--secret: expected VAULT/NAME=VALUE, the vault of 3 to 24 letters, digits and single hyphens")
    }
    return (String(names[0]), String(names[1]), String(halves[1]))
  }

  /// `rows=N,bytes=N,rate=N,concurrency=N`.
  mutating func readLimits(_ text: String) throws(Malformed) {
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

  /// Fault rules, added to those before.
  mutating func readFaults(_ text: String) throws(Malformed) {
    do {
      configuration.faults += try FaultRule.parse(text)
    } catch {
      throw Malformed(description: "--faults: \(error)")
    }
  }

  /// `TABLE=PLAN`.
  mutating func readTablePlan(_ text: String) throws(Malformed) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2,
      let plan = TableSettings.Plan.allCases.first(where: { $0.rawValue.lowercased() == parts[1].lowercased() })
    else { throw Malformed(description: "--table-plan \(text): expected TABLE=analytics, basic or auxiliary") }
    configuration.tables[String(parts[0]), default: TableSettings()].plan = plan
  }

  /// `TABLE=DAYSd`, 4 to 730 days.
  mutating func readTableRetention(_ text: String) throws(Malformed) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, parts[1].hasSuffix("d"), let days = Int(parts[1].dropLast()), (4...730).contains(days)
    else { throw Malformed(description: "--table-retention \(text): expected TABLE=Nd, 4 to 730 days") }
    configuration.tables[String(parts[0]), default: TableSettings()].retention = days
  }

  /// An address or a subnet.
  static func caller(_ text: String) throws(Malformed) -> Caller {
    guard let caller = Caller(text) else {
      throw Malformed(description: "--caller \(text): expected an IPv4 address or the identifier of a subnet")
    }
    return caller
  }

  /// `TABLE=FILE[:time=COLUMN]`.
  static func load(_ text: String) throws(Malformed) -> Load {
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

  /// `TABLE=ROWS_PER_HOUR,…`.
  static func generators(_ text: String) throws(Malformed) -> [Generator] {
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

  /// `FROM/TO`.
  static func range(_ text: String) throws(Malformed) -> (from: String, to: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 2, HTTPDate.parseISO(String(parts[0])) != nil, HTTPDate.parseISO(String(parts[1])) != nil
    else { throw Malformed(description: "--generate-range \(text): expected FROM/TO, ISO 8601 in UTC") }
    return (String(parts[0]), String(parts[1]))
  }
}
