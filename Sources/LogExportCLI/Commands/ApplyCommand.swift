internal import Export
internal import Planning
internal import Synchronization
internal import Timeline

/// `logexport apply`: executes the difference and records it.
enum ApplyCommand {
  static func run(
    _ arguments: Arguments, _ environment: [String: String], _ console: Console, _ signals: Signals
  ) async throws -> ExitCode {
    let parallelism = try arguments.parallelism()
    let timeout = try arguments.lockTimeout()
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
    RunCaps(
      rows: try arguments.count("max-rows", of: "rows"), bytes: try arguments.size("max-bytes"),
      duration: try arguments.duration("max-duration", least: .tick))
  }
}
