/// List Containers, List Blobs, and what is told of the account.
extension BlobService {
  /// List Containers.
  func listContainers(_ request: BlobRequest) throws -> HTTPResponse {
    let page = try Page(request)
    let prefix = request.account + "/"
    let now = leaseTime()
    let headers = withState { state in
      state.containers.compactMap { key, container in
        key.hasPrefix(prefix) ? (String(key.dropFirst(prefix.count)), container.header) : nil
      }
    }
    let found = headers.filter { $0.0.hasPrefix(page.prefix) && $0.0 >= page.marker }.sorted { $0.0 < $1.0 }
    var body = page.opening(request, container: nil) + "<Containers>"
    for (name, header) in found.prefix(page.size) {
      body +=
        "<Container><Name>\(name)</Name><Properties>" + Self.properties(header.version)
        + Self.properties(header.lease, at: now)
        + (header.publicAccess.map { "<PublicAccess>\($0.rawValue)</PublicAccess>" } ?? "")
        + "<HasImmutabilityPolicy>\(header.immutability != nil)</HasImmutabilityPolicy>"
        + "<HasLegalHold>false</HasLegalHold></Properties>"
        + (page.includes.contains("metadata") ? Self.xml(header.metadata) : "") + "</Container>"
    }
    let next = found.count > page.size ? found[page.size].0 : nil
    return .xml(200, body + "</Containers>" + Page.closing(next))
  }

  /// List Blobs, flat or folded at a delimiter.
  func listBlobs(_ request: BlobRequest) throws -> HTTPResponse {
    let page = try Page(request)
    let now = leaseTime()
    let body = try withContainer(request) { container in
      var body = page.opening(request, container: request.container) + "<Blobs>"
      let prefix = BlobName(page.prefix)
      let marker = BlobName(page.marker)
      var index = container.firstIndex(notBefore: max(prefix, marker))
      var count = 0
      while index < container.names.count {
        let name = container.names[index]
        guard name.utf8.starts(with: prefix.utf8) else { break }
        guard let blob = container[name], blob.isCommitted || page.includes.contains("uncommittedblobs") else {
          index += 1
          continue
        }
        guard count < page.size else { return body + "</Blobs>" + Page.closing(name.text) }
        count += 1
        if let folder = page.folder(of: name) {
          body += "<BlobPrefix><Name>\(Escaped.xml(folder.text))</Name></BlobPrefix>"
          // 0xFF is in no UTF-8, so this is behind every name of the folder.
          index = container.firstIndex(notBefore: BlobName(utf8: folder.utf8 + [0xff]))
        } else {
          body += Self.xml(name, blob, page, at: now)
          index += 1
        }
      }
      return body + "</Blobs>" + Page.closing(nil)
    }
    return .xml(200, body)
  }

  /// Set Blob Service Properties is not emulated; what is read is the default.
  func serviceProperties(_ request: BlobRequest) throws -> HTTPResponse {
    guard request.http.method == "GET" else { throw StorageError.notEmulated("Set Blob Service Properties") }
    return .xml(
      200,
      "<StorageServiceProperties><Cors /><DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"
        + "<StaticWebsite><Enabled>false</Enabled></StaticWebsite></StorageServiceProperties>")
  }

  /// Get Account Information.
  func accountInformation() -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [
        ("x-ms-sku-name", "Standard_LRS"), ("x-ms-account-kind", "StorageV2"), ("x-ms-is-hns-enabled", "false"),
      ])
  }
}

extension BlobService {
  private static func xml(_ name: BlobName, _ blob: Blob, _ page: Page, at now: Int64) -> String {
    var text = "<Blob><Name>\(Escaped.xml(name.text))</Name><Properties>"
    text += "<Creation-Time>\(HTTPDate.format(blob.created))</Creation-Time>" + properties(blob.version)
    text += "<Content-Length>\(blob.length)</Content-Length>"
    let content = blob.properties
    for (name, value) in [
      ("Content-Type", content.type), ("Content-Encoding", content.encoding ?? ""),
      ("Content-Language", content.language ?? ""), ("Content-MD5", content.md5 ?? ""),
      ("Cache-Control", content.cacheControl ?? ""), ("Content-Disposition", content.disposition ?? ""),
    ] {
      text += value.isEmpty ? "<\(name) />" : "<\(name)>\(Escaped.xml(value))</\(name)>"
    }
    text += "<BlobType>\(blob.kind.rawValue)</BlobType>"
    if blob.kind == .block {
      text += "<AccessTier>\(blob.tier ?? "Hot")</AccessTier>"
      if blob.tier == nil { text += "<AccessTierInferred>true</AccessTierInferred>" }
    }
    text += properties(blob.lease, at: now) + "<ServerEncrypted>true</ServerEncrypted></Properties>"
    if page.includes.contains("metadata") { text += xml(blob.metadata) }
    return text + "</Blob>"
  }

  private static func properties(_ version: Version) -> String {
    "<Last-Modified>\(HTTPDate.format(version.modified))</Last-Modified><Etag>"
      + version.etag.filter { $0 != "\"" } + "</Etag>"
  }

  private static func properties(_ lease: Lease, at now: Int64) -> String {
    let names = [
      "x-ms-lease-status": "LeaseStatus", "x-ms-lease-state": "LeaseState", "x-ms-lease-duration": "LeaseDuration",
    ]
    return lease.headers(at: now).map { name, value in
      names[name].map { "<\($0)>\(value)</\($0)>" } ?? ""
    }.joined()
  }

  private static func xml(_ metadata: [MetadataItem]) -> String {
    metadata.isEmpty
      ? "<Metadata />"
      : "<Metadata>" + metadata.map { "<\($0.name)>\(Escaped.xml($0.value))</\($0.name)>" }.joined() + "</Metadata>"
  }
}
