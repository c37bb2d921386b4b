internal import BlobStorage
internal import Manifest

/// A blob whose bytes are all there, and which nobody sees before its commit.
struct SealedBlob: Sendable {
  var upload: BlobUpload
  /// Blocks that were staged.
  var blocks: Int
  /// All of the blob where nothing was staged; else nothing.
  var rest: [UInt8]
  /// Stored bytes.
  var size: Int
  var sha256: String
  var md5: [UInt8]

  /// Makes the blob: in one Put Blob where nothing was staged, else by committing the list.
  ///
  /// What lies there already is taken where its receipt says that it holds the same rows: a reply was lost, or another
  /// run that was stopped had this commit under way still.
  func commit(to store: any BlobStore, _ properties: BlobProperties, _ receipt: Receipt) async throws(PartError)
    -> StoredBlob
  {
    if Task.isCancelled { throw PartError(.cancelled, "stopped before the commit") }
    do throws(StoreError) {
      let version =
        blocks == 0
        ? try await store.put(rest, to: upload.address, properties)
        : try await store.commit(upload, blocks: blocks, properties)
      return StoredBlob(receipt: receipt, size: size, etag: version.etag, md5: md5)
    } catch {
      guard error.code == .alreadyExists || error.code == .unavailable else { throw PartError(error) }
      return try await recognise(receipt, in: store, after: error)
    }
  }

  /// What lies there already, where its receipt says the same.
  private func recognise(
    _ receipt: Receipt, in store: any BlobStore, after failure: StoreError
  ) async throws(PartError) -> StoredBlob {
    let found: BlobInfo?
    do throws(StoreError) { found = try await store.properties(of: upload.address) } catch { throw PartError(error) }
    guard let found else { throw PartError(failure) }
    guard let theirs = Receipt(metadata: found.metadata), theirs.agrees(with: receipt), let md5 = found.contentMD5
    else {
      throw PartError(
        .failed,
        "\(upload.address) exists and holds something else; it is left as it is, and nothing was recorded. The next "
          + "apply exports the slice under another name")
    }
    return StoredBlob(receipt: theirs, size: found.size, etag: found.etag, md5: md5)
  }
}

/// A blob that is committed, as the manifest has it.
struct StoredBlob: Sendable {
  var receipt: Receipt
  /// Stored bytes.
  var size: Int
  var etag: String
  var md5: [UInt8]
}
