internal import BlobStorage

/// The blocks that are being staged, at once as many as come to the bytes of one full block.
///
/// So full blocks go one by one, which bounds memory and keeps their order, and the
/// single blocks of small blobs several at a time, which hides how long each takes.
/// One caller at a time.
actor StagingWindow {
  private let store: any BlobStore
  private var underWay: [(bytes: Int, task: Task<Result<Void, StoreError>, Never>)] = []

  /// Bytes of one full block: large enough that requests do not matter, small
  /// enough that a block in the making, one under way and the chunks around them
  /// stay far below the size of a response.
  static let blockSize = 1 << 20
  /// Blocks under way at once, at most.
  private static let width = 8

  init(_ store: any BlobStore) {
    self.store = store
  }

  /// Waits until there is room, then starts to stage a block.
  func stage(_ block: [UInt8], block index: Int, of upload: BlobUpload) async throws(PartError) {
    while let oldest = underWay.first,
      underWay.count >= Self.width || underWay.reduce(block.count, { $0 + $1.bytes }) > Self.blockSize
    {
      underWay.removeFirst()
      try await Self.wait(oldest.task)
    }
    let store = store
    let task = Task {
      do throws(StoreError) {
        return Result<Void, StoreError>.success(try await store.stage(block, block: index, of: upload))
      } catch { return .failure(error) }
    }
    underWay.append((block.count, task))
  }

  /// Waits for all blocks under way; throws where one failed.
  func finish() async throws(PartError) {
    while let oldest = underWay.first {
      underWay.removeFirst()
      try await Self.wait(oldest.task)
    }
  }

  /// Waits for the blocks under way, whatever becomes of them.
  func drain() async {
    for block in underWay { block.task.cancel() }
    for block in underWay { _ = await block.task.value }
    underWay = []
  }

  private static func wait(_ task: Task<Result<Void, StoreError>, Never>) async throws(PartError) {
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    do throws(StoreError) { try result.get() } catch { throw PartError(error) }
  }
}
