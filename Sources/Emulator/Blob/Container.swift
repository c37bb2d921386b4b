/// What of a container anyone may read, by its name in headers.
enum PublicAccess: String, Sendable, Codable {
  /// Blobs, by their names.
  case blob
  /// Blobs, their listing and the container's own properties.
  case container
}

/// A container and its blobs.
struct Container: Sendable {
  /// What is kept of a container besides its blobs.
  struct Header: Sendable, Codable {
    var version: Version
    var metadata: [MetadataItem]
    var lease = Lease()
    /// Who may read without credentials; nil for nobody.
    var publicAccess: PublicAccess?
    var immutability: ImmutabilityPolicy?
  }

  var header: Header
  private(set) var blobs: [BlobName: Blob] = [:]
  /// All names in order.
  private(set) var names: [BlobName] = []

  /// A container without blobs.
  init(header: Header) { self.header = header }

  /// Sets or removes a blob, keeping the order of names.
  subscript(name: BlobName) -> Blob? {
    get { blobs[name] }
    set {
      let index = firstIndex(notBefore: name)
      let isPresent = index < names.count && names[index] == name
      if newValue == nil, isPresent { names.remove(at: index) }
      if newValue != nil, !isPresent { names.insert(name, at: index) }
      blobs[name] = newValue
    }
  }

  /// The position of the first name that is not before `name`.
  func firstIndex(notBefore name: BlobName) -> Int {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
