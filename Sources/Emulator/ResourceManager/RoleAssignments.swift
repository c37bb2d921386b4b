/// Microsoft.Authorization: role assignments at any scope, and the built-in
/// role definitions.
extension ResourceManager {
  static let assignmentType = "Microsoft.Authorization/roleAssignments"

  /// Whatever of the provider is emulated.
  func authorization(_ request: ResourceRequest) throws -> HTTPResponse {
    switch request.path.kind {
    case "microsoft.authorization/roledefinitions": return try definitions(request)
    case "microsoft.authorization/roleassignments": return try assignments(request)
    default: throw ResourceError.notEmulated("The type \(request.path.kind)")
    }
  }

  private func definitions(_ request: ResourceRequest) throws(ResourceError) -> HTTPResponse {
    guard request.http.method == "GET" else { throw .notEmulated("A role definition of one's own") }
    let subscription = request.path.subscription
    guard let name = request.path.names.first else {
      let wanted = RoleFilter(request.http.target["$filter"]).roleName
      let found = BuiltInRole.all.filter { wanted == nil || wanted == $0.name }
      return .list(found.map { $0.shown(under: subscription) })
    }
    guard let role = BuiltInRole.named(name) else { throw Self.noDefinition(name) }
    return .json(200, role.shown(under: subscription))
  }

  private func assignments(_ request: ResourceRequest) throws -> HTTPResponse {
    let scope = request.path.scope
    guard let name = request.path.names.first else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      let filter = RoleFilter(request.http.target["$filter"])
      let all = store.all.values.filter { $0.type == Self.assignmentType && filter.admits($0, at: scope) }
      return .list(all.sorted { $0.id < $1.id }.map(\.shown))
    }
    let id = "\(scope)/providers/\(Self.assignmentType)/\(name)"
    switch request.http.method {
    case "GET":
      guard let document = store[id] else { throw Self.noAssignment(name) }
      return .json(200, document.shown)
    case "PUT":
      let properties = try request.body()["properties"] ?? .object([:])
      guard Self.isGUID(name) else {
        throw ResourceError(
          400, "InvalidRoleAssignmentId",
          "The role assignment ID '\(name)' is not valid. The role assignment ID must be a GUID.")
      }
      let content = try assignment(properties, scope)
      let document = ResourceDocument(id: id, type: Self.assignmentType, content: ["properties": content])
      return try store.change { documents in
        let before = documents[id: id]
        try Self.check(document, over: before, documents)
        documents[id: id] = document
        return .json(before == nil ? 201 : 200, document.shown)
      }
    case "DELETE":
      return try store.change { documents in
        guard let document = documents[id: id] else { return HTTPResponse(status: 204) }
        documents[id: id] = nil
        return .json(200, document.shown)
      }
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func assignment(_ properties: JSONValue, _ scope: String) throws(ResourceError) -> JSONValue {
    guard let principal = properties["principalId"]?.string, Self.isGUID(principal) else {
      throw ResourceError(
        400, "InvalidPrincipalId", "A valid principal ID must be provided for role assignment.")
    }
    guard let definition = properties["roleDefinitionId"]?.string else {
      throw .invalidContent("Required property 'roleDefinitionId' not found in JSON.")
    }
    guard let role = BuiltInRole.named(definition) else { throw Self.noDefinition(definition) }
    let now = HTTPDate.iso(clock.seconds)
    return properties.merging([
      "roleDefinitionId": role.shown(under: ResourceID.subscription)["id"] ?? .null, "scope": .string(scope),
      "principalType": properties["principalType"] ?? "ServicePrincipal", "createdOn": .string(now),
      "updatedOn": .string(now),
    ])
  }

  /// One assignment for a scope, role and principal, and no other of its name.
  private static func check(
    _ document: ResourceDocument, over before: ResourceDocument?, _ documents: ResourceStore.Documents
  ) throws(ResourceError) {
    func subject(_ document: ResourceDocument) -> [String] {
      ["scope", "roleDefinitionId", "principalId"].map { document.properties[$0]?.string?.lowercased() ?? "" }
    }
    if let before, subject(before) != subject(document) {
      throw ResourceError(
        400, "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")
    }
    let isTaken = documents.values.contains {
      $0.type == assignmentType && ResourceID.key($0.id) != ResourceID.key(document.id)
        && subject($0) == subject(document)
    }
    if isTaken { throw ResourceError(409, "RoleAssignmentExists", "The role assignment already exists.") }
  }

  private static func noDefinition(_ name: String) -> ResourceError {
    ResourceError(
      404, "RoleDefinitionDoesNotExist", "The specified role definition with ID '\(name)' does not exist.")
  }

  private static func noAssignment(_ name: String) -> ResourceError {
    ResourceError(404, "RoleAssignmentNotFound", "The role assignment '\(name)' is not found.")
  }

  private static func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.utf8.allSatisfy { Hex.digit($0) != nil } }
  }
}

/// The `$filter` of a listing: `atScope()`, `assignedTo('ID')`,
/// `principalId eq 'ID'`, `roleName eq 'NAME'`, joined by `and`.
private struct RoleFilter {
  var roleName: String?
  private var isAtScope = false
  private var principal: String?

  /// No filter admits all; a part that is not known is let be, as the service's
  /// own answer to it is not documented.
  init(_ text: String?) {
    var rest = (text ?? "")[...]
    while let part = Self.next(&rest) {
      let quoted = part.split(separator: "'", omittingEmptySubsequences: false)
      let value = quoted.count > 1 ? String(quoted[1]) : nil
      let word = part.lowercased()
      if word.hasPrefix("atscope") { isAtScope = true }
      if word.hasPrefix("assignedto") || word.hasPrefix("principalid") { principal = value?.lowercased() }
      if word.hasPrefix("rolename") { roleName = value }
    }
  }

  /// Assignments at, above and, unless the filter says `atScope()`, below.
  func admits(_ assignment: ResourceDocument, at scope: String) -> Bool {
    let own = assignment.properties["scope"]?.string ?? ""
    guard ResourceID.holds(own, scope) || !isAtScope && ResourceID.holds(scope, own) else { return false }
    return principal == nil || assignment.properties["principalId"]?.string?.lowercased() == principal
  }

  private static func next(_ rest: inout Substring) -> String? {
    guard !rest.isEmpty else { return nil }
    let words = rest.split(separator: " ", omittingEmptySubsequences: true)
    let end = words.firstIndex { $0.lowercased() == "and" } ?? words.count
    let part = words[..<end].joined(separator: " ")
    rest = end < words.count ? rest[words[end].endIndex...] : ""
    return part
  }
}
