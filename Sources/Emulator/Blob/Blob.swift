/// The kinds of blob emulated, by their names on the wire.
enum BlobKind: String, Sendable, Codable {
  case block = "BlockBlob"
  case append = "AppendBlob"
}

/// A block of a block blob.
struct Block: Sendable, Codable, Equatable {
  /// Base64, as the client wrote it.
  var id: String
  var content: Chunk
}

/// One pair of metadata, its name in the case it was written in.
struct MetadataItem: Sendable, Codable, Equatable {
  var name: String
  var value: String
}

/// The properties a client may set.
struct ContentProperties: Sendable, Codable, Equatable {
  var type = "application/octet-stream"
  var encoding: String?
  var language: String?
  var cacheControl: String?
  var disposition: String?
  /// Base64.
  var md5: String?
}

/// One blob with everything that is known of it.
struct Blob: Sendable, Codable {
  var kind: BlobKind
  /// False while there are only staged blocks.
  var isCommitted: Bool
  var content: [Chunk] = []
  /// The committed blocks; empty after Put Blob.
  var blocks: [Block] = []
  /// Staged blocks in the order they came.
  var staged: [Block] = []
  /// Append Block operations so far.
  var appends = 0
  var length = 0
  var properties = ContentProperties()
  var metadata: [MetadataItem] = []
  var version: Version
  /// Seconds since 1970.
  var created: Int64
  /// Nil for the account's default, Hot.
  var tier: String?
  var lease = Lease()

  /// Whether reads and overwriting are refused.
  var isArchived: Bool { tier == "Archive" }

  /// Every chunk it holds.
  var chunks: [Chunk] { content + staged.map { $0.content } }
}

/// A blob's name, ordered by its UTF-8 as listings are. Strings will not do:
/// Swift takes canonically equivalent ones for equal, storage does not.
struct BlobName: Sendable, Hashable, Comparable {
  let utf8: [UInt8]

  init(_ text: String) { utf8 = Array(text.utf8) }
  init(utf8: [UInt8]) { self.utf8 = utf8 }

  var text: String { String(decoding: utf8, as: UTF8.self) }

  static func < (left: BlobName, right: BlobName) -> Bool {
    left.utf8.withUnsafeBufferPointer { left in
      right.utf8.withUnsafeBufferPointer { right in
        let common = min(left.count, right.count)
        var index = 0
        while index < common {
          if left[index] != right[index] { return left[index] < right[index] }
          index += 1
        }
        return left.count < right.count
      }
    }
  }
}

/// A container and its blobs.
struct Container: Sendable {
  /// What is kept of a container besides its blobs.
  struct Header: Sendable, Codable {
    var version: Version
    var metadata: [MetadataItem]
    var lease = Lease()
  }

  var header: Header
  private(set) var blobs: [BlobName: Blob] = [:]
  /// All names in order.
  private(set) var names: [BlobName] = []

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
