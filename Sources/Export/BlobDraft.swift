internal import BlobStorage
internal import Compression

/// A blob in the making: what is written to it is compressed and hashed, and staged block by block.
///
/// Holds no more than the bytes that do not fill a block yet.
struct BlobDraft {
  let upload: BlobUpload
  private var compressor: Compressor
  private let sha256: Digest
  private let md5: Digest
  /// Stored bytes that are not staged yet.
  private var pending: [UInt8] = []
  private var size = 0
  private var blocks = 0

  init(_ upload: BlobUpload, _ method: Compressor.Method) throws(PartError) {
    self.upload = upload
    do throws(CompressionError) { compressor = try Compressor(method) } catch {
      throw PartError(.failed, error.description)
    }
    guard let sha256 = Digest(.sha256), let md5 = Digest(.md5) else {
      throw PartError(.failed, "libcrypto offers no SHA-256 or no MD5 on this machine")
    }
    self.sha256 = sha256
    self.md5 = md5
  }

  /// Takes the next bytes of the document in.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(PartError) {
    let before = pending.count
    do throws(CompressionError) { try compressor.compress(bytes, into: &pending) } catch {
      throw PartError(.failed, error.description)
    }
    hash(from: before)
  }

  private mutating func hash(from start: Int) {
    pending[start...].withUnsafeBytes { [sha256, md5] stored in
      sha256.update(stored)
      md5.update(stored)
    }
    size += pending.count - start
  }

  /// Starts to stage the blocks that are full.
  mutating func stageFull(_ window: StagingWindow) async throws(PartError) {
    while pending.count > StagingWindow.blockSize { try await stage(StagingWindow.blockSize, window) }
  }

  private mutating func stage(_ count: Int, _ window: StagingWindow) async throws(PartError) {
    let block = Array(pending.prefix(count))
    pending.removeFirst(block.count)
    try await window.stage(block, block: blocks, of: upload)
    blocks += 1
  }

  /// Ends the document.
  ///
  /// `stagesAll` puts its last bytes into a block as well: many small blobs that wait for
  /// the end of one response are too much to hold. Else a small blob can be made in one request.
  mutating func seal(stagesAll: Bool, _ window: StagingWindow) async throws(PartError) -> SealedBlob {
    let before = pending.count
    do throws(CompressionError) { try compressor.finish(into: &pending) } catch {
      throw PartError(.failed, error.description)
    }
    hash(from: before)
    try await stageFull(window)
    if stagesAll || blocks > 0, !pending.isEmpty { try await stage(pending.count, window) }
    return SealedBlob(
      upload: upload, blocks: blocks, rest: pending, size: size, sha256: hexadecimal(sha256.finish()),
      md5: md5.finish())
  }
}
