/// The paging parameters of a listing.
struct Page {
  let prefix: String
  /// The first name not yet listed; empty at the beginning.
  let marker: String
  let delimiter: [UInt8]
  let size: Int
  let includes: Set<String>
  private let given: [(String, String)]

  /// Reads the query; throws 400 for what is out of range.
  init(_ request: BlobRequest) throws(StorageError) {
    let target = request.http.target
    prefix = target["prefix"] ?? ""
    delimiter = Array((target["delimiter"] ?? "").utf8)
    includes = Set((target["include"] ?? "").split(separator: ",").map { String($0) })
    // 5,000 is the service's default and the most it returns in a page.
    guard let size = Int(target["maxresults"] ?? "5000"), size > 0 else { throw .invalidQuery("maxresults") }
    self.size = min(size, 5000)
    let encoded = target["marker"] ?? ""
    guard let bytes = Base64.decode(encoded) else { throw .invalidQuery("marker") }
    marker = String(decoding: bytes, as: UTF8.self)
    given = [
      ("Prefix", prefix), ("Marker", encoded), ("MaxResults", target["maxresults"] ?? ""),
      ("Delimiter", target["delimiter"] ?? ""),
    ]
  }

  /// The part of a name up to the first delimiter behind the prefix.
  func folder(of name: BlobName) -> BlobName? {
    guard !delimiter.isEmpty else { return nil }
    var index = prefix.utf8.count
    while index + delimiter.count <= name.utf8.count {
      if name.utf8[index..<index + delimiter.count].elementsEqual(delimiter) {
        return BlobName(utf8: Array(name.utf8[..<(index + delimiter.count)]))
      }
      index += 1
    }
    return nil
  }

  /// The listing's root element with the parameters echoed.
  func opening(_ request: BlobRequest, container: String?) -> String {
    let host = request.header("host") ?? ""
    var text = "<EnumerationResults ServiceEndpoint=\"http://\(Escaped.xml(host))/\(request.account)/\""
    if let container { text += " ContainerName=\"\(container)\"" }
    text += ">"
    for (name, value) in given where !value.isEmpty { text += "<\(name)>\(Escaped.xml(value))</\(name)>" }
    return text
  }

  /// The marker of the next page, where there is one, and the end.
  static func closing(_ next: String?) -> String {
    let marker = next.map { Base64.encodeURL(Array($0.utf8)) } ?? ""
    return (marker.isEmpty ? "<NextMarker />" : "<NextMarker>\(marker)</NextMarker>") + "</EnumerationResults>"
  }
}
