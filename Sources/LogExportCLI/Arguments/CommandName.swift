/// A command as the help, the man page and the completions know it.
struct CommandName: Sendable {
  let name: String
  /// One line.
  let help: String
  /// What follows the command without dashes; nil where nothing does.
  let operand: FlagValue?
  let operandIsOptional: Bool
  /// What may follow the operand, any number of times; nil where nothing does.
  let further: FlagValue?
  /// What it does and needs, in sentences.
  let description: String
  /// What its operand chooses among, where each is a command of its own; empty where none is.
  let actions: [Action]
  /// Command lines to begin with.
  let examples: [String]

  init(
    name: String, help: String, operand: FlagValue? = nil, operandIsOptional: Bool = true, further: FlagValue? = nil,
    description: String = "", actions: [Action] = [], examples: [String] = []
  ) {
    self.name = name
    self.help = help
    self.operand = operand
    self.operandIsOptional = operandIsOptional
    self.further = further
    self.description = (actions.map(\.description) + [description]).joined(separator: "\n\n")
    self.actions = actions
    self.examples = examples
  }
}

extension CommandName {
  /// What a command does by the word that follows it: `manifest import`.
  struct Action: Sendable {
    let name: String
    /// In sentences; the first begins with the name.
    let description: String
    /// Those of the command's flags that no other action has.
    let flags: Set<String>
    /// What follows it; nil where nothing does.
    let operand: FlagValue?
  }

  /// The action of a name; nil where there is none.
  func action(_ name: String?) -> Action? { actions.first { $0.name == name } }

  /// The flags that an action knows: the command's but for those that only other actions have.
  func flags(of action: Action) -> [Flag] {
    let others = actions.reduce(into: Set()) { $0.formUnion($1.flags) }.subtracting(action.flags)
    return Flag.known(to: name).filter { !others.contains($0.name) }
  }

  /// `logexport completion bash|zsh|fish [options]`.
  var usage: String {
    var words = ["logexport", name]
    if let operand {
      let text = operand.choices.isEmpty ? operand.name : operand.choices.joined(separator: "|")
      words.append(operandIsOptional ? "[\(text)]" : text)
      if let further { words.append("[\(further.name)...]") }
    }
    return (words + ["[options]"]).joined(separator: " ")
  }

  /// The command of a name; nil where there is none.
  static func named(_ name: String) -> CommandName? { all.first { $0.name == name } }

  /// In the order of the help.
  static let all = [
    CommandName(
      name: "init", help: "write a spec to begin with",
      description: """
        Asks for the workspace, the destination, the time range and the tables, and writes a commented spec that is \
        valid. What options say is not asked, --table among them; without a terminal they must say everything but the \
        range. Where the workspace can be \
        reached, its tables are listed by their size in the last 31 days, from its table Usage, which costs nothing \
        to read. A file that exists is left alone; with -f - the spec is printed.
        """,
      examples: [
        "logexport init",
        "logexport init --workspace 33333333-3333-4333-8333-333333333333 --account stsocarchive --table SecurityEvent --last 90d",
      ]),
    CommandName(
      name: "validate", help: "check a spec, offline",
      description: "Reads the spec and says everything that is wrong with it, each with its place and a remedy.",
      examples: ["logexport validate -f soc.yaml"]),
    CommandName(
      name: "doctor", help: "check credentials, reachability, roles, the store, the clock and limits",
      description: """
        One line for each check, and below what is wrong the remedy. Nothing is changed and nothing is billed; with \
        --write an empty blob is put into the manifest's container and removed again.
        """,
      examples: ["logexport doctor -f soc.yaml", "logexport doctor -f soc.yaml --write --json"]),
    CommandName(
      name: "plan", help: "say what is missing in the archive and what it takes to export it",
      description: """
        Compares the spec with the manifest, the blobs and the workspace's counts. It needs reader roles only, writes \
        nothing to the archive and takes no lock. With --out it also writes the plan file, for show and apply, and \
        says its digest.
        """,
      examples: [
        "logexport plan -f soc.yaml", "logexport plan --table 'Sign*' --from 2025-08-01 --json",
        "logexport plan -f soc.yaml -o plan.json --format markdown",
      ]),
    CommandName(
      name: "show", help: "show a plan file as plan did", operand: FlagValue("PLAN", .file), operandIsOptional: false,
      description: """
        Reads the file alone: it needs no spec, and asks nobody. With --against it says instead what came into the \
        plan, what went and what changed since another one.
        """,
      examples: [
        "logexport show plan.json", "logexport show plan.json --format markdown",
        "logexport show plan.json --against old.json",
      ]),
    CommandName(
      name: "apply", help: "export what is missing and record it", operand: FlagValue("PLAN", .file),
      description: """
        Plans, asks, and does what the plan says. It may be interrupted at any moment; run again, it does the rest. \
        Without a terminal it needs --auto-approve, a plan file or a digest.

        With a plan file it plans anew, does what the file holds less what others have done since, and never more. \
        The file is refused, with code 13, where the spec, the archive or the workspace is another one, or where it \
        was changed by hand; with --approve-digest also where it is not the plan of that digest.

        A digest alone cannot tell a part of a plan from another plan. So --approve-digest without a file goes on \
        only where what is planned anew has just that digest, or where nothing is left to do.
        """,
      examples: [
        "logexport apply -f soc.yaml", "logexport apply -f soc.yaml --auto-approve --log-file run.log",
        "logexport apply -f soc.yaml plan.json --approve-digest sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      ]),
    CommandName(
      name: "unlock", help: "end the lock of a run that hangs", operand: FlagValue("ID", .text),
      operandIsOptional: false,
      description: """
        Takes the archive's lock from the run that the message of a refused apply names, by its lease or its run, \
        and from no other. A run that still lives stops.
        """,
      examples: ["logexport unlock 2025-08-09T10:00:00Z-1f2e3d4c"]),
    CommandName(
      name: "status", help: "show what is archived and what is missing, by the manifest",
      description: """
        A calendar of each table, its gaps, rows and bytes, and what leaves the workspace soon. It reads the manifest \
        alone: nothing is counted, and blobs are listed only of years that it has no file of. With --check and --quiet it says the verdict alone.
        """,
      examples: ["logexport status -f soc.yaml", "logexport status --check --quiet"]),
    CommandName(
      name: "report", help: "write the same as a page of HTML, for the auditor",
      description: """
        One page that needs no network: coverage, heat maps of rows, gaps, the largest slices, and of each property \
        of the declared posture whether the resources have it. It reads the manifest and, as plan does, the \
        resources; what may not be read is said.
        """,
      examples: ["logexport report -f soc.yaml -o report.html"]),
    CommandName(
      name: "verify", help: "hold every row of the manifest against its blob",
      description: """
        Looks at each blob's existence, size, MD5 and receipt. --content also reads it: checksums, each line, the \
        number of rows; blobs in the archive tier stay unread. --source also counts what the workspace still holds. \
        What does not agree is printed, one finding a line with its remedy, and the exit code is 2. Nothing is changed.
        """,
      examples: [
        "logexport verify -f soc.yaml", "logexport verify --content --sample 5% --seed 42 --json",
        "logexport verify --source --table SecurityEvent --from 2025-08-01",
      ]),
    CommandName(
      name: "manifest", help: "list the manifest, rebuild it, or import another tool's",
      operand: .choice("ACTION", ["list", "rebuild", "import"]), operandIsOptional: false, further: .file,
      description:
        "rebuild and import show what they would append and ask, as apply does; they hold the archive's lock.",
      actions: [
        Action(
          name: "list",
          description: """
            list prints the rows in force, gaps, overlaps and what was replaced, as CSV; --urls prints the blobs' URLs \
            alone.
            """, flags: ["urls", "from", "to"], operand: nil),
        Action(
          name: "rebuild",
          description: """
            rebuild brings every exported slice back from the receipts of the blobs, into files of the manifest that \
            are absent or empty. Empty slices are counted again by the next plan; adopted rows must be imported again.
            """, flags: ["force", "auto-approve", "lock-timeout"], operand: nil),
        Action(
          name: "import",
          description: """
            import FILE adopts what an earlier job exported: a CSV with the table, the range, the rows and the URL of \
            each blob, under any names of its columns. Each blob is looked at before its row is taken, and adopted \
            slices are not exported again.
            """,
          flags: ["columns", "end", "recount", "count-billed", "auto-approve", "lock-timeout", "progress"],
          operand: .file),
      ],
      examples: [
        "logexport manifest list | grep ',missing,'", "logexport manifest rebuild -f soc.yaml",
        "logexport manifest import old.csv --columns table=TableName,range=TimeRange,rows=RowCount,url=BlobUrl",
      ]),
    CommandName(
      name: "prune", help: "delete what is no longer declared, or no longer in force, by name",
      operand: FlagValue("ADDRESS", .text), further: FlagValue("ADDRESS", .text),
      description: """
        Nothing else ever deletes a slice. Named are slices, such as SecurityEvent/2025-01-01T00:00:00Z, or with \
        --undeclared all slices outside of the spec's tables and ranges, with --superseded all blobs of earlier \
        generations that could not be deleted before, with --unrecorded the blobs of runs that were cut off, as far \
        as no plan takes them over. What is declared and in force is never touched, \
        but where other slices hold the same time; TABLE/START/END names one of two that begin at once. Shows what \
        would go and asks; without a terminal it needs --auto-approve. The manifest keeps its rows, and says what \
        was pruned.
        """,
      examples: [
        "logexport prune --superseded", "logexport prune SecurityEvent/2023-01-01T00:00:00Z",
        "logexport prune --undeclared --auto-approve --json",
      ]),
    CommandName(
      name: "graph", help: "write the slices as a graph, for Graphviz or Mermaid",
      description: "Draws the account, a container for each table, its slices and the manifest.",
      examples: ["logexport graph | dot -Tsvg > plan.svg"]),
    CommandName(
      name: "schema", help: "print the JSON Schema of specs",
      description: "For editors and linters; it is the one that belongs to this version.",
      examples: ["logexport schema > logexport-v1.schema.json"]),
    CommandName(
      name: "completion", help: "print completions for a shell",
      operand: .choice("SHELL", Shell.allCases.map(\.rawValue) + ["tables"]), operandIsOptional: false,
      description: """
        The script completes commands, options, their values, and the tables of the spec.

          bash: source <(logexport completion bash), in ~/.bashrc
          zsh:  logexport completion zsh > "${fpath[1]}/_logexport"
          fish: logexport completion fish > ~/.config/fish/completions/logexport.fish

        Instead of a shell, tables prints the tables of the spec, which is what the scripts ask for.
        """,
      examples: ["source <(logexport completion bash)"]),
    CommandName(
      name: "help", help: "say how to use a command", operand: .command, further: FlagValue("ACTION", .text),
      description: "With --format also as a man page, or as the Markdown of docs/commands.md.",
      examples: ["logexport help apply", "logexport help --format man | man -l -"]),
    CommandName(
      name: "version", help: "print the version", description: "By semantic versioning.",
      examples: ["logexport version"]),
  ]
}
