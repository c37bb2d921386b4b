import Glibc
import Synchronization

/// All services of one emulator, and the way of a request through faults to
/// the one that answers it.
final class Services: Sendable {
  let faults: FaultInjector
  let counters = RequestCounters()
  let isStopping = Atomic(false)

  private let accounts: [String: StorageAccount]
  private let identity: TokenEndpoint
  private let managedIdentity: ManagedIdentityEndpoint
  private let vaults: VaultEndpoint
  private let queries: QueryEndpoint
  private let blobs: BlobEndpoint
  private let resources: ResourceEndpoint
  private let caller: CallerSetting
  private let logs: any LogService

  /// Sets up every service; `logs` answers the queries.
  init(_ configuration: EmulatorConfiguration, logs: any LogService) throws {
    let clock = configuration.clock
    let issuer = TokenIssuer(clock: clock, lifetime: configuration.tokenLifetime)
    accounts = Dictionary(configuration.accounts.map { ($0.name, $0) }) { $1 }
    faults = FaultInjector(configuration.faults, seed: configuration.seed)
    let credentials = configuration.credentials
    identity = TokenEndpoint(
      credentials: credentials, issuer: issuer, clock: clock,
      certificates: try configuration.clientCertificateFiles.map { try RegisteredCertificate(file: $0) },
      federation: FederatedIssuer(clock: clock))
    managedIdentity = ManagedIdentityEndpoint(credentials: credentials, issuer: issuer, clock: clock)
    vaults = VaultEndpoint(
      vaults: Vaults(configuration.secrets, clock: clock), issuer: issuer, tenant: credentials.tenant)
    let store = try ResourceStore(folder: configuration.dataFolder)
    let roles = RoleGate(store, isEnforced: configuration.enforcesRoles, delay: configuration.grantDelay)
    caller = CallerSetting(configuration.caller)
    queries = QueryEndpoint(
      logs: logs, issuer: issuer, tables: WorkspaceGate(store: store, roles: roles),
      gate: QueryGate(rate: configuration.rate, concurrency: configuration.concurrency, clock: clock),
      cache: QueryCache(clock: clock), workspaces: Set(configuration.workspaces.map { $0.lowercased() }))
    blobs = BlobEndpoint(
      service: try BlobService(folder: configuration.dataFolder, clock: clock), issuer: issuer,
      accounts: accounts,
      posture: PostureGate(store: store, caller: caller, roles: roles, delay: RulesDelay(configuration.rulesDelay)),
      tenant: configuration.credentials.tenant, clock: clock)
    let manager = ResourceManager(store: store, blobs: blobs.service, logs: logs, accounts: accounts, clock: clock)
    try manager.seed(configuration)
    resources = ResourceEndpoint(manager: manager, issuer: issuer, record: ResourceRecord())
    self.logs = logs
  }

  /// Answers one request; blocks while it does.
  func answer(_ request: HTTPRequest, scheme: String) -> HTTPResponse {
    let route = Route(request, accounts: Set(accounts.keys))
    guard let operation = route.operation else { return admin.answer(request) }
    counters.count(operation)
    let fault = faults.strike(operation, table: QueryTable.name(in: request, operation))
    do {
      if let refusal = try before(fault, request, route) { return refusal }
      let response = try perform(request, route, scheme, fault)
      return after(fault, response)
    } catch {
      return failure(error, route)
    }
  }

  /// The identity provider whose tokens the token endpoint takes.
  var federation: FederatedIssuer { identity.federation }

  private var admin: AdminEndpoint {
    AdminEndpoint(
      faults: faults, counters: counters, gate: queries.gate, logs: logs, blobs: blobs.service, caller: caller,
      record: resources.record, federation: federation)
  }

  private func perform(_ request: HTTPRequest, _ route: Route, _ scheme: String, _ fault: Fault?) throws
    -> HTTPResponse
  {
    let origin = "\(scheme)://\(request.headers["host"] ?? "localhost")"
    switch route {
    case .query(let workspace, let endpoint):
      var partialCode: String?
      if case .partial(let code)? = fault { partialCode = code }
      return try queries.answer(
        request, origin: origin, workspace: workspace, endpoint: endpoint, partialCode: partialCode)
    case .ingest(let stream): return queries.ingest(request, stream: stream)
    case .token(let tenant): return try identity.token(request, origin: origin, tenant: tenant)
    case .metadataIdentity: return try managedIdentity.metadata(request)
    case .appServiceIdentity: return try managedIdentity.appService(request)
    case .vault(let path, _): return try vaults.answer(request, origin: origin, path)
    case .configuration(let tenant): return identity.configuration(origin: origin, tenant: tenant)
    case .instances: return identity.instances(origin: origin)
    case .blob(let blob): return try blobs.answer(blob, scheme: scheme)
    case .resource: return try resources.answer(request, origin: origin)
    case .admin: return HTTPResponse(status: 404)
    case .reserved(let service):
      return LogErrors.response(501, "NotImplemented", "\(service) is not emulated.")
    case .unknown:
      return LogErrors.response(404, "PathNotFoundError", "The requested path does not exist")
    }
  }
}

extension Services {
  /// Lets time pass for the leases of blobs and containers, and for nothing else.
  func advanceLeases(seconds: Int) { blobs.service.advanceLeases(seconds: seconds) }

  /// Lets time pass for immutability policies, and for nothing else.
  func advancePolicies(days: Int) { blobs.service.advancePolicies(days: days) }

  /// Says where requests to Blob storage come from.
  func setCaller(_ caller: Caller) { self.caller.value = caller }

  /// What a fault does ahead of the operation: a response takes its place.
  private func before(_ fault: Fault?, _ request: HTTPRequest, _ route: Route) throws -> HTTPResponse? {
    switch fault {
    case .throttle(let seconds):
      return refusal(status: isStorage(route) ? 503 : 429, retryAfter: seconds, route)
    case .status(let status): return refusal(status: status, retryAfter: nil, route)
    case .responseTooLarge:
      // Code and message are documented; no source confirms the status.
      return LogErrors.response(413, "ResponseSizeError", "Response size too large")
    case .empty: return HTTPResponse(status: 200)
    case .reset: return HTTPResponse(status: 500, ending: .reset)
    case .stall(let seconds, inBody: false): wait(seconds)
    case .expireToken:
      if let token = TokenIssuer.bearer(request.headers) { identity.issuer.expire(token) }
    case .leaseLost:
      if case .blob(let blob) = route { try blobs.service.loseLease(blob) }
    case .lateRows(let table, let file):
      try AdminEndpoint.ingest(file: file, table: table, logs: logs)
    default: break
    }
    return nil
  }

  /// What a fault does to the reply.
  private func after(_ fault: Fault?, _ response: HTTPResponse) -> HTTPResponse {
    var response = response
    let body: any ResponseBody =
      switch response.body {
      case .bytes(let bytes): BytesBody(bytes)
      case .stream(let body, _): body
      }
    switch fault {
    case .lostReply: response.ending = .reset
    case .truncate(let bytes): response.body = .stream(TruncatedBody(body, bytes: bytes), length: nil)
    case .stall(let seconds, inBody: true):
      response.body = .stream(StalledBody(body) { [self] in wait(seconds) }, length: nil)
    default: break
    }
    return response
  }

  /// Sleeps, but not past the emulator's end.
  private func wait(_ seconds: Double) {
    var left = seconds
    while left > 0, !isStopping.load(ordering: .acquiring) {
      let nap = min(left, 0.05)
      usleep(UInt32(nap * 1_000_000))
      left -= nap
    }
  }

  private func isStorage(_ route: Route) -> Bool {
    if case .blob = route { true } else { false }
  }

  private func refusal(status: Int, retryAfter: Int?, _ route: Route) -> HTTPResponse {
    if case .resource = route { return ResourceEndpoint.refusal(status: status, retryAfter: retryAfter) }
    guard case .blob(let blob) = route else { return InjectedStatus.log(status, retryAfter: retryAfter) }
    return blobs.refuse(InjectedStatus.storage(status, retryAfter: retryAfter), blob)
  }

  private func failure(_ error: any Error, _ route: Route) -> HTTPResponse {
    if case .resource = route { return ResourceError(500, "InternalServerError", "\(error)").response }
    guard case .blob(let blob) = route else {
      return LogErrors.response(500, "InternalServerError", "\(error)")
    }
    let refusal = (error as? StorageError) ?? StorageError(500, "InternalError", "\(error)")
    return blobs.refuse(refusal, blob)
  }
}
