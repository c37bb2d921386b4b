internal import Export
internal import ExportSpec
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
    let caps = try caps(arguments)
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
    if Scope(arguments) != .resources { try await session.inform() }
    let posture = try await session.posture(Scope(arguments))
    try PostureGate.check(posture, arguments)
    let run = ApplyRun(
      session: session, scope: Scope(arguments), approval: approval, parallelism: parallelism,
      isQuiet: arguments.has("quiet"), caps: caps, onStart: { view in retries.withLock { $0 = view } },
      gate: { try PostureGate.check($0, arguments) })
    if run.scope == .resources { return try await run.resources() }
    do { return try await run.slices(posture, timeout: timeout, signals) } catch {
      throw Session.explained(error, posture)
    }
  }

  /// How much this run may export at most.
  private static func caps(_ arguments: Arguments) throws(CommandFailure) -> RunCaps {
    var caps = RunCaps()
    if let text = arguments.value("max-rows") {
      guard let rows = Int(text), rows > 0 else {
        throw CommandFailure(.usage, "--max-rows is a number of rows, not '\(text)'")
      }
      caps.rows = rows
    }
    if let text = arguments.value("max-bytes") {
      guard let bytes = byteSize(text), bytes > 0 else {
        throw CommandFailure(.usage, "--max-bytes '\(text)' is no size\n  Write 500MB, 20GB or a number of bytes.")
      }
      caps.bytes = bytes
    }
    if let text = arguments.value("max-duration") {
      guard let span = Timespan(parsing: text), span > .zero else {
        throw CommandFailure(.usage, "--max-duration '\(text)' is no length of time\n  Write 90s, 50m or 2h.")
      }
      caps.duration = .seconds(span.seconds)
    }
    return caps
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
}
