/// Microsoft.Network/virtualNetworks and their subnets. What is slow at the
/// service is done at once here, so no answer points to an operation to poll.
extension ResourceManager {
  private static let networkType = "Microsoft.Network/virtualNetworks"
  private static let subnetType = "Microsoft.Network/virtualNetworks/subnets"

  /// GET, list, PUT, PATCH of tags and DELETE.
  func virtualNetworks(_ request: ResourceRequest) throws -> HTTPResponse {
    if request.path.kind.hasSuffix("/subnets") { return try subnets(request) }
    guard let name = request.path.names.first, !request.path.isCollection else {
      guard request.http.method == "GET", request.path.names.isEmpty else { throw ResourceError.methodNotAllowed }
      let all = store.all
      return .list(
        all.children(of: request.path.scope, type: Self.networkType).map { Self.shownNetwork($0, all) })
    }
    let id = ResourceID.make(Self.networkType, name)
    switch request.http.method {
    case "GET": return Self.reply(200, try found(request.path, id), Self.shownNetwork(_:_:), store.all)
    case "PATCH": return Self.reply(200, try tag(request, id), Self.shownNetwork(_:_:), store.all)
    case "PUT":
      let body = try request.body()
      let (before, document) = try store.change { documents in
        let before = documents[id: id]
        try request.permit(over: before?.etag)
        let document = try Self.network(body, id)
        documents[id: id] = document
        if let subnets = body["properties"]?["subnets"]?.array {
          for old in documents.children(of: id, type: Self.subnetType) { documents[id: old.id] = nil }
          for subnet in subnets { try Self.put(subnet, subnet["name"]?.string ?? "", of: document, &documents) }
        }
        for subnet in documents.children(of: id, type: Self.subnetType) {
          try AddressSpace.check(subnet, in: document, beside: documents.children(of: id, type: Self.subnetType))
        }
        return (before, document)
      }
      return Self.reply(before == nil ? 201 : 200, document, Self.shownNetwork(_:_:), store.all)
    case "DELETE": return try delete(request, id)
    default: throw ResourceError.methodNotAllowed
    }
  }

  private func subnets(_ request: ResourceRequest) throws -> HTTPResponse {
    let owner = ResourceID.make(Self.networkType, request.path.names.first ?? "")
    guard store[owner] != nil else { throw ResourceError.parentNotFound(request.path) }
    guard request.path.names.count == 2 else {
      guard request.http.method == "GET" else { throw ResourceError.methodNotAllowed }
      return .list(store.all.children(of: owner, type: Self.subnetType).map(Self.shownPart))
    }
    let name = request.path.names[1]
    let id = "\(owner)/subnets/\(name)"
    switch request.http.method {
    case "GET": return Self.reply(200, try found(request.path, id), Self.shownPart)
    case "PUT":
      let body = try request.body()
      let (before, document) = try store.change { documents in
        guard let network = documents[id: owner] else { throw ResourceError.parentNotFound(request.path) }
        let before = documents[id: id]
        try request.permit(over: before?.etag)
        try Self.put(body, name, of: network, &documents)
        guard let document = documents[id: id] else { throw ResourceError.notFound(request.path) }
        try AddressSpace.check(document, in: network, beside: documents.children(of: owner, type: Self.subnetType))
        documents[id: owner]?.etag = Digest.guid()
        return (before, document)
      }
      return Self.reply(before == nil ? 201 : 200, document, Self.shownPart)
    case "DELETE": return try delete(request, id)
    default: throw ResourceError.methodNotAllowed
    }
  }
}

extension ResourceManager {
  private static func network(_ body: JSONValue, _ id: String) throws(ResourceError) -> ResourceDocument {
    guard let location = body["location"]?.string else {
      throw ResourceError(400, "LocationRequired", "The location property is required for this definition.")
    }
    let prefixes = body["properties"]?["addressSpace"]?["addressPrefixes"]?.array ?? []
    guard !prefixes.isEmpty else {
      throw ResourceError(400, "InvalidRequestFormat", "The address space of a virtual network must not be empty.")
    }
    for prefix in prefixes { _ = try AddressSpace.network(prefix.string ?? "", in: id) }
    var properties = body["properties"] ?? .object([:])
    properties["subnets"] = nil
    properties["provisioningState"] = "Succeeded"
    var content: JSONValue = ["location": .string(location), "properties": properties]
    content["tags"] = body["tags"]
    return ResourceDocument(id: id, type: networkType, content: content)
  }

  private static func put(
    _ body: JSONValue, _ name: String, of network: ResourceDocument, _ documents: inout ResourceStore.Documents
  ) throws(ResourceError) {
    guard !name.isEmpty, !name.contains("/") else {
      throw ResourceError(400, "InvalidResourceName", "Resource name '\(name)' is invalid.")
    }
    let id = "\(network.id)/subnets/\(name)"
    var properties = body["properties"] ?? .object([:])
    let services = (properties["serviceEndpoints"]?.array ?? []).map { endpoint in
      JSONValue.members([
        "service": endpoint["service"], "provisioningState": "Succeeded",
        "locations": endpoint["locations"] ?? ["*"],
      ])
    }
    properties["serviceEndpoints"] = services.isEmpty ? nil : .array(services)
    if let group = properties["networkSecurityGroup"]?["id"]?.string {
      guard let found = documents[id: group], found.type == groupType else {
        throw ResourceError(
          400, "InvalidResourceReference", "Resource \(group) referenced by resource \(id) was not found.")
      }
      properties["networkSecurityGroup"] = ["id": .string(found.id)]
    }
    properties["provisioningState"] = "Succeeded"
    documents[id: id] = ResourceDocument(id: id, type: subnetType, content: ["properties": properties])
  }

  private static func shownNetwork(_ document: ResourceDocument, _ documents: ResourceStore.Documents) -> JSONValue {
    let subnets = documents.children(of: document.id, type: subnetType).map(shownPart)
    return shownPart(document).merging(["properties": document.properties.merging(["subnets": .array(subnets)])])
  }
}
