extension EmulatorOptions {
  /// One flag: its value's name, nil where it takes none, and its help.
  struct Flag {
    var name: String
    var value: String?
    var help: String
  }

  /// Every flag, in the order of the help.
  static let flags = [
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
    Flag(name: "--client-certificate", value: "FILE", help: "its certificate as PEM, repeatable"),
    Flag(name: "--federated-token-out", value: "FILE", help: "where a token of a trusted issuer is written"),
    Flag(name: "--secret", value: "VAULT/NAME=VALUE", help: "secret of a key vault, repeatable"),
    Flag(name: "--token-lifetime", value: "SECONDS", help: "life of a token (3599)"),
    Flag(
      name: "--limits", value: "LIST", help: "rows=N,bytes=N,rate=N,concurrency=N (500000, 64000000, 200, 5)"),
    Flag(name: "--faults", value: "RULES", help: "what goes wrong, repeatable; see docs/emulator.md"),
    Flag(name: "--seed", value: "N", help: "seed of generated rows and of faults by chance (1)"),
    Flag(name: "--load", value: "TABLE=FILE[:time=COLUMN]", help: "rows from NDJSON, repeatable"),
    Flag(name: "--generate", value: "TABLE=ROWS_PER_HOUR,…", help: "generated tables, repeatable"),
    Flag(name: "--generate-range", value: "FROM/TO", help: "range of generated rows (the last year)"),
    Flag(name: "--table-plan", value: "TABLE=PLAN", help: "analytics, basic or auxiliary, repeatable"),
    Flag(name: "--table-retention", value: "TABLE=DAYSd", help: "days that rows can be queried, repeatable"),
    Flag(name: "--caller", value: "IP|SUBNET-ID", help: "where blob requests come from (198.51.100.1)"),
    Flag(name: "--rules-delay", value: "REQUESTS", help: "let in by the old network rules after a change (0)"),
    Flag(name: "--enforce-roles", value: nil, help: "data asks for role assignments"),
    Flag(name: "--grant-delay", value: "REQUESTS", help: "refused before a role assignment acts (0)"),
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
      + "Answers on loopback as Log Analytics, Blob storage, Resource Manager, Microsoft Entra ID and Key Vault do.\n\n"
      + lines.joined(separator: "\n") + "\n"
  }
}
