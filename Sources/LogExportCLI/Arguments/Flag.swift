/// One option of the command line; the table below drives the parser, the help, the man page
/// and the completions.
struct Flag: Sendable {
  /// Without its dashes.
  let name: String
  let short: Character?
  /// What it takes; nil for a switch.
  let value: FlagValue?
  /// Whether it may be given several times.
  let repeats: Bool
  let help: String
  /// The commands that know it; empty for all.
  let commands: [String]

  init(
    _ name: String, short: Character? = nil, value: FlagValue? = nil, repeats: Bool = false, commands: [String] = [],
    _ help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.repeats = repeats
    self.commands = commands
    self.help = help
  }

  /// In the order of the help. A name may stand here several times, for commands that take other values.
  static let all: [Flag] = [
    Flag("spec", short: "f", value: .file, "the export spec (default logexport.yaml)"),
    Flag("chdir", value: .directory, "go there before anything else"),
    Flag("env-file", value: .file, "variables for the spec, instead of the .env beside it"),
    Flag("ca-file", value: .file, "PEM authorities to trust, instead of the system's"),
    Flag(
      "allow-host", value: "HOST", repeats: true,
      "a host outside of the declared cloud, or the emulator's, that may get credentials"),
    Flag("table", value: .table, repeats: true, "only these tables; * and ? as in a shell"),
    Flag("name", value: "NAME", commands: ["init"], "the archive's name (default the storage account's)"),
    Flag("workspace", value: "GUID", commands: ["init"], "the workspace's id (default LOG_ANALYTICS_WORKSPACE_ID)"),
    Flag(
      "cloud", value: .choice("CLOUD", ["public", "usgovernment", "china", "emulator"]), commands: ["init"],
      "public (the default), usgovernment, china or emulator"),
    Flag("endpoint", value: "URL", commands: ["init"], "another query endpoint than the cloud's"),
    Flag("account", value: "NAME", commands: ["init"], "export to this storage account"),
    Flag("directory", value: .directory, commands: ["init"], "export to this directory"),
    Flag("from", value: "TIME", commands: ["init"], "the range's start, a date or a time in UTC"),
    Flag("to", value: "TIME", commands: ["init"], "the range's end (default now)"),
    Flag("last", value: "DURATION", commands: ["init"], "how far back, instead of --from (default 90d)"),
    Flag("force", commands: ["init"], "write over a file that exists"),
    Flag("from", value: "TIME", commands: looking, "only slices from here on"),
    Flag("to", value: "TIME", commands: looking, "only slices before"),
    Flag("as-of", value: "TIME", commands: looking, "take this for the clock"),
    Flag("parallelism", value: "N", commands: ["apply", "doctor"], "parts under way at once, 1 to 64 (default 5)"),
    Flag("parallelism", value: "N", commands: ["verify"], "blobs read at once, 1 to 64 (default 5)"),
    Flag("content", commands: ["verify"], "read each blob: checksums, lines, rows"),
    Flag("source", commands: ["verify"], "count what the workspace still holds"),
    Flag("sample", value: "PERCENT", commands: ["verify"], "read and count only this share of each table's slices"),
    Flag("superseded", commands: ["prune"], "blobs of generations that are no longer in force"),
    Flag("undeclared", commands: ["verify"], "also tables of the manifest that the spec does not have"),
    Flag("undeclared", commands: ["prune"], "slices outside of the spec's tables and ranges"),
    Flag("unrecorded", commands: ["prune"], "blobs that no row of the manifest names, of runs that were cut off"),
    Flag("urls", commands: ["manifest"], "list: print the blobs' URLs alone"),
    Flag(
      "columns", value: "NAMES", commands: ["manifest"],
      "import: the file's columns, such as table=T,start=From,end=To,rows=N,url=Blob"),
    Flag(
      "end", value: .choice("KIND", ["exclusive", "inclusive"]), commands: ["manifest"],
      "import: whether ends are the last instant of a range (default exclusive)"),
    Flag("recount", commands: ["manifest"], "import: take only rows whose count the workspace confirms"),
    Flag("force", commands: ["manifest"], "rebuild: append to files that have rows as well"),
    Flag("from", value: "TIME", commands: ["manifest"], "list: only slices from here on"),
    Flag("to", value: "TIME", commands: ["manifest"], "list: only slices before"),
    Flag("seed", value: "N", commands: ["verify"], "take the same share as the run that printed this"),
    Flag("no-list", commands: ["plan", "graph"], "trust the manifest: list no blobs, recount nothing"),
    Flag("no-resources", commands: ["report"], "read no resource: the page leaves the posture unverified"),
    Flag("refresh", commands: ["plan", "apply"], "count what is archived once more"),
    Flag(
      "count-billed", commands: planning + ["verify", "manifest"],
      "count Basic and Auxiliary tables too, whose queries are billed by what they scan"),
    Flag(
      "replace", value: "ADDRESS", repeats: true, commands: ["plan", "apply"],
      "export this slice again, such as SecurityEvent/2025-01-01T00:00:00Z"),
    Flag(
      "allow-shrink", value: "ADDRESS", repeats: true, commands: ["plan", "apply"],
      "let this slice be replaced by fewer rows"),
    Flag("detailed-exitcode", commands: ["plan"], "end with 2 where there is something to do"),
    Flag("check", commands: ["status"], "end with 2 where anything is missing"),
    Flag("out", short: "o", value: .file, commands: ["report"], "write the page there, instead of to stdout"),
    Flag("out", short: "o", value: .file, commands: ["plan"], "also write the plan file there"),
    Flag("against", value: .file, commands: ["show"], "say what differs from this plan file"),
    Flag("write", commands: ["doctor"], "also write a blob beside the manifest, and remove it"),
    Flag(
      "format", value: .choice("FORMAT", ["text", "markdown", "json"]), commands: ["plan", "show"],
      "text, markdown (for a pull request) or json"),
    Flag("format", value: .choice("FORMAT", ["dot", "mermaid"]), commands: ["graph"], "dot or mermaid"),
    Flag("format", value: .choice("FORMAT", ["text", "man", "markdown"]), commands: ["help"], "text, man or markdown"),
    Flag("auto-approve", commands: ["apply", "unlock", "manifest", "prune"], "do not ask"),
    Flag(
      "approve-digest", value: "DIGEST", commands: ["apply"],
      "do not ask, but do only the plan of this digest, else end with 13"),
    Flag(
      "only", value: .choice("WHAT", ["slices", "resources"]), commands: ["plan", "apply"],
      "slices or resources alone; slices still need resources that are as declared"),
    Flag(
      "approve-widening", commands: ["apply"], "allow changes that let in more callers or shorten retention"),
    Flag("approve-irreversible", commands: ["apply"], "allow changes that cannot be undone"),
    Flag("max-rows", value: "N", commands: ["apply"], "stop before more rows than this are exported, with code 8"),
    Flag(
      "max-bytes", value: "SIZE", commands: ["apply"],
      "stop before responses of more than this, such as 20GB, are asked for, with code 8"),
    Flag(
      "max-duration", value: "DURATION", commands: ["apply"], "begin no slice after so long, such as 50m; then code 10"),
    Flag(
      "lock-timeout", value: "DURATION", commands: ["apply", "manifest", "prune"],
      "wait so long, such as 10m, for another run's lock"),
    Flag(
      "json",
      commands: ["validate", "doctor", "plan", "show", "apply", "status", "verify", "manifest", "prune", "unlock"],
      "write the result and what went wrong as JSON"),
    Flag("no-color", "no colours, as with NO_COLOR"),
    Flag("quiet", short: "q", "only results and errors"),
    Flag("verbose", short: "v", "also each slice and each retry"),
    Flag(
      "progress", value: .choice("HOW", ["auto", "tty", "plain", "none"]),
      commands: planning + ["verify", "manifest", "prune"],
      "auto, tty, plain or none"),
    Flag("log-format", value: .choice("FORMAT", ["text", "json"]), "text or json"),
    Flag("log-file", value: .file, "write the log there as well, in full; at 50 MB a new file begins, 5 are kept"),
    Flag("help", short: "h", "this help"),
  ]

  private static let planning = ["plan", "apply", "graph"]
  /// Commands for which the range and the clock matter.
  private static let looking = planning + ["status", "report", "verify"]

  /// The flags that a command knows.
  static func known(to command: String) -> [Flag] {
    all.filter { $0.commands.isEmpty || $0.commands.contains(command) }
  }
}
