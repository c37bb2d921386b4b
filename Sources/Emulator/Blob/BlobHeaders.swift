/// What request headers say of a blob's content and metadata, and how
/// responses say it back.
extension BlobRequest {
  /// The `x-ms-meta-` headers.
  func metadata() throws(StorageError) -> [MetadataItem] {
    var items: [MetadataItem] = []
    for field in http.headers.withPrefix("x-ms-meta-") {
      let name = String(field.written.dropFirst("x-ms-meta-".count))
      guard Self.isIdentifier(name) else {
        throw StorageError(400, "InvalidMetadata", "The specified metadata is invalid.", detail: name)
      }
      items.append(MetadataItem(name: name, value: field.value.trimmingBlanks()))
    }
    guard items.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= 8192 else {
      throw StorageError(
        400, "MetadataTooLarge", "The size of the specified metadata exceeds the maximum size permitted.")
    }
    return items
  }

  /// The `x-ms-blob-` content headers, with `fallback` headers of the request
  /// itself where Put Blob allows them.
  func contentProperties(fallback: Bool) throws(StorageError) -> ContentProperties {
    func value(_ name: String) -> String? {
      header("x-ms-blob-\(name)") ?? (fallback ? header(name) : nil)
    }
    var properties = ContentProperties()
    properties.type = value("content-type") ?? properties.type
    properties.encoding = value("content-encoding")
    properties.language = value("content-language")
    properties.cacheControl = value("cache-control")
    properties.disposition = header("x-ms-blob-content-disposition")
    properties.md5 = header("x-ms-blob-content-md5")
    if let md5 = properties.md5, Base64.decode(md5)?.count != 16 { throw .invalidMd5 }
    return properties
  }

  /// The tier a block blob is written to.
  func accessTier() throws(StorageError) -> String? {
    guard let tier = header("x-ms-access-tier") else { return nil }
    guard ["Hot", "Cool", "Cold", "Archive"].contains(tier) else { throw .invalidHeader("x-ms-access-tier") }
    return tier
  }

  /// Verifies the transfer's checksums and returns the header that confirms
  /// one: the checksum sent, or a CRC-64.
  func verifiedChecksum() throws(StorageError) -> (String, String) {
    let body = http.body
    if let sent = header("x-ms-content-crc64") {
      guard Base64.decode(sent)?.count == 8 else { throw .invalidHeader("x-ms-content-crc64") }
      let computed = StorageCRC64.header(body)
      guard sent == computed else { throw .crc64Mismatch }
      guard header("content-md5") == nil else { throw .invalidHeader("content-md5") }
      return ("x-ms-content-crc64", computed)
    }
    if let sent = header("content-md5") {
      guard Base64.decode(sent)?.count == 16 else { throw .invalidMd5 }
      let computed = Base64.encode(Digest.md5(body))
      guard sent == computed else { throw .md5Mismatch }
      return ("Content-MD5", computed)
    }
    return ("x-ms-content-crc64", StorageCRC64.header(body))
  }

  /// Refuses headers whose silent loss would mislead a client.
  func refuseUnsupported() throws(StorageError) {
    for name in [
      "x-ms-copy-source", "x-ms-encryption-key", "x-ms-encryption-scope", "x-ms-tags", "x-ms-if-tags",
      "x-ms-immutability-policy-until-date", "x-ms-legal-hold", "x-ms-structured-body",
    ] where header(name) != nil {
      throw .notEmulated(name)
    }
    for name in ["snapshot", "versionid"] where http.target[name] != nil {
      throw .notEmulated(name)
    }
  }

  /// C# identifiers, as the service wants metadata names; ASCII only, as HTTP does.
  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}

extension Blob {
  /// Every header of Get Blob and Get Blob Properties but the length and the
  /// hash of what is sent.
  func headers(at now: Int64) -> [(String, String)] {
    var headers = version.headers
    headers += [
      ("Content-Type", properties.type), ("Accept-Ranges", "bytes"), ("x-ms-blob-type", kind.rawValue),
      ("x-ms-creation-time", HTTPDate.format(created)), ("x-ms-server-encrypted", "true"),
    ]
    headers += lease.headers(at: now)
    for (name, value) in [
      ("Content-Encoding", properties.encoding), ("Content-Language", properties.language),
      ("Cache-Control", properties.cacheControl), ("Content-Disposition", properties.disposition),
    ] {
      if let value { headers.append((name, value)) }
    }
    if kind == .append { headers.append(("x-ms-blob-committed-block-count", "\(appends)")) }
    if kind == .block {
      headers.append(("x-ms-access-tier", tier ?? "Hot"))
      if tier == nil { headers.append(("x-ms-access-tier-inferred", "true")) }
    }
    headers += metadata.map { ("x-ms-meta-\($0.name)", $0.value) }
    return headers
  }
}
