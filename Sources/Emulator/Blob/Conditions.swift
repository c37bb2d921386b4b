/// The conditional headers of a request.
struct Conditions {
  private let ifMatch: String?
  private let ifNoneMatch: String?
  /// Seconds since 1970.
  private let ifModifiedSince: Int64?
  private let ifUnmodifiedSince: Int64?

  /// Reads the headers; throws 400 for a date that is none.
  init(_ headers: HTTPHeaders) throws(StorageError) {
    ifMatch = headers["if-match"]
    ifNoneMatch = headers["if-none-match"]
    ifModifiedSince = try Self.date(headers, "if-modified-since")
    ifUnmodifiedSince = try Self.date(headers, "if-unmodified-since")
  }

  /// Checks a write over what exists, nil where nothing does.
  func permitWrite(over existing: Version?) throws(StorageError) {
    guard let existing else {
      guard ifMatch == nil else { throw .conditionNotMet }
      return
    }
    if ifNoneMatch == "*" { throw .blobExists }
    try permit(existing, refusal: .conditionNotMet)
  }

  /// Checks a read: an unchanged resource is 304.
  func permitRead(of existing: Version) throws(StorageError) {
    try permit(existing, refusal: .notModified)
  }

  private func permit(_ existing: Version, refusal: StorageError) throws(StorageError) {
    if let ifMatch, ifMatch != "*", !Self.same(ifMatch, existing.etag) { throw .conditionNotMet }
    if let ifUnmodifiedSince, existing.modified > ifUnmodifiedSince { throw .conditionNotMet }
    if let ifNoneMatch, Self.same(ifNoneMatch, existing.etag) { throw refusal }
    if let ifModifiedSince, existing.modified <= ifModifiedSince { throw refusal }
  }

  /// Clients send ETags with and without their quotes.
  private static func same(_ given: String, _ etag: String) -> Bool {
    given == etag || given == "\"\(etag)\"" || "\"\(given)\"" == etag
  }

  private static func date(_ headers: HTTPHeaders, _ name: String) throws(StorageError) -> Int64? {
    guard let text = headers[name] else { return nil }
    guard let seconds = HTTPDate.parse(text) else { throw .invalidHeader(name) }
    return seconds
  }
}
