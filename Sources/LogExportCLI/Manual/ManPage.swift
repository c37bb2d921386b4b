/// logexport(1), in the macros of man(7).
enum ManPage {
  /// The whole page.
  static var text: String {
    var page = """
      .\\" Made by `logexport help --format man`; edit the tables of commands and flags instead.
      .TH LOGEXPORT 1 \(releaseDate) "logexport \(version)" "User Commands"
      .SH NAME
      logexport \\- export Azure Log Analytics tables to blob storage, provably complete
      .SH SYNOPSIS
      .B logexport
      .I COMMAND
      .RI [ options ]
      .SH DESCRIPTION
      A spec in YAML declares what must lie in the archive.
      .B logexport plan
      says what is missing and what it takes,
      .B logexport apply
      exports just that and records every slice in a manifest.
      .SH COMMANDS

      """
    for command in CommandName.all { page += section(command) }
    page += ".SH OPTIONS\nEvery command knows these.\n"
    for flag in Flag.all where flag.commands.isEmpty { page += entry(flag) }
    page += ".SH EXIT STATUS\n"
    for code in ExitCode.allCases { page += ".TP\n.B \(code.rawValue)\n\(escaped(code.meaning))\n" }
    page += ".SH ENVIRONMENT\n"
    for (names, meaning) in environment { page += ".TP\n.B \(escaped(names))\n\(escaped(meaning))\n" }
    page += """
      .SH FILES
      .TP
      .I logexport.yaml
      the spec, unless
      .B \\-\\-spec
      names another
      .TP
      .I .env
      variables for the spec; the environment comes first
      .SH SEE ALSO
      .BR az (1),
      .BR dot (1)

      """
    return page
  }

  private static let environment = [
    ("AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET", "an application and its secret"),
    (
      "AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD",
      "a certificate with its key as PEM, instead of the secret"
    ),
    ("AZURE_FEDERATED_TOKEN_FILE", "a token of workload identity, instead of the secret"),
    ("AZURE_TOKEN_CREDENTIALS", "picks one way to sign in by its name, or the group prod or dev"),
    (
      "AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN",
      "sign requests to storage instead of a token"
    ),
    ("HTTPS_PROXY, NO_PROXY", "the proxy to services, and hosts that are reached without it"),
    ("NO_COLOR, CI", "no colours; progress as lines"),
  ]

  private static func section(_ command: CommandName) -> String {
    var text = ".SS \(escaped(command.usage))\n"
    var isVerbatim = false
    for line in command.description.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" ") != isVerbatim {
        isVerbatim.toggle()
        text += isVerbatim ? ".nf\n" : ".fi\n"
      }
      if !line.isEmpty { text += "\(escaped(line))\n" }
    }
    if isVerbatim { text += ".fi\n" }
    for flag in Flag.all where flag.commands.contains(command.name) { text += entry(flag) }
    text += ".PP\n.nf\n"
    for example in command.examples { text += ".RS 4\n\(escaped(example))\n.RE\n" }
    return text + ".fi\n"
  }

  private static func entry(_ flag: Flag) -> String {
    ".TP\n.B \(escaped(flag.label))\n\(escaped(flag.help))\n"
  }

  /// Text as troff takes it literally: no escapes, no requests, hyphens that can be copied.
  static func escaped(_ text: some StringProtocol) -> String {
    var result = text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "~": result += "\\(ti"
      case "^": result += "\\(ha"
      default: result.append(character)
      }
    }
    return result
  }
}
