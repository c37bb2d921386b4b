internal import Azure
internal import Export
internal import ExportSpec
internal import Planning

/// The resources of a spec behind Azure Resource Manager; one file a kind of resource.
struct AzureResources: ResourceStore {
  let client: ResourceManagerClient
  /// The spec's storage account, by its id.
  let account: String?

  /// Containers that are read at once: a spec may have hundreds.
  static let width = 6
}

extension AzureResources {
  func look(_ spec: ExportSpec, _ parts: Set<ResourcePart>) async -> ResourceLook {
    async let account = read(.account, of: parts) { spec.network == nil ? nil : try await accountState() }
    async let service = read(.blobService, of: parts) {
      spec.retention?.softDelete == nil ? nil : try await blobServiceState()
    }
    async let lifecycle = read(.lifecycle, of: parts) { try await lifecycleRules(spec) }
    async let containers = read(.containers, of: parts) {
      spec.retention == nil && spec.network == nil ? nil : try await containerStates(ofSpec: spec)
    }
    async let network = read(.virtualNetwork, of: parts) {
      try await virtualNetworkState(spec.network?.virtualNetwork)
    }
    async let group = read(.securityGroup, of: parts) {
      try await securityGroupState(spec.network?.virtualNetwork?.securityGroup)
    }
    async let grants = read(.grants, of: parts) { try await self.grants(spec) }
    var unread: [ResourcePart: ResourceError] = [:]
    func taken<State>(_ part: ResourcePart, _ result: Result<State?, ResourceError>) -> State? {
      switch result {
      case .success(let state): return state
      case .failure(let error):
        unread[part] = error
        return nil
      }
    }
    var state = ResourceState(
      account: taken(.account, await account), blobService: taken(.blobService, await service),
      containers: taken(.containers, await containers), lifecycle: taken(.lifecycle, await lifecycle),
      virtualNetwork: taken(.virtualNetwork, await network), securityGroup: taken(.securityGroup, await group),
      grants: taken(.grants, await grants))
    // Of an account that is not there nothing is absent: that its policy is not found says nothing of it.
    if let error = unread[.account], error.code == .notFound {
      if state.lifecycle != nil { (state.lifecycle, unread[.lifecycle]) = (nil, error) }
      if state.containers != nil { (state.containers, unread[.containers]) = (nil, error) }
    }
    return ResourceLook(state: state, unread: unread)
  }

  /// Nil for a part that is not asked for.
  private func read<State>(
    _ part: ResourcePart, of parts: Set<ResourcePart>, _ body: () async throws -> State?
  ) async -> Result<State?, ResourceError> {
    guard parts.contains(part) else { return .success(nil) }
    do throws(ResourceError) { return .success(try await translated(body)) } catch { return .failure(error) }
  }

  func perform(_ step: ResourceStep, _ spec: ExportSpec) async throws(ResourceError) {
    try await translated { () async throws in
      switch step {
      case .anonymousAccess(let value): try await setAccount("allowBlobPublicAccess", .bool(value))
      case .minTls(let version): try await setAccount("minimumTlsVersion", .string(AccountResource.tls(version)))
      case .httpsOnly(let value): try await setAccount("supportsHttpsTrafficOnly", .bool(value))
      case .sharedKey(let value): try await setAccount("allowSharedKeyAccess", .bool(value))
      case .networkRules(let change): try await changeRules(change)
      case .softDelete(let days): try await setSoftDelete(days: days)
      case .lifecycle(let rules): try await setLifecycle(rules)
      case .makePrivate(let container): try await makePrivate(container)
      case .immutability(let container, let days, let appends):
        try await setImmutability(of: container, days: days, allowsAppends: appends)
      case .lockImmutability(let container, let days): try await lockImmutability(of: container, days: days)
      case .virtualNetwork(let policy): try await setVirtualNetwork(policy)
      case .subnet(let policy): try await setSubnet(policy)
      case .securityGroup(let policy): try await setSecurityGroup(policy)
      case .grant(let grant): try await assign(grant, spec)
      }
    }
  }

  /// What Resource Manager's refusals mean here.
  func translated<Result>(_ body: () async throws -> Result) async throws(ResourceError) -> Result {
    do { return try await body() } catch let error as AzureError {
      throw ResourceError(error)
    } catch is CancellationError {
      throw ResourceError(.cancelled, "stopped")
    } catch {
      throw ResourceError(.invalid, "\(error)")
    }
  }

  /// The account's id; posture without one is refused when the spec is decoded.
  var accountID: String {
    get throws(AzureError) {
      guard let account else { throw AzureError(.badRequest, "the spec names no destination.resource") }
      return account
    }
  }
}

extension ResourceError {
  init(_ error: AzureError) {
    let code: Code =
      switch error.kind {
      case .unauthenticated, .forbidden: .denied
      case .notFound: .notFound
      case .conflict: .refused
      case .preconditionFailed: .changed
      case .throttled, .unavailable, .queryTimeout: .unavailable
      case .unreachable: .unreachable
      case .hostNotAllowed: .hostNotAllowed
      case .cancelled: .cancelled
      case .badRequest, .invalidResponse: .invalid
      }
    var remedy = error.remedy
    if error.kind == .forbidden {
      remedy +=
        "\n  Reading resources takes the role Reader on them; changing them takes what docs/security.md lists.\n  A role acts up to 10 minutes after it was granted."
    }
    self.init(code, error.message + remedy, requestID: error.requestID)
  }
}
