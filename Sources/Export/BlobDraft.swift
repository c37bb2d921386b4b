internal import BlobStorage
internal import Compression

/// A blob in the making: what is stored of it is hashed, and staged block by block.
///
/// Holds no more than the bytes that do not fill a block yet.
struct BlobDraft {
  let upload: BlobUpload
  private let sha256: Digest
  private let md5: Digest
  /// Stored bytes that are not staged yet.
  private var pending: [UInt8] = []
  private var size = 0
  private var blocks = 0

  init(_ upload: BlobUpload) throws(PartError) {
    self.upload = upload
    guard let sha256 = Digest(.sha256), let md5 = Digest(.md5) else {
      throw PartError(.failed, "libcrypto offers no SHA-256 or no MD5 on this machine")
    }
    self.sha256 = sha256
    self.md5 = md5
  }

  /// Takes the next stored bytes in, and starts to stage the blocks that are full.
  mutating func write(_ bytes: [UInt8], _ window: StagingWindow) async throws(PartError) {
    bytes.withUnsafeBytes { [sha256, md5] bytes in
      sha256.update(bytes)
      md5.update(bytes)
    }
    size += bytes.count
    var rest = bytes[...]
    while pending.count + rest.count > StagingWindow.blockSize {
      let part = rest.prefix(StagingWindow.blockSize - pending.count)
      pending += part
      rest = rest[part.endIndex...]
      try await stage(window)
    }
    // Once it is large, to its full size at once.
    if pending.isEmpty, blocks > 0 { pending.reserveCapacity(StagingWindow.blockSize) }
    pending += rest
  }

  private mutating func stage(_ window: StagingWindow) async throws(PartError) {
    let block = pending
    pending = []
    try await window.stage(block, block: blocks, of: upload)
    blocks += 1
  }

  /// Ends the blob.
  ///
  /// `stagesAll` puts its last bytes into a block as well: many small blobs that wait for
  /// the end of one response are too much to hold. Else a small blob can be made in one request.
  mutating func seal(stagesAll: Bool, _ window: StagingWindow) async throws(PartError) -> SealedBlob {
    if stagesAll || blocks > 0, !pending.isEmpty { try await stage(window) }
    return SealedBlob(
      upload: upload, blocks: blocks, rest: pending, size: size, sha256: hexadecimal(sha256.finish()),
      md5: md5.finish())
  }
}
