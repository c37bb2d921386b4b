import Export
import ExportSpec
import Planning
import Synchronization
import Testing
import Timeline

@Suite struct ResourceApplierTests {
  @Test func `an open account is closed, one property after the other`() async throws {
    let resources = FakeResources(.open)
    let applier = applier(resources)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let done = try await applier.perform(plan, [.network, .access, .account])
    #expect(done == plan.changes)
    #expect(resources.account == .closed)
    #expect(resources.performed.count == plan.steps.count)
    #expect(PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec)).isEmpty)
  }

  @Test func `steps of other stages are left for later`() async throws {
    let resources = FakeResources(.open)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    #expect(try await applier(resources).perform(plan, [.containers]).isEmpty)
    #expect(resources.performed.isEmpty)
  }

  @Test func `rules that take a while to act are waited for`() async throws {
    let resources = FakeResources(.open)
    let looks = Mutex(0)
    let applier = applier(resources) {
      looks.withLock {
        $0 += 1
        return $0 < 4 ? .shut(reason: "403") : .open
      }
    }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    _ = try await applier.perform(plan, [.account])
    // Three that are shut, then good ones over a minute.
    #expect(looks.withLock { $0 } == 3 + 7)
    #expect(resources.account == .closed)
  }

  @Test func `rules that shut the job out only after a while are taken back as they were`() async throws {
    let resources = FakeResources(.open)
    let looks = Mutex(0)
    let applier = applier(resources) {
      looks.withLock {
        $0 += 1
        return $0 < 6 ? .open : .shut(reason: "403 AuthorizationFailure")
      }
    }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.account]) }
    #expect(error?.message.contains("taken back: 403 AuthorizationFailure") == true)
    #expect(resources.account.rules == AccountState.open.rules)
  }

  @Test func `what the rules were is told before they are changed`() async throws {
    let resources = FakeResources(.open)
    let notes = Mutex<[String]>([])
    let applier = applier(
      resources,
      note: { note in
        let isChanged = resources.account.rules != AccountState.open.rules
        notes.withLock { $0.append("\(isChanged) \(note)") }
      })
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    _ = try await applier.perform(plan, [.account])
    #expect(notes.withLock { $0 }.count == 1)
    #expect(notes.withLock { $0 }.first?.hasPrefix("false changing the network rules") == true)
    #expect(notes.withLock { $0 }.first?.hasSuffix("put back by: restore \(AccountState.open.rules)") == true)
  }

  @Test func `a run that need not reach the store does not ask whether it can`() async throws {
    let resources = FakeResources(.open)
    var applier = applier(resources) { .shut(reason: "403 AuthorizationFailure") }
    applier.reach = nil
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    _ = try await applier.perform(plan, [.account])
    #expect(resources.account == .closed)
  }

  @Test func `rules that shut the job out are taken back as they were`() async throws {
    let resources = FakeResources(.open)
    let applier = applier(resources) { .shut(reason: "403 AuthorizationFailure") }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.account]) }
    #expect(error?.message.contains("taken back: 403 AuthorizationFailure") == true)
    #expect(resources.account.rules == AccountState.open.rules)
  }

  @Test func `an account that no rule opens is left as it is by whoever is shut out`() async throws {
    var shut = AccountState.open
    shut.publicNetworkAccess = "Disabled"
    let resources = FakeResources(shut)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) {
      try await applier(resources) { .shut(reason: "403 AuthorizationFailure") }.perform(plan, [.account])
    }
    #expect(error?.code == .denied)
    #expect(error?.message.contains("only private endpoints reach it, whatever network.allow says") == true)
    #expect(resources.performed.isEmpty)
    // Whoever comes by a private endpoint is let in.
    _ = try await applier(resources).perform(plan, [.account])
    #expect(resources.account.rules == AccountState.closed.rules)
  }

  @Test func `a resource that somebody else changes at the same time is changed all the same`() async throws {
    let resources = FakeResources(.open, conflicts: 2)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let done = try await applier(resources).perform(plan, [.account])
    #expect(done == plan.changes && resources.account == .closed)
  }

  @Test func `a resource that somebody else never ceases to change is an error`() async throws {
    let resources = FakeResources(.open, conflicts: .max)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier(resources).perform(plan, [.account]) }
    #expect(error?.code == .changed && resources.performed.count == 4)
  }

  @Test func `what somebody else did just now is not done again`() async throws {
    let resources = FakeResources(.open, conflicts: 1) { $0.anonymousAccess = false }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    _ = try await applier(resources).perform(plan, [.account])
    #expect(resources.account == .closed)
    #expect(resources.performed.count { $0 == .anonymousAccess(false) } == 1)
  }

  @Test func `what somebody else made other than the plan showed is an error that names it`() async throws {
    let spec = Self.spec
    var first = AccountState.closed
    first.minTls = "1.1"
    let resources = FakeResources(first, conflicts: 1) { $0.minTls = "1.0" }
    let plan = PosturePlanner.plan(spec, try await resources.observe(spec))
    let error = await #expect(throws: ResourceError.self) { try await applier(resources).perform(plan, [.account]) }
    #expect(
      error?.message.contains("network.minTls is 1.0 now and would become 1.2, which the plan did not show so") == true)
    #expect(resources.account.minTls == "1.0")
  }

  @Test func `what somebody else tightened since the plan is left as it is`() async throws {
    let resources = FakeResources(.open)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    // While everyone was let in, the address opened nothing; now it would.
    resources.change { $0.rules.defaultAction = .deny }
    let error = await #expect(throws: ResourceError.self) { try await applier(resources).perform(plan, [.account]) }
    #expect(error?.code == .stale)
    #expect(error?.message.contains("network.allow.ips is not set now and would become 203.0.113.10") == true)
    #expect(resources.account.rules.addresses.isEmpty)
  }

  @Test func `what others have done since the plan is not counted as done by this run`() async throws {
    let resources = FakeResources(.open)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    resources.change {
      $0.minTls = "1.2"
      $0.anonymousAccess = false
    }
    let done = try await applier(resources).perform(plan, [.account])
    #expect(resources.account == .closed)
    #expect(done.count == plan.changes.count - 2)
    #expect(!resources.performed.contains(.minTls("1.2")))
  }

  @Test(arguments: [20, 5, nil])
  func `soft delete that somebody changed since the plan is left as it is`(_ days: Int?) async throws {
    var spec = Self.spec
    spec.retention = RetentionPolicy(softDelete: .day * 14)
    let resources = FakeResources(.closed, softDelete: days == nil ? 7 : nil)
    let plan = PosturePlanner.plan(spec, try await resources.observe(spec))
    resources.setSoftDelete(days)
    let applier = applier(resources, spec: spec)
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.account]) }
    #expect(error?.code == .stale && resources.performed.isEmpty)
  }

  @Test func `a period that somebody made longer is not made shorter, and not locked`() async throws {
    var spec = Self.spec
    spec.retention = RetentionPolicy(immutableFor: .day * 5, locked: true)
    let resources = FakeResources(.closed)
    let applier = applier(resources, spec: spec)
    let plan = PosturePlanner.plan(spec, try await resources.observe(spec))
    #expect(plan.steps.count == 2)
    resources.setImmutability(
      ImmutabilityState(days: 365, isLocked: false, allowsAppends: true), of: spec.destination.manifest)
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.containers]) }
    #expect(error?.code == .stale && error?.message.contains("retention.locked") == true)
    #expect(resources.performed.isEmpty)
  }

  @Test func `rules that somebody else has rewritten are left, which is said`() async throws {
    let resources = FakeResources(.open, isRewritten: true)
    let applier = applier(resources) { .shut(reason: "403 AuthorizationFailure") }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.account]) }
    #expect(error?.code == .stale && error?.message.contains("were left, as somebody else has rewritten them") == true)
    #expect(resources.account.rules.defaultAction == .deny)
  }

  @Test func `a run that is stopped while the rules are written takes them back once they are`() async throws {
    let resources = FakeResources(.open, isSlow: true)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let applier = applier(resources)
    let run = Task { try await applier.perform(plan, [.account]) }
    await resources.hasBegun()
    run.cancel()
    resources.land()
    await #expect(throws: CancellationError.self) { try await run.value }
    #expect(resources.performed.contains { $0.changesRules })
    #expect(resources.account.rules == AccountState.open.rules)
  }

  @Test func `rules whose change lost its reply are taken back`() async throws {
    let resources = FakeResources(.open, losesRepliesOfRules: true)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier(resources).perform(plan, [.account]) }
    #expect(error?.code == .unreachable)
    #expect(resources.account.rules == AccountState.open.rules)
  }

  @Test func `rules that cannot be taken back are told as they were`() async throws {
    let resources = FakeResources(.open, refusesRestoring: true)
    let applier = applier(resources) { .shut(reason: "403 AuthorizationFailure") }
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier.perform(plan, [.account]) }
    #expect(error?.code == .denied)
    #expect(error?.message.contains("could not be put back: 403") == true)
    #expect(error?.message.contains("Put them back by hand: restore \(AccountState.open.rules)") == true)
  }

  @Test func `what somebody changes back is an error that names it`() async throws {
    let resources = FakeResources(.open, isStubborn: true)
    let plan = PosturePlanner.plan(Self.spec, try await resources.observe(Self.spec))
    let error = await #expect(throws: ResourceError.self) { try await applier(resources).perform(plan, [.account]) }
    #expect(error?.message.contains("network.minTls is 1.0") == true)
  }

  private static let spec: ExportSpec = {
    var spec = ExportSpec(
      name: "soc", source: Source(workspace: "w"), limits: ResponseLimits(),
      destination: Destination(
        store: .account("soc"),
        resource: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/soc"),
      tables: [])
    spec.network = NetworkPolicy(sharedKey: false, defaultAction: .deny, addresses: ["203.0.113.10"], manage: .enforce)
    return spec
  }()

  private func applier(
    _ resources: FakeResources, spec: ExportSpec = spec,
    reach: @escaping @Sendable () -> NetworkProbe.Reach = { .open },
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) -> ResourceApplier {
    ResourceApplier(
      spec: spec, resources: resources,
      reach: { () async throws(CancellationError) in reach() }, pause: { (_) async throws(CancellationError) in },
      note: note)
  }
}

extension AccountState {
  fileprivate static let open = AccountState(
    anonymousAccess: true, minTls: "1.0", httpsOnly: false, sharedKey: true, publicNetworkAccess: "Enabled",
    rules: NetworkRules(defaultAction: .allow, bypass: [.azureServices], addresses: [], subnets: []))
  fileprivate static let closed = AccountState(
    anonymousAccess: false, minTls: "1.2", httpsOnly: true, sharedKey: false, publicNetworkAccess: "Enabled",
    rules: NetworkRules(defaultAction: .deny, bypass: [.azureServices], addresses: ["203.0.113.10"], subnets: []))
}

/// An account in memory.
private final class FakeResources: ResourceStore {
  private let state: Mutex<AccountState>
  private let steps = Mutex<[ResourceStep]>([])
  private let saved = Mutex<[String: NetworkRules]>([:])
  /// Whether the minimum of TLS springs back.
  private let isStubborn: Bool
  private let losesRepliesOfRules: Bool
  private let refusesRestoring: Bool
  /// Whether somebody else rewrites the rules before they are taken back.
  private let isRewritten: Bool
  private let softDelete: Mutex<Int?>
  private let immutability = Mutex<[String: ImmutabilityState]>([:])
  /// A write of the rules that goes on until it is told to land, whether or not its task is cancelled.
  private let begun: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)?
  private let landing: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)?

  /// Changes that are still to meet with somebody else's.
  private let conflicts: Mutex<Int>
  /// What somebody else does at each of them.
  private let other: @Sendable (inout AccountState) -> Void

  init(
    _ account: AccountState, isStubborn: Bool = false, losesRepliesOfRules: Bool = false,
    refusesRestoring: Bool = false, conflicts: Int = 0, isRewritten: Bool = false, softDelete: Int? = nil,
    isSlow: Bool = false,
    other: @escaping @Sendable (inout AccountState) -> Void = { _ in }
  ) {
    self.conflicts = Mutex(conflicts)
    self.other = other
    state = Mutex(account)
    self.isStubborn = isStubborn
    self.losesRepliesOfRules = losesRepliesOfRules
    self.refusesRestoring = refusesRestoring
    self.isRewritten = isRewritten
    self.softDelete = Mutex(softDelete)
    begun = isSlow ? AsyncStream.makeStream() : nil
    landing = isSlow ? AsyncStream.makeStream() : nil
  }

  /// What somebody else does.
  func change(_ change: (inout AccountState) -> Void) { state.withLock { change(&$0) } }
  func setSoftDelete(_ days: Int?) { softDelete.withLock { $0 = days } }
  func setImmutability(_ policy: ImmutabilityState, of container: String) {
    immutability.withLock { $0[container] = policy }
  }

  func hasBegun() async { if let begun { for await _ in begun.stream { return } } }
  func land() { landing?.continuation.finish() }

  var account: AccountState { state.withLock { $0 } }
  var performed: [ResourceStep] { steps.withLock { $0 } }

  func look(_ spec: ExportSpec, _ parts: Set<ResourcePart>) async -> ResourceLook {
    var state = ResourceState()
    if parts.contains(.account) { state.account = account }
    if parts.contains(.blobService) {
      state.blobService = BlobServiceState(softDeleteDays: softDelete.withLock { $0 })
    }
    if parts.contains(.containers) {
      state.containers = immutability.withLock { $0 }.mapValues {
        ContainerState(isPublic: false, immutability: $0)
      }
    }
    return ResourceLook(state: state)
  }

  func perform(_ step: ResourceStep, _ spec: ExportSpec) async throws(ResourceError) {
    steps.withLock { $0.append(step) }
    let isLate = conflicts.withLock { left in
      defer { left = max(0, left - 1) }
      return left > 0
    }
    if isLate {
      state.withLock { other(&$0) }
      throw ResourceError(.changed, "412")
    }
    if let begun, let landing, step.changesRules {
      begun.continuation.finish()
      // Waited for by a task of its own, which the cancellation of the run does not reach.
      await Task { for await _ in landing.stream {} }.value
    }
    state.withLock { account in
      switch step {
      case .anonymousAccess(let value): account.anonymousAccess = value
      case .minTls(let value): if !isStubborn { account.minTls = value }
      case .httpsOnly(let value): account.httpsOnly = value
      case .sharedKey(let value): account.sharedKey = value
      case .networkRules(let change):
        account.rules.defaultAction = change.defaultAction ?? account.rules.defaultAction
        account.rules.addresses += change.addAddresses
      default: break
      }
    }
    if losesRepliesOfRules, case .networkRules = step { throw ResourceError(.unreachable, "no reply") }
  }

  func networkRules(_ spec: ExportSpec) async throws(ResourceError) -> NetworkRulesSnapshot {
    let rules = account.rules
    saved.withLock { $0["\(rules)"] = rules }
    return NetworkRulesSnapshot(text: "\(rules)", command: "restore \(rules)")
  }

  func undo(
    _ change: NetworkRulesChange, to before: NetworkRulesSnapshot, _ spec: ExportSpec
  ) async throws(ResourceError) -> RulesUndoing {
    if isRewritten { return .left }
    if refusesRestoring { throw ResourceError(.denied, "403") }
    let old = saved.withLock { $0[before.text] }
    state.withLock { if let old { $0.rules = old } }
    return .done
  }

  func tables(_ spec: ExportSpec) async throws(ResourceError) -> [String: TableFacts]? { nil }
}
