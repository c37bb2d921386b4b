/// One option of the command line; the table below drives the parser and the help.
struct Flag: Sendable {
  /// Without its dashes.
  let name: String
  let short: Character?
  /// What the value is called in the help; nil for a switch.
  let value: String?
  /// Whether it may be given several times.
  let repeats: Bool
  let help: String
  /// The commands that know it; empty for all.
  let commands: [String]

  init(
    _ name: String, short: Character? = nil, value: String? = nil, repeats: Bool = false, commands: [String] = [],
    _ help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.repeats = repeats
    self.commands = commands
    self.help = help
  }

  /// In the order of the help.
  static let all: [Flag] = [
    Flag("spec", short: "f", value: "FILE", "the export spec (default logexport.yaml)"),
    Flag("chdir", value: "DIR", "go there before anything else"),
    Flag("env-file", value: "FILE", "variables for the spec, instead of the .env beside it"),
    Flag("ca-file", value: "FILE", "PEM authorities to trust, instead of the system's"),
    Flag("allow-host", value: "HOST", repeats: true, "a host outside of the declared cloud that may get credentials"),
    Flag("table", value: "GLOB", repeats: true, "only these tables; * and ? as in a shell"),
    Flag("from", value: "TIME", commands: looking, "only slices from here on"),
    Flag("to", value: "TIME", commands: looking, "only slices before"),
    Flag("as-of", value: "TIME", commands: looking, "take this for the clock"),
    Flag("parallelism", value: "N", commands: ["apply"], "parts under way at once, 1 to 64 (default 5)"),
    Flag("no-list", commands: ["plan", "graph"], "trust the manifest: list no blobs, recount nothing"),
    Flag("refresh", commands: ["plan", "apply"], "count what is archived once more"),
    Flag(
      "count-billed", commands: planning,
      "count Basic and Auxiliary tables too, whose queries are billed by what they scan"),
    Flag(
      "replace", value: "ADDRESS", repeats: true, commands: ["plan", "apply"],
      "export this slice again, such as SecurityEvent/2025-01-01T00:00:00Z"),
    Flag(
      "allow-shrink", value: "ADDRESS", repeats: true, commands: ["plan", "apply"],
      "let this slice be replaced by fewer rows"),
    Flag("detailed-exitcode", commands: ["plan"], "end with 2 where there is something to do"),
    Flag("format", value: "FORMAT", commands: ["plan", "graph"], "plan: text or json; graph: dot or mermaid"),
    Flag("check", commands: ["status"], "end with 2 where anything is missing"),
    Flag("out", short: "o", value: "FILE", commands: ["report"], "write the page there, instead of to stdout"),
    Flag("auto-approve", commands: ["apply", "unlock"], "do not ask"),
    Flag("lock-timeout", value: "TIME", commands: ["apply"], "wait so long, such as 10m, for another run's lock"),
    Flag(
      "json", commands: ["validate", "plan", "apply", "status", "unlock"],
      "write the result and what went wrong as JSON"),
    Flag("no-color", "no colours, as with NO_COLOR"),
    Flag("quiet", short: "q", "only results and errors"),
    Flag("verbose", short: "v", "also each slice and each retry"),
    Flag("progress", value: "HOW", commands: planning, "auto, tty, plain or none"),
    Flag("log-format", value: "FORMAT", "text or json"),
    Flag("log-file", value: "FILE", "write the log there as well, in full"),
    Flag("help", short: "h", "this help"),
  ]

  private static let planning = ["plan", "apply", "graph"]
  /// Commands for which the range and the clock matter.
  private static let looking = planning + ["status", "report"]

  /// The flags that a command knows.
  static func known(to command: String) -> [Flag] {
    all.filter { $0.commands.isEmpty || $0.commands.contains(command) }
  }
}

/// The commands, with a line each.
struct CommandName: Sendable {
  let name: String
  /// What the word is called that must follow; nil for none.
  let operand: String?
  let help: String

  init(name: String, operand: String? = nil, help: String) {
    self.name = name
    self.operand = operand
    self.help = help
  }

  static let all = [
    CommandName(name: "validate", help: "check a spec, offline"),
    CommandName(name: "plan", help: "say what is missing in the archive and what it takes to export it"),
    CommandName(name: "apply", help: "export what is missing and record it"),
    CommandName(name: "unlock", operand: "ID", help: "end the lock of a run that hangs; its message says the ID"),
    CommandName(name: "status", help: "show what is archived and what is missing, by the manifest"),
    CommandName(name: "report", help: "write the same as a page of HTML, for the auditor"),
    CommandName(name: "graph", help: "write the slices as a graph, for Graphviz or Mermaid"),
    CommandName(name: "version", help: "print the version"),
  ]
}
