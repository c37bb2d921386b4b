/// What resources of Microsoft.Network have in common.
extension ResourceManager {
  /// With its ETag, which is a weak one.
  static func shownPart(_ document: ResourceDocument) -> JSONValue {
    document.shown.merging(["etag": .string("W/\"\(document.etag)\"")])
  }

  /// An answer with the ETag in its header too.
  static func reply(_ status: Int, _ document: ResourceDocument, _ show: (ResourceDocument) -> JSONValue)
    -> HTTPResponse
  {
    .json(status, show(document), headers: [("ETag", "W/\"\(document.etag)\"")])
  }

  /// As `reply`, for what is shown with its parts.
  static func reply(
    _ status: Int, _ document: ResourceDocument,
    _ show: (ResourceDocument, ResourceStore.Documents) -> JSONValue, _ documents: ResourceStore.Documents
  ) -> HTTPResponse {
    reply(status, document) { show($0, documents) }
  }

  /// PATCH, which reaches tags alone.
  func tag(_ request: ResourceRequest, _ id: String) throws -> ResourceDocument {
    let tags = try request.body()["tags"] ?? .object([:])
    return try store.change { documents in
      guard var document = documents[id: id] else { throw ResourceError.notFound(request.path) }
      document.content["tags"] = tags
      document.etag = Digest.guid()
      documents[id: id] = document
      return document
    }
  }

  /// DELETE, with what lies under the resource.
  func delete(_ request: ResourceRequest, _ id: String) throws -> HTTPResponse {
    try store.change { documents in
      guard let document = documents[id: id] else { return HTTPResponse(status: 204) }
      try request.permit(over: document.etag)
      documents.removeTree(id)
      return HTTPResponse(status: 200)
    }
  }
}
