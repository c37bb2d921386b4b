internal import BlobStorage
internal import Export
internal import Planning
internal import Synchronization

/// One run of `apply`, once its command line is understood.
///
/// Resources come first, since slices are written into what they are. The archive's lock is held while slices are
/// planned and exported. It lies in the storage account: where the account is shut, or a role is missing that the
/// same plan grants, the resources are changed before it is taken.
struct ApplyRun: Sendable {
  var session: Session
  var scope: Scope
  var approval: Approval
  var parallelism: Int
  var isQuiet: Bool
  /// Told the view that shows progress, which counts retries.
  var onStart: @Sendable (ProgressView) -> Void

  /// What is changed before anything is written to the account; the rest needs the containers.
  private static let ahead: Set<ResourceStep.Stage> = [.network, .access, .account]
  /// Between two looks at whether a role has taken effect.
  private static let pause = Duration.seconds(10)
  /// Looks at it: Azure documents up to 10 minutes for a role assignment to act.
  private static let looks = 60
}

extension ApplyRun {
  /// Changes the resources alone.
  func resources() async throws -> ExitCode {
    let plan = try approval.permitted(of: try await session.plan(.resources), session)
    guard try await isWanted(plan) else { return plan.isEmpty ? .done : .error }
    let changed = try await session.change(plan.posture, Set(ResourceStep.Stage.allCases))
    return try show(ApplyView(outcome: ApplyOutcome(), plan: plan, changed: changed.count))
  }

  /// Exports the slices, with the resources as far as they are this run's.
  func slices(timeout: Duration, _ signals: Signals, _ arguments: Arguments) async throws -> ExitCode {
    var denial: Denial
    switch try await attempt(timeout, signals, arguments) {
    case .ended(let code): return code
    case .shut(let reason): denial = reason
    }
    let plan = try approval.permitted(of: try await session.plan(scope), session)
    guard !plan.posture.steps.isEmpty else { throw CommandFailure(.denied, denial.message) }
    guard try await isWanted(plan) else { return .error }
    _ = try await session.change(plan.posture, Self.ahead)
    for _ in 1...Self.looks {
      switch try await attempt(timeout, signals, arguments) {
      case .ended(let code): return code
      case .shut(let reason): denial = reason
      }
      session.log.write(.info, "waiting for what was changed to take effect: \(denial.message.firstLine)")
      try await Task.sleep(for: Self.pause)
    }
    throw CommandFailure(
      .denied,
      "the resources were changed, and the archive still cannot be written\n  \(denial.message)\n  Roles may take longer to act; run it again, or look whether access.principal is the identity that runs this."
    )
  }

  private enum Attempt: Sendable {
    case ended(ExitCode)
    /// The archive's storage or its source refused; nothing was begun.
    case shut(Denial)
  }

  /// Takes the lock, plans and executes.
  private func attempt(_ timeout: Duration, _ signals: Signals, _ arguments: Arguments) async throws -> Attempt {
    let isLocked = Mutex(false)
    do {
      return try await session.asOnlyWriter("apply", session.log.run.description, timeout: timeout, signals) { lock in
        isLocked.withLock { $0 = true }
        let plan = try await session.plan(scope)
        // Somebody may have changed the resources meanwhile.
        try PostureGate.check(plan.posture, arguments)
        if plan.tables.isEmpty, !plan.posture.steps.isEmpty, let failure = plan.failures.first, failure.kind == .denied
        {
          return .shut(Denial(message: failure.message))
        }
        return .ended(try await execute(plan, lock))
      }
    } catch let error as StoreError {
      guard !isLocked.withLock({ $0 }), let denial = Denial(error), try await hasSteps() else { throw error }
      return .shut(denial)
    }
  }

  private func hasSteps() async throws -> Bool { try await !session.posture(scope).steps.isEmpty }

  /// Asks and executes, under the archive's lock.
  private func execute(_ fresh: Plan, _ lock: ArchiveLock) async throws -> ExitCode {
    let plan = try approval.permitted(of: fresh, session)
    session.console.report(plan.failures)
    guard try await isWanted(plan) else {
      return !plan.isEmpty ? .error : plan.failures.isEmpty ? .done : ExitCode(plan.failures.map(\.kind))
    }
    var changed = try await session.change(plan.posture, Self.ahead).count
    let progress = ProgressView(session.progress, log: session.log, pace: session.pace)
    onStart(progress)
    let later = Mutex(0)
    var applier = Applier(
      spec: session.file.spec, plan: plan, source: session.source, store: session.store, parallelism: parallelism,
      runID: session.log.run.description, clock: session.clock, report: progress.take)
    applier.permit = { try await lock.check(isContested: $0) }
    applier.prepare = {
      let done = try await session.change(plan.posture, [.containers]).count
      later.withLock { $0 = done }
    }
    let outcome = try await session.progress.during(progress.refresh) { [applier] in try await applier.run() }
    changed += later.withLock { $0 }
    return try show(ApplyView(outcome: outcome, plan: plan, changed: changed))
  }

  /// Shows a plan, and asks where nobody has approved it; false where there is nothing to do, or the answer is no.
  private func isWanted(_ plan: Plan) async throws -> Bool {
    let console = session.console
    let text = PlanText(plan: session.planFile(plan), style: console.style).render()
    if plan.isEmpty {
      let nothing = ApplyView(outcome: ApplyOutcome(), plan: plan)
      try console.write(console.json ? nothing.json : text)
      return false
    }
    if approval == .ask {
      try console.write(text)
      guard await Question.confirm("Do this?") else {
        console.error("Nothing was done.")
        return false
      }
    } else if !console.json, !isQuiet {
      try console.write(text)
    }
    return true
  }

  private func show(_ view: ApplyView) throws -> ExitCode {
    try session.console.write(session.console.json ? view.json : view.text)
    return view.exitCode
  }
}

extension String {
  fileprivate var firstLine: Substring { prefix { !$0.isNewline } }
}
