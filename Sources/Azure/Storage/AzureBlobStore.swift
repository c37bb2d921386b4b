package import BlobStorage
internal import Compression
internal import FoundationEssentials
internal import HTTP
internal import Timeline

/// Blob storage of an Azure account, or of an emulator.
package struct AzureBlobStore: BlobStore {
  private let pipeline: Pipeline
  private let authorizer: any Authorizer
  package let url: String
  private let pageSize: Int

  /// The service's version that the requests are written for.
  private static let version = "2021-12-02"

  /// `url` is the blob endpoint without a trailing slash, `https://ACCOUNT.blob.core.windows.net`.
  /// `pageSize` is how many blobs one page of a listing holds, at most the service's 5,000.
  package init(url: String, pipeline: Pipeline, authorizer: any Authorizer, pageSize: Int = 5000) {
    self.url = url
    self.pipeline = pipeline
    self.authorizer = authorizer
    self.pageSize = pageSize
  }
}

// MARK: - Requests

extension AzureBlobStore {
  /// A request about a blob.
  func send(
    _ operation: String, _ method: String, _ address: BlobAddress, _ query: String = "",
    _ headers: [(String, String)] = [], body: [UInt8]? = nil, expect: Set<Int>
  ) async throws(StoreError) -> HTTPResponse {
    try address.check(operation)
    return try await exchange(operation, method, address.description, query, headers, body: body, expect: expect)
  }

  /// A request about a container; `query` follows `restype=container`.
  private func send(
    _ operation: String, _ method: String, container: String, _ query: String = "",
    _ headers: [(String, String)] = [], expect: Set<Int>
  ) async throws(StoreError) -> HTTPResponse {
    try BlobAddress.checkContainer(container, operation)
    return try await exchange(operation, method, container, "restype=container" + query, headers, expect: expect)
  }

  private func exchange(
    _ operation: String, _ method: String, _ path: String, _ query: String, _ headers: [(String, String)],
    body: [UInt8]? = nil, expect: Set<Int>
  ) async throws(StoreError) -> HTTPResponse {
    var headers = headers
    headers.append(("x-ms-version", Self.version))
    let target = "\(url)/\(PercentEncoding.path(path))" + (query.isEmpty ? "" : "?\(query)")
    let response: HTTPResponse
    do throws(AzureError) {
      response = try await pipeline.send(
        HTTPRequest(method: method, url: target, headers: headers, body: body), to: .storage, authorizer)
    } catch {
      throw StorageErrors.error(error, "\(operation) \(path)")
    }
    guard expect.contains(response.head.status) else {
      throw StorageErrors.error(response, "\(operation) \(path)", origin: authorizer.origin)
    }
    return response
  }

  private func version(_ response: HTTPResponse) -> BlobVersion { BlobVersion(etag: response.head["ETag"] ?? "") }

  func metadataHeaders(_ metadata: [String: String]) -> [(String, String)] {
    metadata.sorted { $0.key < $1.key }.map { ("x-ms-meta-\($0.key)", $0.value) }
  }

  private func propertyHeaders(_ properties: BlobProperties) -> [(String, String)] {
    var headers = [("x-ms-blob-content-type", properties.contentType)]
    if let encoding = properties.contentEncoding { headers.append(("x-ms-blob-content-encoding", encoding)) }
    if let md5 = properties.contentMD5 { headers.append(("x-ms-blob-content-md5", Base64.encode(md5))) }
    return headers + metadataHeaders(properties.metadata)
  }

  /// `Content-MD5` of a body, which the service checks on arrival; `md5` where it is known already.
  private func transitMD5(_ body: [UInt8], known md5: [UInt8]? = nil) -> [(String, String)] {
    if let md5 { return [("Content-MD5", Base64.encode(md5))] }
    guard let digest = Digest(.md5) else { return [] }
    body.withUnsafeBytes { digest.update($0) }
    return [("Content-MD5", Base64.encode(digest.finish()))]
  }

  /// A create's 412 under `If-None-Match: *` says the same as its 409.
  private func creating<T>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T {
    do throws(StoreError) { return try await body() } catch {
      guard error.code == .conditionFailed else { throw error }
      var error = error
      error.code = .alreadyExists
      throw error
    }
  }
}

// MARK: - Containers

extension AzureBlobStore {
  package func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError) {
    _ = try await send(
      "Create Container", "PUT", container: name, "", metadataHeaders(metadata), expect: [201])
  }

  package func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata? {
    let response = try await send(
      "Get Container Properties", "HEAD", container: name, expect: [200, 404])
    guard response.head.status == 200 else { return nil }
    return ContainerMetadata(values: Self.metadata(response), etag: response.head["ETag"] ?? "")
  }

  package func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError) {
    // This operation takes no If-Match, so the comparison and the change are made under
    // a lease, which keeps out whoever does the same.
    let lease = try await acquireLease(name)
    do throws(StoreError) {
      guard try await containerMetadata(name)?.etag == etag else { throw changed(name) }
      _ = try await send(
        "Set Container Metadata", "PUT", container: name, "&comp=metadata",
        metadataHeaders(metadata) + [("x-ms-lease-id", lease)], expect: [200])
    } catch {
      await release(name, lease)
      throw error
    }
    await release(name, lease)
  }

  private func changed(_ name: String) -> StoreError {
    StoreError(.conditionFailed, operation: "Set Container Metadata \(name)", message: "it was changed meanwhile")
  }

  /// Takes the container's lease, for the fewest seconds that the service grants.
  ///
  /// One that is held is waited for: a run that was killed holding it leaves it behind.
  private func acquireLease(_ container: String) async throws(StoreError) -> String {
    let id = UUID().uuidString.lowercased()
    let seconds = 15
    let deadline = ContinuousClock.now + .seconds(seconds + 5)
    while true {
      do throws(StoreError) {
        try await lease(
          container, id, "acquire", [("x-ms-lease-duration", "\(seconds)"), ("x-ms-proposed-lease-id", id)], 201)
        return id
      } catch {
        guard error.code == .refused, ContinuousClock.now < deadline else { throw error }
      }
      do { try await Task.sleep(for: .milliseconds(500)) } catch {
        throw StoreError(.cancelled, operation: "Lease Container \(container)", message: "stopped")
      }
    }
  }

  private func lease(
    _ container: String, _ id: String, _ action: String, _ headers: [(String, String)], _ status: Int
  ) async throws(StoreError) {
    _ = try await send(
      "Lease Container", "PUT", container: container, "&comp=lease", [("x-ms-lease-action", action)] + headers,
      expect: [status])
  }

  private func release(_ container: String, _ id: String) async {
    // A lease that cannot be released ends by itself after its seconds.
    try? await lease(container, id, "release", [("x-ms-lease-id", id)], 200)
  }

  static func metadata(_ response: HTTPResponse) -> [String: String] {
    let prefix = "x-ms-meta-"
    let pairs = response.head.headers.filter { $0.name.lowercased().hasPrefix(prefix) }
    return Dictionary(
      pairs.map { (String($0.name.dropFirst(prefix.count)).lowercased(), $0.value) },
      uniquingKeysWith: { first, _ in first })
  }
}

// MARK: - Block blobs

extension AzureBlobStore {
  package func put(
    _ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await creating { () async throws(StoreError) in
      version(
        try await send(
          "Put Blob", "PUT", address, "",
          [("x-ms-blob-type", "BlockBlob"), ("If-None-Match", "*")] + transitMD5(bytes, known: properties.contentMD5)
            + propertyHeaders(properties),
          body: bytes, expect: [201]))
    }
  }

  /// Sends no `Content-MD5`: it would hash every byte once more, for what TLS guarantees already.
  package func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError) {
    _ = try await send(
      "Put Block", "PUT", upload.address, "comp=block&blockid=\(PercentEncoding.query(blockID(upload, index)))",
      body: bytes, expect: [201])
  }

  package func commit(
    _ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    let list = (0..<count).map { "<Latest>\(blockID(upload, $0))</Latest>" }.joined()
    let body = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(list)</BlockList>".utf8)
    return try await creating { () async throws(StoreError) in
      version(
        try await send(
          "Put Block List", "PUT", upload.address, "comp=blocklist",
          [("If-None-Match", "*"), ("Content-Type", "application/xml")] + transitMD5(body)
            + propertyHeaders(properties),
          body: body, expect: [201]))
    }
  }

  /// Uncommitted blocks vanish by themselves after a week.
  package func abandon(_ upload: BlobUpload) async {}

  /// Ids of one blob must be of equal length; base64 of eight and five characters is.
  private func blockID(_ upload: BlobUpload, _ index: Int) -> String {
    Base64.encode(Array("\(upload.token)\(pad(index, 5))".utf8))
  }
}

// MARK: - Append blobs

extension AzureBlobStore {
  package func createAppendBlob(
    _ address: BlobAddress, _ properties: BlobProperties
  ) async throws(StoreError) -> BlobVersion {
    try await creating { () async throws(StoreError) in
      version(
        try await send(
          "Put Blob", "PUT", address, "",
          [("x-ms-blob-type", "AppendBlob"), ("If-None-Match", "*")] + propertyHeaders(properties), body: [],
          expect: [201]))
    }
  }

  package func append(
    _ bytes: [UInt8], to address: BlobAddress, at position: Int
  ) async throws(StoreError) -> BlobVersion {
    version(
      try await send(
        "Append Block", "PUT", address, "comp=appendblock",
        [("x-ms-blob-condition-appendpos", String(position))] + transitMD5(bytes), body: bytes, expect: [201]))
  }
}

// MARK: - Reading, listing, deleting

extension AzureBlobStore {
  package func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo? {
    let response = try await send("Get Blob Properties", "HEAD", address, expect: [200, 404])
    guard response.head.status == 200 else { return nil }
    let head = response.head
    return BlobInfo(
      name: address.name, size: head["Content-Length"].flatMap { Int($0) } ?? 0, etag: head["ETag"] ?? "",
      lastModified: head["Last-Modified"].flatMap(HTTPDate.tick) ?? .earliest,
      contentMD5: head["Content-MD5"].flatMap { Base64.decode($0) }, metadata: Self.metadata(response),
      committedBlocks: head["x-ms-blob-committed-block-count"].flatMap { Int($0) })
  }

  package func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
    var headers: [(String, String)] = []
    if let range {
      if range.isEmpty { return [] }
      let last = range.upperBound == .max ? "" : String(range.upperBound - 1)
      headers = [("Range", "bytes=\(range.lowerBound)-\(last)")]
    }
    // 416: the range begins at or behind the end.
    let response = try await send("Get Blob", "GET", address, "", headers, expect: [200, 206, 416])
    return response.head.status == 416 ? [] : response.body
  }

  package func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError) {
    var marker: String?
    var markers: Set<String> = []
    repeat {
      var query = "&comp=list&maxresults=\(pageSize)"
      if !prefix.isEmpty { query += "&prefix=\(PercentEncoding.query(prefix))" }
      if metadata { query += "&include=metadata" }
      if let marker { query += "&marker=\(PercentEncoding.query(marker))" }
      let response = try await send("List Blobs", "GET", container: container, query, expect: [200])
      let listing: BlobListing
      do throws(AzureError) { listing = try BlobListing(response.body) } catch {
        throw StorageErrors.error(error, "List Blobs \(container)")
      }
      if !listing.blobs.isEmpty { try page(listing.blobs) }
      marker = listing.nextMarker
      // A service that leads back to a page would be followed for ever.
      if let marker, !markers.insert(marker).inserted {
        throw StoreError(
          .invalid, operation: "List Blobs \(container)", message: "the listing leads back to a page that was read")
      }
    } while marker != nil
  }

  package func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError) {
    _ = try await send(
      "Delete Blob", "DELETE", address, "", etag.map { [("If-Match", $0)] } ?? [], expect: [202])
  }
}
