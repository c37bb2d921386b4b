internal import BlobStorage
internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

extension Session {
  /// Plans what a run is about.
  ///
  /// Where the services refuse to have slices looked at and resources differ, as by a role that is missing or a network
  /// that is shut, the plan has its resources alone, and every table is a failure that says so.
  func plan(_ scope: Scope = .everything) async throws -> Plan {
    let posture = try await posture(scope)
    var plan: Plan
    if scope == .resources {
      plan = Plan(
        now: now, workspace: file.spec.source.workspace, lineage: nil, tables: [], failures: [], containers: [],
        countQueries: 0)
    } else {
      do { plan = try await planSlices() } catch {
        let error = Self.explained(error, posture)
        guard let denial = Denial(error), !posture.isEmpty else { throw error }
        plan = Plan(
          now: now, workspace: file.spec.source.workspace, lineage: nil, tables: [],
          failures: tables.map { TableFailure(table: $0.name, message: denial.message, kind: .denied) },
          containers: [], countQueries: 0)
      }
    }
    plan.posture = posture
    return plan
  }

  /// A refusal by the account's network, with what is known of it: neither a role nor a rule would help.
  static func explained(_ error: any Error, _ posture: PosturePlan) -> any Error {
    guard var refusal = error as? StoreError, refusal.isOfNetwork, let closure = posture.closure else { return error }
    refusal.message = "\(refusal.message.prefix { !$0.isNewline })\n  \(closure)"
    return refusal
  }

  /// What differs of the resources; nothing of it is changed by a run that is about slices alone.
  func posture(_ scope: Scope) async throws -> PosturePlan {
    guard let resources, file.spec.declaresPosture || file.spec.destination.resource != nil else {
      return .nothing
    }
    let state = try await resources.observe(file.spec)
    var plan = PosturePlanner.plan(
      file.spec, state, archived: Set((state.containers ?? [:]).keys), storageKey: storageKey)
    if scope == .slices {
      for index in plan.changes.indices { plan.changes[index].step = nil }
    }
    return plan
  }

  /// Reads the resources for a page that says what it could not read as well.
  func sight(leavingOut isLeftOut: Bool) async throws(CancellationError) -> ResourceSight {
    guard let resources, file.spec.declaresPosture else { return .unknown }
    if isLeftOut { return .leftOut }
    let look = await resources.look(file.spec)
    if look.unread.values.contains(where: { $0.code == .cancelled }) { throw CancellationError() }
    let seen = ResourceSight.read(look, at: Tick.now())
    if let first = seen.posture(file.spec)?.unread.first {
      log.write(.warning, "not all of the resources could be read, as the page says: \(first.error)")
    }
    return seen
  }

  /// Changes resources as planned, as far as the stages go.
  ///
  /// A run that is about them alone need not write to the account, and may run where its network does not let it in:
  /// it watches over a change of the network rules only where it could read blobs before.
  func change(
    _ posture: PosturePlan, _ stages: Set<ResourceStep.Stage>, scope: Scope
  ) async throws -> [ResourceChange] {
    guard let resources else { return [] }
    var applier = ResourceApplier(
      spec: file.spec, resources: resources, reach: nil,
      probe: file.spec.source.cloud == .emulator ? .emulator : .azure, note: { log.write(.warning, $0) },
      report: reportChange)
    let changesRules = posture.steps.contains { $0.step.changesRules && stages.contains($0.step.stage) }
    var isWatched = scope != .resources
    if !isWatched, changesRules { isWatched = try await canRead() }
    if isWatched {
      applier.reach = { () async throws(CancellationError) in try await reach() }
    }
    return try await applier.perform(posture, stages)
  }

  /// Whether this identity is let at the archive's blobs; says why where it is not.
  private func canRead() async throws(CancellationError) -> Bool {
    let reason: String
    switch await probe() {
    case nil: return true
    case let error? where error.code == .cancelled: throw CancellationError()
    case let error? where error.isOfNetwork || error.code == .unreachable: reason = "the network does not let it in"
    case let error? where error.code == .denied: reason = "it holds no role on them"
    default: return true
    }
    log.write(
      .warning,
      "this run cannot read the account's blobs, as \(reason); so it does not look whether the network rules still let the job in"
    )
    return false
  }

  /// For the log: the plan, where it is shown, has said it.
  private func reportChange(_ change: ResourceChange) {
    log.write(
      console.json ? .info : .debug,
      "changed \(change.resource): \(change.property) \(change.before ?? "not set") → \(change.after ?? "removed")",
      ["resource": .string(change.resource), "property": .string(change.property)])
  }

  /// Whether the network lets this job reach the store. A role that is missing is another matter.
  private func reach() async throws(CancellationError) -> NetworkProbe.Reach {
    guard let error = await probe() else { return .open }
    switch error.code {
    case .cancelled: throw CancellationError()
    case .denied where error.isOfNetwork: return .shut(reason: error.message)
    case .unreachable: return .shut(reason: error.message)
    default: return .open
    }
  }

  /// What the data plane answers to a small request; nil for an answer.
  private func probe() async -> StoreError? {
    do throws(StoreError) { _ = try await store.containerMetadata(file.spec.destination.manifest) } catch {
      return error
    }
    return nil
  }
}

extension StoreError {
  /// Whether the network refused it: 403 AuthorizationFailure, where a role has AuthorizationPermissionMismatch.
  var isOfNetwork: Bool { code == .denied && serviceCode == "AuthorizationFailure" }
}

/// A refusal that a change of the resources may mend.
struct Denial: Error {
  var message: String

  init(message: String) { self.message = message }

  init?(_ error: any Error) {
    switch error {
    case let error as StoreError where error.code == .denied: message = error.description
    case let error as SourceError where error.code == .denied: message = error.description
    default: return nil
    }
  }
}

extension ExportSpec {
  /// Whether the spec says anything of the resources around the archive.
  var declaresPosture: Bool {
    destination.resource != nil && (retention != nil || network != nil) || access != nil
  }
}
