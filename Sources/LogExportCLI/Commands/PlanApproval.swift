internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

/// What a run of `apply` was allowed to do.
enum Approval: Equatable {
  /// What a person says yes to.
  case ask
  /// Whatever is planned.
  case everything
  /// What a plan file holds.
  case file(PlanFile)
  /// The plan of one digest, and that whole.
  case digest(PlanDigest)
}

extension Approval {
  /// What the command line says; reads the plan file where one is named.
  init(_ arguments: Arguments) throws(CommandFailure) {
    var digest: PlanDigest?
    if let text = arguments.value("approve-digest") {
      guard let named = PlanDigest(parsing: text) else {
        throw CommandFailure(
          .usage,
          "--approve-digest '\(text)' is no digest\n  It is what `logexport plan -o` says: sha256: and 64 digits.")
      }
      digest = named
    }
    guard let path = arguments.operand else {
      self = digest.map { .digest($0) } ?? (arguments.has("auto-approve") ? .everything : .ask)
      return
    }
    // All of these were said when the file was written.
    for flag in Self.planned where arguments.has(flag) {
      throw CommandFailure(
        .usage, "--\(flag) does not go with a plan file, which says what is done\n  Give it to `logexport plan -o`.")
    }
    let file = try PlanFile.read(path)
    if let digest, PlanDigest(file) != digest {
      throw CommandFailure(
        .stale,
        "\(path) is not the plan that was approved\n  It is \(PlanDigest(file).text), approved is \(digest.text). Nothing was done."
      )
    }
    self = .file(file)
  }

  private static let planned = [
    "table", "from", "to", "replace", "allow-shrink", "refresh", "count-billed",
  ]
}

// MARK: - What may be done

extension Approval {
  /// The part of a plan, made anew, that may be done. `changed` are the changes of resources that this run has made
  /// already.
  ///
  /// Throws with code 13 where none of it may.
  func permitted(of plan: Plan, _ session: Session, changed: Int = 0) throws(CommandFailure) -> Plan {
    switch self {
    case .ask, .everything: return plan
    case .digest(let digest):
      let planned = PlanDigest(session.planFile(plan))
      guard !plan.isEmpty, planned != digest else { return plan }
      throw CommandFailure(
        .stale,
        "what would be done now is not the plan that was approved\n  It is \(planned.text), approved is \(digest.text). "
          + "Nothing was done. Give the plan file as well to do what is left of it: logexport apply PLAN --approve-digest …"
      )
    case .file(let file): return try session.narrow(plan, to: file, changed: changed)
    }
  }
}

extension Session {
  /// Plans from here on what a plan file holds: its tables, over the ranges that it froze, by its options.
  ///
  /// The clock stays the one of now: whether a count still proves anything goes by that.
  /// Throws with code 13 where the file is of another spec or another workspace.
  mutating func follow(_ plan: PlanFile) throws(CommandFailure) {
    func refuse(_ problem: String, _ remedy: String = "") -> CommandFailure {
      CommandFailure(.stale, "the plan is stale: \(problem)\n  Nothing was done. \(remedy)Plan again.")
    }
    guard plan.workspace == file.spec.source.workspace else {
      throw refuse("it is of workspace \(plan.workspace), the spec names \(file.spec.source.workspace)")
    }
    guard plan.spec.hash == file.hash else {
      throw refuse("\(file.path) is not the spec that was planned, or has changed since", "It was \(plan.spec.path). ")
    }
    var followed: [TableSpec] = []
    for planned in plan.tables {
      guard var table = file.spec.tables.first(where: { $0.name == planned.table }),
        ExportQuery(table).hash == planned.queryHash, table.container == planned.container
      else { throw refuse("\(planned.table) is exported otherwise by this version") }
      table.from = .at(planned.window.start)
      table.to = .at(planned.window.end)
      followed.append(table)
    }
    tables = followed
    options = plan.options
    (options.from, options.to) = (nil, nil)
    // Trusting the manifest alone is for looking.
    options.noList = false
  }

  /// What of a plan, made anew, a plan file holds; says what else there is.
  ///
  /// Throws with code 13 where the archive is another one.
  fileprivate func narrow(_ plan: Plan, to approved: PlanFile, changed: Int) throws(CommandFailure) -> Plan {
    // Before the first apply there was none; whichever has begun this archive since is of its workspace.
    if let lineage = approved.lineage, lineage != plan.lineage {
      throw CommandFailure(
        .stale,
        "the plan is stale: it is of archive \(lineage), here is \(plan.lineage ?? "none")\n  Nothing was done. Plan again."
      )
    }
    let narrowed = NarrowedPlan(plan, to: approved, tables: file.spec.tables, limits: file.spec.limits)
    if !narrowed.missingContainers.isEmpty {
      throw CommandFailure(
        .stale,
        "the plan is stale: \(narrowed.missingContainers.joined(separator: ", ")) is gone, and the plan does not make it\n  Nothing was done. Plan again."
      )
    }
    if let change = narrowed.unapprovedChanges.first {
      throw CommandFailure(
        .stale,
        "the plan is stale: it does not hold \(change.resource) \(change.property), \(ResourceText(PlanFile.Resource(change)).line)\n  Nothing was done. Plan again."
      )
    }
    let settledChanges = narrowed.settledChanges - changed
    if settledChanges > 0 {
      log.write(.info, "done already: \(Quantity.of(settledChanges, "change")) of resources of the plan")
    }
    if narrowed.settled > 0 {
      log.write(.info, "done already: \(Quantity.of(narrowed.settled, "slice")) of the plan")
    }
    for failure in approved.failures {
      log.write(
        .warning, "\(failure.table): the plan holds nothing of what could not be planned; plan again for it",
        ["table": .string(failure.table)])
    }
    for (table, slices) in narrowed.leftOut {
      log.write(
        .warning,
        "\(table): left out what the plan does not hold, \(PlanText.range(slices)); plan again for it",
        ["table": .string(table)]
      )
    }
    return narrowed.plan
  }
}
