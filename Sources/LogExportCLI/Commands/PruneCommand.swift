internal import BlobStorage
internal import Export
internal import ExportSpec
internal import Timeline

/// `logexport prune`: deletes by name what no declared slice in force needs.
enum PruneCommand {
  static func run(
    _ arguments: Arguments, _ environment: [String: String], _ console: Console, _ signals: Signals
  ) async throws -> ExitCode {
    let selection = try selection(arguments)
    let consent = Consent(arguments, remedy: "Add --auto-approve to delete what is listed.")
    let timeout = try arguments.lockTimeout()
    // Tables of the manifest may be selected too, which nobody knows yet.
    let globs = arguments.all("table")
    var all = arguments
    all.values["table"] = nil
    let session = try Session.open(all, environment: environment, console: console) { _ in }
    @Sendable func isSelected(_ table: String) -> Bool {
      globs.isEmpty || globs.contains { matches(table, glob: $0) }
    }
    let progress = LookProgress(session.progress, "Pruning")
    let pruner = Pruner(
      spec: session.file.spec, tables: session.tables.filter { isSelected($0.name) }, beyond: isSelected,
      store: session.store, now: session.now, runID: session.log.run.description, report: progress.take)
    return try await session.propose("prune", "Delete these blobs for good?", consent, timeout: timeout, signals) {
      () async throws -> Proposal<Pruning> in
      let pruning = try await session.progress.during(progress.refresh) { try await pruner.look(selection) }
      if let glob = globs.first(where: { glob in !pruning.tables.contains { matches($0, glob: glob) } }) {
        throw CommandFailure(
          .usage, "--table '\(glob)' selects no table of the spec or the manifest, nothing was deleted")
      }
      if !pruning.obstacles.isEmpty {
        let reasons = pruning.obstacles.map { "nothing of \($0.address) may be pruned: \($0.reason)" }
        throw CommandFailure(
          .error,
          reasons.joined(separator: "\n  ") + "\n  Nothing was deleted. `logexport manifest list` shows what there is.")
      }
      let view = PruneView(pruning: pruning, style: console.style)
      if pruning.items.isEmpty {
        try console.write(console.json ? view.json(PruneOutcome()) : view.text + "Nothing to prune.\n")
        return .nothing(.done)
      }
      try consent.show(console, text: view.text, json: view.json(PruneOutcome()))
      return .something(pruning)
    } carryOut: { pruning, permit in
      let outcome = try await pruner.prune(pruning, permit: permit)
      let view = PruneView(pruning: pruning, style: console.style)
      try console.write(console.json ? view.json(outcome) : view.done(outcome))
      return outcome.refused.isEmpty ? .done : .partial
    }
  }

  /// What is named; nothing is pruned that is not.
  private static func selection(_ arguments: Arguments) throws(CommandFailure) -> PruneSelection {
    var selection = PruneSelection()
    selection.superseded = arguments.has("superseded")
    selection.undeclared = arguments.has("undeclared")
    selection.unrecorded = arguments.has("unrecorded")
    for text in (arguments.operand.map { [$0] } ?? []) + arguments.further {
      guard let address = Slice.address(reading: text)?.address else {
        throw CommandFailure(
          .usage, "'\(text)' is no slice\n  Write TABLE/START, such as SecurityEvent/2025-01-01T00:00:00Z.")
      }
      selection.addresses.insert(address)
    }
    guard selection != PruneSelection() else {
      throw CommandFailure(
        .usage, "'prune' needs slices, --superseded, --undeclared or --unrecorded\n  Nothing is pruned unnamed.")
    }
    return selection
  }
}
