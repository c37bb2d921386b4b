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
  /// A reply that was lost is settled by the receipt that lies there. Returns the ETag.
  func commit(to store: any BlobStore, _ properties: BlobProperties, _ receipt: Receipt) async throws(PartError)
    -> String
  {
    if Task.isCancelled { throw PartError(.cancelled, "stopped before the commit") }
    do throws(StoreError) {
      let version =
        blocks == 0
        ? try await store.put(rest, to: upload.address, properties)
        : try await store.commit(upload, blocks: blocks, properties)
      return version.etag
    } catch {
      guard error.code == .alreadyExists || error.code == .unavailable else { throw PartError(error) }
      return try await recognise(receipt, in: store, after: error)
    }
  }

  /// The ETag of what lies there already, where its receipt says the same.
  private func recognise(
    _ receipt: Receipt, in store: any BlobStore, after failure: StoreError
  ) async throws(PartError) -> String {
    let found: BlobInfo?
    do throws(StoreError) { found = try await store.properties(of: upload.address) } catch { throw PartError(error) }
    guard let found else { throw PartError(failure) }
    guard let theirs = Receipt(metadata: found.metadata), theirs.agrees(with: receipt) else {
      throw PartError(
        .failed, "\(upload.address) exists and holds something else; it is left as it is, and nothing was recorded")
    }
    return found.etag
  }
}
