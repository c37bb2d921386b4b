internal import BlobStorage
internal import Export
internal import Planning
internal import Synchronization
internal import Timeline

/// One run of `apply`, once its command line is understood.
///
/// Resources come first, since slices are written into what they are. The archive's lock is held while slices are
/// planned and exported. It lies in the storage account, which a change of the resources may shut for a while, or
/// open only then: so all but the containers' policies is changed before it is taken.
struct ApplyRun: Sendable {
  var session: Session
  var scope: Scope
  var approval: Approval
  var parallelism: Int
  var isQuiet: Bool
  var caps: RunCaps
  /// Told the view that shows progress, which counts retries.
  var onStart: @Sendable (ProgressView) -> Void
  /// Refuses resources that are not as they must be before anything is written.
  var gate: @Sendable (PosturePlan) throws -> Void
  /// Properties of resources that this run has changed already.
  var changed = 0
  /// Whether a refusal may end by itself, as what was changed takes effect.
  var mayBeMended = false
  /// Whether the plan has been shown and approved already.
  var isShown = false

  /// What is changed before anything is written to the account; the rest needs the containers.
  private static let ahead: Set<ResourceStep.Stage> = [.network, .access, .account]
  /// Before a look at whether a role has taken effect; it becomes longer.
  private static func pause(_ look: Int) -> Duration { .seconds(min(look, 10)) }
  /// Looks at it, for some 10 minutes, as `PosturePlan.grantDelay` has it.
  private static let looks = 65
}

extension ApplyRun {
  /// Changes the resources alone.
  func resources() async throws -> ExitCode {
    let plan = try approval.permitted(of: try await session.plan(.resources), session)
    try gate(plan.posture)
    guard try await isWanted(plan) else { return plan.isEmpty ? .done : .error }
    let changed = try await session.change(plan.posture, Set(ResourceStep.Stage.allCases), scope: scope)
    return try show(ApplyView(outcome: ApplyOutcome(), plan: plan, changed: changed.count))
  }

  /// Exports the slices, after what must be changed before them.
  func slices(_ posture: PosturePlan, timeout: Duration, _ signals: Signals) async throws -> ExitCode {
    var run = self
    if posture.steps.contains(where: { Self.ahead.contains($0.step.stage) }) {
      let plan = try approval.permitted(of: try await session.plan(scope), session)
      try gate(plan.posture)
      guard try await isWanted(plan) else { return .error }
      run.changed = try await session.change(plan.posture, Self.ahead, scope: scope).count
      if plan.failures.isEmpty {
        // What was shown is approved; it is not asked for again, and nothing else is done.
        run.isShown = true
        if approval != .everything { run.approval = .file(session.planFile(plan)) }
      }
    }
    // Another run may have granted a role just before.
    run.mayBeMended = run.changed > 0 || posture.isGrantFresh(at: Tick.now())
    for look in 1... {
      do { return try await run.locked(timeout, signals) } catch let refusal as Refusal {
        // A role that was granted mends no refusal by the network, and no rule one by an account without public access.
        let isForGood =
          (refusal.cause as? StoreError)?.isOfNetwork == true && (posture.closure != nil || run.changed == 0)
        guard look < Self.looks, !isForGood else { throw refusal.cause }
        session.log.write(.info, "waiting for what was changed to take effect: \(refusal.denial.message.firstLine)")
      }
      try await Task.sleep(for: Self.pause(look))
    }
    return .error
  }

  /// Takes the lock, plans and executes. Throws `Refusal` where storage or source refused before anything was begun.
  private func locked(_ timeout: Duration, _ signals: Signals) async throws -> ExitCode {
    let hasBegun = Mutex(false)
    do {
      return try await session.asOnlyWriter("apply", session.log.run.description, timeout: timeout, signals) { lock in
        let plan = try await session.plan(scope)
        // Somebody may have changed the resources meanwhile.
        try gate(plan.posture)
        hasBegun.withLock { $0 = true }
        return try await execute(plan, lock)
      }
    } catch {
      guard let denial = Denial(error), mayBeMended, !hasBegun.withLock({ $0 }) else { throw error }
      throw Refusal(denial: denial, cause: error)
    }
  }

  /// A denial before anything was begun, which waiting may mend.
  private struct Refusal: Error {
    var denial: Denial
    var cause: any Error
  }

  /// Asks and executes, under the archive's lock.
  private func execute(_ fresh: Plan, _ lock: ArchiveLock) async throws -> ExitCode {
    let plan = try approval.permitted(of: fresh, session, changed: changed)
    session.console.report(plan.failures)
    guard try await isWanted(plan) else {
      if changed > 0, plan.isEmpty { return try show(ApplyView(outcome: ApplyOutcome(), plan: plan, changed: changed)) }
      return !plan.isEmpty ? .error : plan.failures.isEmpty ? .done : ExitCode(plan.failures.map(\.kind))
    }
    let progress = ProgressView(session.progress, log: session.log, pace: session.pace) {
      lock.isHeld() ? "by a signal" : "as the archive's lock is lost"
    }
    onStart(progress)
    let later = Mutex(0)
    var applier = Applier(
      spec: session.file.spec, plan: plan, source: session.source, store: session.store, parallelism: parallelism,
      runID: session.log.run.description, clock: session.clock, report: progress.take)
    applier.caps = caps
    applier.creator = "logexport version \(version)"
    applier.permit = { try await lock.check(isContested: $0) }
    applier.prepare = {
      let done = try await session.change(plan.posture, [.containers], scope: scope).count
      later.withLock { $0 = done }
      // What was made just now can be looked at only now.
      if !plan.posture.unchecked.isEmpty { try PostureGate.check(new: try await session.posture(scope)) }
    }
    let outcome = try await session.progress.during(progress.refresh) { [applier] in try await applier.run() }
    return try show(ApplyView(outcome: outcome, plan: plan, changed: changed + later.withLock { $0 }))
  }

  /// Shows a plan, and asks where nobody has approved it; false where there is nothing to do, or the answer is no.
  private func isWanted(_ plan: Plan) async throws -> Bool {
    if isShown, !plan.isEmpty { return true }
    let console = session.console
    let text = PlanText(plan: session.planFile(plan), style: console.style).render()
    if plan.isEmpty {
      if changed > 0 { return false }
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
