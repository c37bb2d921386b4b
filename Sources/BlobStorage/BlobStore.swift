internal import Compression
package import Timeline

/// A store of blobs in containers: Azure Blob storage, a directory, or memory.
///
/// The interface is as small as the ledger's rules allow: nothing overwrites a
/// block blob, so every create fails with `alreadyExists` where a name is taken;
/// a multi-part upload shows nothing before its commit; an append says at which
/// position it must land. One contract suite holds every implementation.
///
/// A store over a network tries again where a reply is lost, so that a create may
/// fail with `alreadyExists`, an append with `conditionFailed` and a delete with
/// `notFound` because of its own first attempt: what lies there tells.
///
/// Every operation throws `invalid` for an address that is none; see `BlobAddress.check`.
package protocol BlobStore: Sendable {
  /// The store's URL, percent-encoded and without a trailing slash, for `blob_url` and messages; never a credential.
  var url: String { get }

  /// Create Container. Throws `alreadyExists` where there is one.
  func createContainer(_ name: String, metadata: [String: String]) async throws(StoreError)
  /// Get Container Properties: its metadata, or nil where there is no such container.
  func containerMetadata(_ name: String) async throws(StoreError) -> ContainerMetadata?
  /// Set Container Metadata, under the condition that its ETag is still `etag`. Throws
  /// `conditionFailed`, or `notFound` where there is no such container.
  func setContainerMetadata(
    _ name: String, _ metadata: [String: String], ifMatch etag: String
  ) async throws(StoreError)

  /// Put Blob with `If-None-Match: *`: creates a block blob in one request.
  func put(_ bytes: [UInt8], to address: BlobAddress, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  /// Put Block: stages block `index` (0 to 49,999) of an upload; nothing is visible yet.
  ///
  /// Blocks come in the order of their indexes; staging the latest one again replaces it.
  func stage(_ bytes: [UInt8], block index: Int, of upload: BlobUpload) async throws(StoreError)
  /// Put Block List with `If-None-Match: *`: makes blocks `0..<count` the blob's content.
  func commit(_ upload: BlobUpload, blocks count: Int, _ properties: BlobProperties) async throws(StoreError)
    -> BlobVersion
  /// Forgets what was staged, where the store can; a service drops it by itself after a week.
  func abandon(_ upload: BlobUpload) async

  /// Put Blob (AppendBlob) with `If-None-Match: *`: creates an empty append blob.
  func createAppendBlob(_ address: BlobAddress, _ properties: BlobProperties) async throws(StoreError) -> BlobVersion
  /// Append Block under `x-ms-blob-condition-appendpos`: all of `bytes` at `position`, or nothing.
  ///
  /// Throws `conditionFailed` where the blob's size is another, `invalid` where `bytes`
  /// are more than `appendLimit`. Returns the new version.
  func append(_ bytes: [UInt8], to address: BlobAddress, at position: Int) async throws(StoreError) -> BlobVersion

  /// Get Blob Properties (HEAD); nil where there is no such blob.
  func properties(of address: BlobAddress) async throws(StoreError) -> BlobInfo?
  /// Get Blob: the bytes of `range`, clipped to the blob's size; all of them where nil. Throws `notFound`.
  func read(_ address: BlobAddress, range: Range<Int>?) async throws(StoreError) -> [UInt8]
  /// List Blobs in the order of their names, handed over page by page; `notFound` where the container is absent.
  ///
  /// Names, sizes, ETags and times always; metadata only where asked for.
  func list(
    _ container: String, prefix: String, metadata: Bool, page: ([BlobInfo]) throws(StoreError) -> Void
  ) async throws(StoreError)
  /// Delete Blob under `If-Match` where an ETag is given. Throws `notFound`, `conditionFailed`, or
  /// `refused` where a policy or a lease forbids it.
  func delete(_ address: BlobAddress, ifMatch etag: String?) async throws(StoreError)
}

/// Bytes of one append: the 4 MiB that every version of the service takes.
package let appendLimit = 4 << 20

/// A container and a name within it.
package struct BlobAddress: Sendable {
  package var container: String
  /// Path segments separated by `/`, not percent-encoded; told apart by their bytes.
  package var name: String

  package init(container: String, name: String) {
    self.container = container
    self.name = name
  }
}

extension BlobAddress: CustomStringConvertible {
  package var description: String { "\(container)/\(name)" }
}

/// One multi-part upload; its token keeps the blocks of two attempts apart.
package struct BlobUpload: Hashable, Sendable {
  package var address: BlobAddress
  /// Eight hexadecimal digits, the first part of each block's id.
  package var token: String

  package init(address: BlobAddress, token: String) {
    self.address = address
    self.token = token
  }

  /// An upload with a random token.
  package init(address: BlobAddress) {
    self.init(address: address, token: hexadecimal((0..<4).map { _ in UInt8.random(in: 0...255) }))
  }
}

/// What is stored with a blob besides its bytes.
package struct BlobProperties: Sendable, Equatable {
  package var contentType: String
  /// `gzip`, `zstd` or nothing.
  package var contentEncoding: String?
  /// The 16 bytes of the MD5 of the content.
  package var contentMD5: [UInt8]?
  /// Names are lower-case identifiers, values printable ASCII.
  package var metadata: [String: String]

  package init(
    contentType: String, contentEncoding: String? = nil, contentMD5: [UInt8]? = nil, metadata: [String: String] = [:]
  ) {
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.contentMD5 = contentMD5
    self.metadata = metadata
  }
}

/// What a write left behind.
package struct BlobVersion: Sendable, Equatable {
  /// Opaque, with its quotes.
  package var etag: String

  package init(etag: String) {
    self.etag = etag
  }
}

/// A blob as a listing or a HEAD shows it.
package struct BlobInfo: Sendable, Equatable {
  package var name: String
  /// In bytes.
  package var size: Int
  package var etag: String
  package var lastModified: Tick
  package var contentMD5: [UInt8]?
  /// Empty unless asked for.
  package var metadata: BlobMetadata
  /// Appends made so far, where the store says; nil for block blobs.
  package var committedBlocks: Int?

  package init(
    name: String, size: Int, etag: String, lastModified: Tick, contentMD5: [UInt8]? = nil,
    metadata: [String: String] = [:], committedBlocks: Int? = nil
  ) {
    self.name = name
    self.size = size
    self.etag = etag
    self.lastModified = lastModified
    self.contentMD5 = contentMD5
    self.metadata = BlobMetadata(metadata)
    self.committedBlocks = committedBlocks
  }
}

/// A container's metadata and the ETag under which it may be changed.
package struct ContainerMetadata: Sendable, Equatable {
  package var values: [String: String]
  package var etag: String

  package init(values: [String: String], etag: String) {
    self.values = values
    self.etag = etag
  }
}
