internal import Export
internal import Planning
internal import Synchronization
internal import Timeline

/// `logexport apply`: executes the difference and records it.
enum ApplyCommand {
  static func run(
    _ arguments: Arguments, _ environment: [String: String], _ console: Console, _ signals: Signals
  ) async throws -> ExitCode {
    let parallelism = try parallelism(arguments)
    let timeout = try lockTimeout(arguments)
    let approval = try Approval(arguments)
    guard approval != .ask || Console.canAsk else {
      throw CommandFailure(
        .usage,
        "there is no terminal to ask on\n  Look at `logexport plan -o plan.json`, then run `logexport apply plan.json`, or apply --auto-approve."
      )
    }
    let retries = Mutex<ProgressView?>(nil)
    var session = try Session.open(arguments, environment: environment, console: console) { _ in
      retries.withLock { $0 }?.retried()
    }
    if case .file(let file) = approval { try session.follow(file) }
    let runID = session.log.run.description
    return try await session.asOnlyWriter("apply", runID, timeout: timeout, signals) { [session] lock in
      try await apply(
        arguments, session, approval, parallelism: parallelism, runID: runID, lock,
        onStart: { view in retries.withLock { $0 = view } })
    }
  }

  /// Plans, asks and executes, under the archive's lock.
  private static func apply(
    _ arguments: Arguments, _ session: Session, _ approval: Approval, parallelism: Int, runID: String,
    _ lock: ArchiveLock, onStart: (ProgressView) -> Void
  ) async throws -> ExitCode {
    let console = session.console
    let plan = try approval.permitted(of: try await session.plan(), session)
    console.report(plan.failures)
    let text = PlanText(plan: session.planFile(plan), style: console.style).render()
    if plan.isEmpty {
      if console.json { try console.write(json(ApplyOutcome(), plan)) } else { try console.write(text) }
      return plan.failures.isEmpty ? .done : ExitCode(plan.failures.map(\.kind))
    }
    if approval == .ask {
      try console.write(text)
      guard await Question.confirm("Do this?") else {
        console.error("Nothing was done.")
        return .error
      }
    } else if !console.json, !arguments.has("quiet") {
      try console.write(text)
    }

    let progress = ProgressView(session.progress, log: session.log, pace: session.pace)
    onStart(progress)
    var applier = Applier(
      spec: session.file.spec, plan: plan, source: session.source, store: session.store, parallelism: parallelism,
      runID: runID, clock: session.clock, report: progress.take)
    applier.creator = "logexport version \(version)"
    applier.permit = { try await lock.check(isContested: $0) }
    let outcome = try await session.progress.during(progress.refresh) { [applier] in try await applier.run() }
    if console.json { try console.write(json(outcome, plan)) } else { try console.write(verdict(outcome, plan)) }
    return exitCode(outcome, plan)
  }

  static func parallelism(_ arguments: Arguments) throws(CommandFailure) -> Int {
    guard let text = arguments.value("parallelism") else { return 5 }
    guard let value = Int(text), (1...64).contains(value) else {
      throw CommandFailure(.usage, "--parallelism is 1 to 64, not '\(text)'")
    }
    return value
  }

  /// How long to wait for the lock; not at all unless asked to.
  static func lockTimeout(_ arguments: Arguments) throws(CommandFailure) -> Duration {
    guard let text = arguments.value("lock-timeout") else { return .zero }
    guard let span = Timespan(parsing: text) else {
      throw CommandFailure(.usage, "--lock-timeout '\(text)' is no length of time\n  Write 90s, 10m or 2h.")
    }
    return .seconds(span.seconds)
  }

  private static func verdict(_ outcome: ApplyOutcome, _ plan: Plan) -> String {
    var parts = [
      "\(Quantity.of(outcome.exported.slices, "slice")) with \(Quantity.of(outcome.exported.rows, "row")) exported (\(Quantity.bytes(outcome.bytes)))"
    ]
    if outcome.recorded > 0 { parts.append("\(Quantity.count(outcome.recorded)) recorded without rows") }
    if outcome.deleted > 0 { parts.append("\(Quantity.of(outcome.deleted, "blob")) removed") }
    if !outcome.failures.isEmpty { parts.append("\(Quantity.of(outcome.failures.count, "slice")) failed") }
    if !plan.failures.isEmpty { parts.append(PlanText.failed(plan.failures)) }
    var text = "Applied: \(parts.joined(separator: ", ")).\n"
    if outcome.cancelled { text += "Stopped early; what was finished is recorded. Run it again for the rest.\n" }
    return text
  }

  private static func json(_ outcome: ApplyOutcome, _ plan: Plan) -> String {
    let failures: [JSONValue] =
      outcome.failures.map { .object([("slice", .string($0.slice.address)), ("message", .string($0.message))]) }
      + plan.failures.map { failure in
        let slice = failure.slice.map { Slice(table: failure.table, range: $0).address }
        return .object([
          (slice == nil ? "table" : "slice", .string(slice ?? failure.table)), ("message", .string(failure.message)),
        ])
      }
    let result = JSONValue.object([
      ("slices", .integer(outcome.exported.slices)), ("rows", .integer(outcome.exported.rows)),
      ("recorded", .integer(outcome.recorded)), ("bytes", .integer(outcome.bytes)),
      ("deleted", .integer(outcome.deleted)), ("cancelled", .bool(outcome.cancelled)), ("failures", .array(failures)),
    ])
    return result.text + "\n"
  }

  private static func exitCode(_ outcome: ApplyOutcome, _ plan: Plan) -> ExitCode {
    let failures = outcome.failures.map(\.kind) + plan.failures.map(\.kind)
    if failures.isEmpty { return outcome.cancelled ? .partial : .done }
    if outcome.exported.slices + outcome.recorded > 0 { return .partial }
    return ExitCode(failures)
  }
}
