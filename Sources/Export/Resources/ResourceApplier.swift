package import ExportSpec
package import Planning

/// Brings resources to what was planned: one step after the other, each read back.
///
/// What a step does is idempotent, so that two runs at once, or a run after one that was cut off, come to the same.
package struct ResourceApplier: Sendable {
  package var spec: ExportSpec
  package var resources: any ResourceStore
  /// Whether the store can be reached through its network rules; nil where this run need not reach it.
  package var reach: (@Sendable () async throws(CancellationError) -> NetworkProbe.Reach)?
  /// How long it is asked that after a change of them.
  package var probe: NetworkProbe
  /// Waits between two looks.
  package var pause: @Sendable (Duration) async throws(CancellationError) -> Void
  /// Told how the network rules are put back by hand, before they are changed.
  package var note: @Sendable (String) -> Void
  /// Told each change as it is brought about.
  package var report: @Sendable (ResourceChange) -> Void

  package init(
    spec: ExportSpec, resources: any ResourceStore,
    reach: (@Sendable () async throws(CancellationError) -> NetworkProbe.Reach)?, probe: NetworkProbe = .azure,
    pause: @escaping @Sendable (Duration) async throws(CancellationError) -> Void = {
      (duration) async throws(CancellationError) in
      do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
    },
    note: @escaping @Sendable (String) -> Void = { _ in },
    report: @escaping @Sendable (ResourceChange) -> Void = { _ in }
  ) {
    self.spec = spec
    self.resources = resources
    self.reach = reach
    self.probe = probe
    self.pause = pause
    self.note = note
    self.report = report
  }

  /// Attempts of a step whose resource is changed by somebody else at the same time.
  private static let attempts = 4
  /// Looks at what was written, as Resource Manager may answer from another copy.
  private static let readLooks = 3
}

extension ResourceApplier {
  /// Does the plan's steps of some stages, in their order.
  ///
  /// A change of network rules that leaves the store out of reach is taken back. Throws `ResourceError` at the first
  /// step that fails, or that what is read back does not show; what was done before stays. Nothing is changed where
  /// the store is out of reach for a reason that no rule mends.
  /// Each is read and planned once more just before it is changed, and throws `.stale` where somebody has made it
  /// another change than the plan showed.
  /// - Returns: the changes that were brought about, without those that somebody else had made already.
  package func perform(
    _ plan: PosturePlan, _ stages: Set<ResourceStep.Stage>
  ) async throws -> [ResourceChange] {
    var done: [ResourceChange] = []
    let steps = plan.steps.filter { stages.contains($0.step.stage) }.enumerated()
      .sorted { ($0.element.step.stage, $0.offset) < ($1.element.step.stage, $1.offset) }.map(\.element)
    if let reach, let closure = plan.closure, steps.contains(where: { $0.step.changesRules }),
      case .shut(let reason) = try await reach()
    {
      throw ResourceError(.denied, "\(closure)\n  The account said: \(reason.prefix { !$0.isNewline })")
    }
    for (step, changes) in steps {
      try Task.checkCancellation()
      let made = try await perform(step, changes)
      done += made
      for change in made { report(change) }
    }
    if !done.isEmpty { try await readBack(done) }
    return done
  }

  /// Does what is left of a step, and again where somebody else changed the resource between its reading and its
  /// writing.
  /// - Returns: the changes that it made; what others had done already is none of them.
  private func perform(_ step: ResourceStep, _ changes: [ResourceChange]) async throws -> [ResourceChange] {
    for attempt in 1...Self.attempts {
      let left = try await left(of: changes, step)
      guard let now = PosturePlan(changes: left).steps.first?.step else { return [] }
      do {
        if case .networkRules(let change) = now {
          try await changeRules(change, now)
        } else {
          try await resources.perform(now, spec)
        }
        return left
      } catch let error as ResourceError {
        guard error.code == .changed, attempt < Self.attempts else { throw error }
      }
    }
    return []
  }

  /// What is left to do of a step's changes, with the step that does it to what is there now.
  ///
  /// Somebody may have changed the resource since it was planned, while a person was asked or the network was tried.
  /// Throws where it takes another change now than the plan showed, or one that needs another approval.
  private func left(of changes: [ResourceChange], _ step: ResourceStep) async throws -> [ResourceChange] {
    let spec = step.narrowed(spec)
    let state = try await resources.observe(spec, step.parts)
    let now = PosturePlanner.plan(spec, state, archived: Set((state.containers ?? [:]).keys)).changes.filter { change in
      // What was not asked for reads as unread: of nothing, to nothing.
      (change.before != nil || change.after != nil)
        && changes.contains { $0.resource == change.resource && $0.property == change.property }
    }
    guard let other = now.first(where: { change in !changes.contains { $0.isStill(change) } }) else { return now }
    throw ResourceError(
      .stale,
      "\(other.resource) was changed by somebody else meanwhile: \(other.property) is \(other.before ?? "not set") now and would become \(other.after ?? "not set"), which the plan did not show so\n"
        + "  It was left as it is. Look at a new plan, and apply that.")
  }

  /// Changes the network rules, and takes the change back where it shuts this very job out.
  ///
  /// What they were is told before, with how to put them back: nothing else would be left of it if the process were
  /// killed before it has seen that they let it in.
  private func changeRules(_ change: NetworkRulesChange, _ step: ResourceStep) async throws {
    let before = try await resources.networkRules(spec)
    let asking =
      reach != nil && step.narrowsRules
      ? ", and asking it for \(probe.settle.components.seconds) seconds or more whether it lets this job in" : ""
    note(
      "changing the network rules of the storage account\(asking); if this run is killed meanwhile, they are put back by: \(before.command)"
    )
    var reason: String?
    do {
      try await write(step)
      try Task.checkCancellation()
      if let reach {
        reason = try await probe.refusal(narrows: step.narrowsRules, reach: reach, pause: pause)
      }
    } catch {
      // Stopped while the store is shut, or a change whose reply was lost: it may hold all the same.
      try await takeBack(change, to: before, because: "\(error)")
      throw error
    }
    guard let reason else { return }
    try await takeBack(change, to: before, because: reason)
    throw ResourceError(
      .refused,
      "the changed network rules shut this job out of the storage account, so they were taken back: \(reason)\n"
        + "  Let the job's subnet or address in by network.allow, or run this where the rules let it in.")
  }

  /// Writes to the end, by a task that is not stopped when the run is: a write that is only given up may still be
  /// carried out, after whatever takes it back.
  private func write(_ step: ResourceStep) async throws {
    let failure = await Task { [resources, spec] () async -> ResourceError? in
      do throws(ResourceError) { try await resources.perform(step, spec) } catch { return error }
      return nil
    }.value
    if let failure { throw failure }
  }

  /// Takes a change of the network rules back, by a task that is not stopped when the run is.
  ///
  /// Throws a `ResourceError` that says how the account is left where that fails.
  private func takeBack(
    _ change: NetworkRulesChange, to before: NetworkRulesSnapshot, because reason: String
  ) async throws {
    let result = await Task { [resources, spec] () async -> Result<RulesUndoing, ResourceError> in
      do throws(ResourceError) { return .success(try await resources.undo(change, to: before, spec)) } catch {
        return .failure(error)
      }
    }.value
    let (code, why, requestID): (ResourceError.Code, String, String?)
    switch result {
    case .success(.done): return
    case .success(.left): (code, why, requestID) = (.stale, "were left, as somebody else has rewritten them since", nil)
    case .failure(let error):
      (code, why, requestID) = (error.code, "could not be put back: \(error.message)", error.requestID)
    }
    throw ResourceError(
      code,
      "the network rules of the storage account may be changed such that they shut this job out (\(reason)), "
        + "and they \(why)\n  Put them back by hand\(code == .stale ? ", if that is meant" : ""): \(before.command)",
      requestID: requestID)
  }

  /// Looks whether what was written is there.
  private func readBack(_ done: [ResourceChange]) async throws {
    var missing: [ResourceChange] = []
    for look in 1...Self.readLooks {
      let now = PosturePlanner.plan(spec, try await resources.observe(spec))
      missing = now.changes.filter { change in
        done.contains { $0.resource == change.resource && $0.property == change.property && $0.after == change.after }
      }
      if missing.isEmpty { return }
      if look < Self.readLooks { try await pause(probe.interval) }
    }
    let shown = missing.map { "\($0.resource): \($0.property) is \($0.before ?? "not set")" }
    throw ResourceError(
      .refused,
      "what was changed reads otherwise afterwards: \(shown.joined(separator: "; "))\n"
        + "  Somebody, or an Azure Policy, has changed it back. Look at the account's activity log.")
  }
}

extension ResourceChange {
  /// Whether a change that is planned now is one that was planned, and needs no more of an approval.
  ///
  /// Steps may differ, as they follow what is there; one that cannot be undone is exactly the one that was shown.
  fileprivate func isStill(_ now: ResourceChange) -> Bool {
    resource == now.resource && property == now.property && before == now.before && after == now.after
      && now.warnings.isSubset(of: warnings) && now.step != nil
      && (!now.warnings.contains(.irreversible) || step == now.step)
  }
}
