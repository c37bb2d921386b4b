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
