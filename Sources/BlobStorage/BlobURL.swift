extension BlobAddress {
  /// The blob's URL in the store of the URL `store`, percent-encoded.
  package func url(in store: String) -> String { "\(store)/\(PercentEncoding.path(description))" }

  /// The address that a blob's URL stands for; nil where the blob lies in another store.
  package init?(url: String, in store: String) {
    guard url.utf8.starts(with: store.utf8) else { return nil }
    let path = Substring(url.utf8.dropFirst(store.utf8.count))
    guard path.hasPrefix("/"), let slash = path.utf8.dropFirst().firstIndex(of: UInt8(ascii: "/")) else { return nil }
    self.init(
      container: PercentEncoding.decode(path[..<slash].dropFirst()),
      name: PercentEncoding.decode(path[slash...].dropFirst()))
  }
}
