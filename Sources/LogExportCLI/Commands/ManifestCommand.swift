internal import BlobStorage
internal import Export
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

/// `logexport manifest list|rebuild|import`.
enum ManifestCommand {
  static func run(
    _ arguments: Arguments, _ environment: [String: String], _ console: Console, _ signals: Signals
  ) async throws -> ExitCode {
    let action = arguments.operand ?? ""
    try check(arguments)
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    try await session.inform()
    switch action {
    case "rebuild": return try await rebuild(arguments, session, signals)
    case "import": return try await ManifestImport.run(arguments, session, signals)
    default: return try await list(arguments, session)
    }
  }

  /// What belongs to another action is a slip.
  private static func check(_ arguments: Arguments) throws(CommandFailure) {
    guard let command = CommandName.named(arguments.command), let action = command.action(arguments.operand) else {
      return
    }
    let known = Set(command.flags(of: action).map(\.name))
    for flag in arguments.values.keys.sorted() where !known.contains(flag) {
      throw CommandFailure(.usage, "'manifest \(action.name)' has no --\(flag)")
    }
    guard action.operand != nil || arguments.further.isEmpty else {
      throw CommandFailure(.usage, "'manifest \(action.name)' takes no argument '\(arguments.further[0])'")
    }
  }
}

// MARK: - list

extension ManifestCommand {
  /// Prints table after table, so that a large manifest is never in memory whole.
  private static func list(_ arguments: Arguments, _ session: Session) async throws -> ExitCode {
    let spec = session.file.spec
    let ledger = Ledger(store: session.store, container: spec.destination.manifest)
    let binding = try await ArchiveBinding.observe(
      store: session.store, ledger: ledger, workspace: spec.source.workspace, containers: [])
    let segments = try await ledger.segments()
    guard let lineage = binding.lineage else {
      throw CommandFailure(.error, "there is no manifest in \(ledger.container)\n  Nothing was exported yet.")
    }
    let style: ManifestList.Style = session.console.json ? .json : arguments.has("urls") ? .urls : .csv
    let list = ManifestList(style: style)
    try session.console.write(list.head(lineage: lineage.id))
    var isFirst = true
    func write(_ table: String, _ archived: ArchivedTable, _ coverage: Coverage?, on grid: SliceGrid) throws {
      let text = list.table(table, archived, coverage, selected: session.options.selected(on: grid))
      if style == .json, !isFirst { try session.console.write(",\n") }
      isFirst = false
      try session.console.write(text)
    }
    for table in session.tables {
      try Task.checkCancellation()
      let archived = try await ledger.read(table.name, from: segments)
      let state = TableState(
        spec: table, limits: spec.limits, onChange: spec.onChange, deleteAfter: spec.retention?.deleteAfter,
        storeURL: session.store.url, now: session.now, archived: archived, inventory: nil, options: session.options)
      try write(table.name, archived, Coverage(state), on: table.grid)
    }
    // What the spec no longer declares is in the manifest all the same.
    if !arguments.has("table") {
      let undeclared = Set(segments.keys.map(\.table)).subtracting(spec.tables.map(\.name))
      for table in undeclared.sorted() {
        try write(table, try await ledger.read(table, from: segments), nil, on: .hourly)
      }
    }
    try session.console.write(list.tail)
    return .done
  }
}

// MARK: - rebuild

extension ManifestCommand {
  private static func rebuild(
    _ arguments: Arguments, _ session: Session, _ signals: Signals
  ) async throws -> ExitCode {
    let consent = Consent(arguments, remedy: "Add --auto-approve: what is there already is never changed.")
    let timeout = try arguments.lockTimeout()
    let rebuilder = Rebuilder(
      spec: session.file.spec, tables: session.tables, store: session.store, now: session.now,
      force: arguments.has("force"))
    let console = session.console
    return try await session.propose(
      "manifest rebuild", "Append these rows to the manifest?", consent, timeout: timeout, signals
    ) { () async throws -> Proposal<Rebuild> in
      let rebuild = try await rebuilder.look()
      let view = RebuildView(rebuild: rebuild, style: console.style)
      if rebuild.isEmpty {
        try console.write(console.json ? view.json : view.text)
        guard !rebuild.tables.contains(where: { $0.heldBack > 0 }) else {
          throw CommandFailure(
            .error,
            "the manifest has rows that no rebuild wrote, nothing was changed\n  --force appends the slices that it does not account for."
          )
        }
        return .nothing(.done)
      }
      try consent.show(console, text: view.text, json: view.json)
      return .something(rebuild)
    } carryOut: { rebuild, permit in
      try await rebuilder.append(rebuild, permit: permit)
      let view = RebuildView(rebuild: rebuild, style: console.style)
      try console.write(console.json ? view.json : console.naming(view.done))
      return .done
    }
  }
}
