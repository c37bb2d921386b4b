internal import Azure
internal import ExportSpec
internal import Manifest
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
    let metadata = (container.properties["metadata"] ?? [:]).members.compactMapValues(\.string)
    return ContainerState(
      isPublic: container.properties["publicAccess"]?.string.map { $0 != "None" } ?? false,
      immutability: container.properties["immutabilityPolicy"].flatMap(Self.immutability),
      lineage: Lineage.id(in: metadata), workspace: Lineage.workspace(in: metadata))
  }

  /// Nil for a policy of no days, which is none.
  private static func immutability(_ policy: JSON) -> ImmutabilityState? {
    let properties = policy["properties"] ?? [:]
    guard let days = properties["immutabilityPeriodSinceCreationInDays"]?.integer, days > 0 else { return nil }
    return ImmutabilityState(
      days: days, isLocked: properties["state"]?.string == "Locked",
      allowsAppends: properties["allowProtectedAppendWrites"]?.bool == true
        || properties["allowProtectedAppendWritesAll"]?.bool == true,
      extensions: (policy["updateHistory"] ?? []).elements.count { $0["update"]?.string == "extend" })
  }

  func makePrivate(_ container: String) async throws {
    try await client.patch(containerID(container), .storage, ["properties": ["publicAccess": "None"]])
  }

  /// A policy over the one that is there: never of a shorter period, and with the appends that it takes. The two kinds
  /// of them exclude each other, and `allowProtectedAppendWritesAll` takes those of the other as well.
  static func policy(days: Int, allowsAppends: Bool, over present: JSON) -> JSON {
    let takesAll = present["allowProtectedAppendWritesAll"]?.bool == true
    let takesSome = allowsAppends || present["allowProtectedAppendWrites"]?.bool == true
    return [
      "immutabilityPeriodSinceCreationInDays": .integer(
        Int64(max(days, present["immutabilityPeriodSinceCreationInDays"]?.integer ?? 0))),
      takesAll ? "allowProtectedAppendWritesAll" : "allowProtectedAppendWrites": .bool(takesAll || takesSome),
    ]
  }

  /// Creates or changes a policy, or extends a locked one. The container is created where it is not there yet.
  func setImmutability(of container: String, days: Int, allowsAppends: Bool) async throws {
    guard let resource = try await client.find(containerID(container), .storage) else {
      try await client.put(containerID(container), .storage, ["properties": [:]])
      try await client.put(
        policyID(container), .storage,
        ["properties": Self.policy(days: days, allowsAppends: allowsAppends, over: [:])])
      return
    }
    let policy = resource.properties["immutabilityPolicy"]
    let etag = policy?["etag"]?.string
    if policy?["properties"]?["state"]?.string == "Locked" {
      try await client.post(
        policyID(container), "extend", .storage,
        ["properties": ["immutabilityPeriodSinceCreationInDays": .integer(Int64(days))]], ifMatch: etag)
    } else {
      let properties = Self.policy(days: days, allowsAppends: allowsAppends, over: policy?["properties"] ?? [:])
      try await client.put(policyID(container), .storage, ["properties": properties], ifMatch: etag)
    }
  }

  /// Locks a policy of so many days, which nothing undoes.
  func lockImmutability(of container: String, days: Int) async throws {
    let policy = try await client.get(policyID(container), .storage)
    guard policy.properties["immutabilityPeriodSinceCreationInDays"]?.integer == days else {
      throw AzureError(.preconditionFailed, "the period of \(container)'s policy was changed since it was read")
    }
    try await client.post(policyID(container), "lock", .storage, ifMatch: policy.etag)
  }
}
