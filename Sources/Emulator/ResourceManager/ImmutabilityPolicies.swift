/// Microsoft.Storage/…/containers/immutabilityPolicies/default.
extension ResourceManager {
  private static let policyType = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"

  /// GET, PUT and DELETE, and the actions lock and extend; the last three want
  /// `If-Match`.
  func immutability(_ request: ResourceRequest, _ place: ContainerPlace) throws -> HTTPResponse {
    guard request.path.names.count == 4, request.path.names[3].lowercased() == "default" else {
      throw ResourceError.notFound(request.path)
    }
    let action = request.path.kind.split(separator: "/").last ?? ""
    guard let header = blobs.header(place.key) else { throw Self.containerNotFound }
    switch (request.http.method, action) {
    case ("GET", "immutabilitypolicies"): return Self.shown(header.immutability, place)
    case ("PUT", "immutabilitypolicies"):
      let properties = try request.body()["properties"]
      return try change(request, place) { policy throws(ResourceError) in
        try Self.put(properties, over: policy, etag: blobs.nextVersion().etag)
      }
    case ("DELETE", "immutabilitypolicies"):
      try Self.needMatch(request)
      return try change(request, place) { policy throws(ResourceError) in
        guard let policy else { throw .notFound(request.path) }
        if policy.isLocked { throw Self.locked("deleted") }
        return nil
      }
    case ("POST", "lock"):
      try Self.needMatch(request)
      return try change(request, place) { policy throws(ResourceError) in
        guard var policy else { throw .notFound(request.path) }
        (policy.isLocked, policy.etag) = (true, blobs.nextVersion().etag)
        return policy
      }
    case ("POST", "extend"):
      try Self.needMatch(request)
      let properties = try request.body()["properties"]
      return try change(request, place) { policy throws(ResourceError) in
        guard let policy else { throw .notFound(request.path) }
        return try Self.extend(policy, properties, etag: blobs.nextVersion().etag)
      }
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func change(
    _ request: ResourceRequest, _ place: ContainerPlace,
    _ change: (ImmutabilityPolicy?) throws(ResourceError) -> ImmutabilityPolicy?
  ) throws -> HTTPResponse {
    let header = try blobs.changeHeader(place.key, isVersioned: false) { header in
      try request.permit(over: header.immutability?.etag)
      header.immutability = try change(header.immutability)
    }
    return Self.shown(header.immutability, place)
  }

  /// An unlocked policy takes any period; a locked one changes by extending
  /// alone.
  private static func put(_ properties: JSONValue?, over policy: ImmutabilityPolicy?, etag: String)
    throws(ResourceError) -> ImmutabilityPolicy
  {
    if policy?.isLocked == true { throw locked("changed; extend its period instead") }
    var fresh = policy ?? ImmutabilityPolicy(days: 0, etag: etag)
    if let days = properties?["immutabilityPeriodSinceCreationInDays"] { fresh.days = try period(days) }
    guard fresh.days > 0 else { throw .invalidValue("immutabilityPeriodSinceCreationInDays") }
    // The two flags exclude each other; each is off where it is not said.
    fresh.allowsAppends = properties?["allowProtectedAppendWrites"]?.bool ?? false
    fresh.allowsAppendsAll = properties?["allowProtectedAppendWritesAll"]?.bool ?? false
    guard !(fresh.allowsAppends && fresh.allowsAppendsAll) else { throw .invalidValue("allowProtectedAppendWritesAll") }
    fresh.etag = etag
    return fresh
  }

  /// At most five times, and never shorter. The flags stay as they are.
  private static func extend(_ policy: ImmutabilityPolicy, _ properties: JSONValue?, etag: String)
    throws(ResourceError) -> ImmutabilityPolicy
  {
    guard policy.isLocked else {
      throw ResourceError(409, "ImmutabilityPolicyNotLocked", "Only a locked immutability policy is extended.")
    }
    let days = try period(properties?["immutabilityPeriodSinceCreationInDays"])
    guard days > policy.days else { throw locked("shortened") }
    guard policy.extensions < 5 else { throw locked("extended more than five times") }
    var longer = policy
    (longer.days, longer.extensions, longer.etag) = (days, policy.extensions + 1, etag)
    return longer
  }

  /// 1 to 146,000 days, the documented limits.
  private static func period(_ value: JSONValue?) throws(ResourceError) -> Int {
    guard let days = value?.integer, (1...146_000).contains(days) else {
      throw .invalidValue("immutabilityPeriodSinceCreationInDays")
    }
    return days
  }

  private static func needMatch(_ request: ResourceRequest) throws(ResourceError) {
    guard request.http.headers["if-match"] != nil else {
      throw ResourceError(400, "MissingRequiredHeader", "The required header 'If-Match' is missing.")
    }
  }

  /// What the service refuses is documented; its code is not.
  private static func locked(_ what: String) -> ResourceError {
    ResourceError(
      409, "ContainerImmutabilityPolicyLocked",
      "The operation is not allowed: a locked immutability policy cannot be \(what).")
  }

  /// Where there is no policy, a period of 0 days says so.
  private static func shown(_ policy: ImmutabilityPolicy?, _ place: ContainerPlace) -> HTTPResponse {
    .json(
      200,
      [
        "id": .string(place.id + "/immutabilityPolicies/default"), "name": "default", "type": .string(policyType),
        "etag": .string(policy?.etag ?? ""),
        "properties": policy?.properties ?? ["immutabilityPeriodSinceCreationInDays": 0, "state": "Unlocked"],
      ], headers: policy.map { [("ETag", $0.etag)] } ?? [])
  }
}

extension ImmutabilityPolicy {
  /// The properties that Resource Manager shows.
  var properties: JSONValue {
    [
      "immutabilityPeriodSinceCreationInDays": .integer(days), "state": isLocked ? "Locked" : "Unlocked",
      "allowProtectedAppendWrites": .bool(allowsAppends), "allowProtectedAppendWritesAll": .bool(allowsAppendsAll),
    ]
  }
}
