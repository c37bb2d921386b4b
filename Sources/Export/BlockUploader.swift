internal import BlobStorage
internal import Manifest

/// Stages blocks while the next one is being made, and commits them in the end.
///
/// One block is under way at a time, which bounds memory and keeps their order.
struct BlockUploader {
  let store: any BlobStore
  let upload: BlobUpload
  private var staged = 0
  private var underWay: Task<Result<Void, StoreError>, Never>?

  init(store: any BlobStore, upload: BlobUpload) {
    self.store = store
    self.upload = upload
  }

  /// Waits for the block under way, then starts this one.
  mutating func stage(_ block: [UInt8]) async throws(PartError) {
    try await finishBlock()
    let (store, upload, index) = (store, upload, staged)
    underWay = Task {
      do throws(StoreError) {
        try await store.stage(block, block: index, of: upload)
        return .success(())
      } catch { return .failure(error) }
    }
    staged += 1
  }

  /// Waits for the block under way, whatever becomes of it.
  func drain() async {
    underWay?.cancel()
    _ = await underWay?.value
  }

  /// Waits for the block under way; throws where it failed.
  private mutating func finishBlock() async throws(PartError) {
    guard let task = underWay else { return }
    underWay = nil
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    do throws(StoreError) { try result.get() } catch { throw PartError(error) }
  }

  /// Makes the blob: in one Put Blob where nothing was staged, else by committing the list.
  ///
  /// A reply that was lost is settled by the receipt that lies there. Returns the ETag.
  mutating func finish(
    _ rest: [UInt8], _ properties: BlobProperties, _ receipt: Receipt
  ) async throws(PartError) -> String {
    if staged > 0 {
      if !rest.isEmpty { try await stage(rest) }
      try await finishBlock()
    }
    if Task.isCancelled { throw PartError(.cancelled, "stopped before the commit") }
    do throws(StoreError) {
      let version =
        staged == 0
        ? try await store.put(rest, to: upload.address, properties)
        : try await store.commit(upload, blocks: staged, properties)
      return version.etag
    } catch {
      guard error.code == .alreadyExists || error.code == .unavailable else { throw PartError(error) }
      return try await recognise(receipt, after: error)
    }
  }

  /// The ETag of what lies there already, where its receipt says the same.
  private func recognise(_ receipt: Receipt, after failure: StoreError) async throws(PartError) -> String {
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
