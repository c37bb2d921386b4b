extension BlobAddress {
  /// The blob's URL in the store of the URL `store`, percent-encoded.
  package func url(in store: String) -> String { "\(store)/\(PercentEncoding.path(description))" }

  /// The names that a URL may stand for in a container, whatever the store goes by.
  ///
  /// The same store may be reached by another URL than the one that was recorded: a
  /// moved folder, a link, another name of the host.
  package static func names(in url: String, container: String) -> [String] {
    let path = Array(url.utf8)
    let mark = Array("/\(container)/".utf8)
    guard path.count > mark.count else { return [] }
    return (0..<path.count - mark.count).compactMap { start in
      guard path[start..<start + mark.count].elementsEqual(mark) else { return nil }
      return PercentEncoding.decode(Substring(decoding: path[(start + mark.count)...], as: UTF8.self))
    }
  }

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
