internal import Azure
internal import ExportSpec
internal import Planning

/// Containers and their immutability policies: `Microsoft.Storage/storageAccounts/blobServices/containers`.
extension AzureResources {
  private func containerID(_ name: String) throws -> String {
    try "\(accountID)/blobServices/default/containers/\(name)"
  }

  private func policyID(_ container: String) throws -> String {
    try "\(containerID(container))/immutabilityPolicies/default"
  }

  /// Those of the spec that exist.
  func containerStates(ofSpec spec: ExportSpec) async throws -> [String: ContainerState] {
    let names = Set([spec.destination.manifest] + spec.tables.map(\.container)).sorted()
    var states: [String: ContainerState] = [:]
    for start in stride(from: 0, to: names.count, by: Self.width) {
      try await withThrowingTaskGroup(of: (String, ContainerState?).self) { group in
        for name in names[start..<min(start + Self.width, names.count)] {
          group.addTask { (name, try await containerState(name)) }
        }
        for try await (name, state) in group { states[name] = state }
      }
    }
    return states
  }

  private func containerState(_ name: String) async throws -> ContainerState? {
    guard let container = try await client.find(containerID(name), .storage) else { return nil }
    let policy = container.properties["immutabilityPolicy"]
    return ContainerState(
      isPublic: container.properties["publicAccess"]?.string.map { $0 != "None" } ?? false,
      immutability: policy.flatMap { Self.immutability($0["properties"] ?? [:]) })
  }

  /// Nil for a policy of no days, which is none.
  private static func immutability(_ properties: JSON) -> ImmutabilityState? {
    guard let days = properties["immutabilityPeriodSinceCreationInDays"]?.integer, days > 0 else { return nil }
    return ImmutabilityState(
      days: days, isLocked: properties["state"]?.string == "Locked",
      allowsAppends: properties["allowProtectedAppendWrites"]?.bool == true
        || properties["allowProtectedAppendWritesAll"]?.bool == true)
  }

  func makePrivate(_ container: String) async throws {
    try await client.patch(containerID(container), .storage, ["properties": ["publicAccess": "None"]])
  }

  /// Creates or changes a policy, or extends a locked one. The container is created where it is not there yet.
  func setImmutability(of container: String, days: Int, allowsAppends: Bool) async throws {
    let properties: JSON = [
      "immutabilityPeriodSinceCreationInDays": .integer(Int64(days)),
      "allowProtectedAppendWrites": .bool(allowsAppends),
    ]
    guard let resource = try await client.find(containerID(container), .storage) else {
      try await client.put(containerID(container), .storage, ["properties": [:]])
      try await client.put(policyID(container), .storage, ["properties": properties])
      return
    }
    let policy = resource.properties["immutabilityPolicy"]
    let etag = policy?["etag"]?.string
    if policy?["properties"]?["state"]?.string == "Locked" {
      try await client.post(
        policyID(container), "extend", .storage,
        ["properties": ["immutabilityPeriodSinceCreationInDays": .integer(Int64(days))]], ifMatch: etag)
    } else {
      try await client.put(policyID(container), .storage, ["properties": properties], ifMatch: etag)
    }
  }

  /// Locks a policy, which nothing undoes.
  func lockImmutability(of container: String) async throws {
    let policy = try await client.get(policyID(container), .storage)
    try await client.post(policyID(container), "lock", .storage, ifMatch: policy.etag)
  }
}
