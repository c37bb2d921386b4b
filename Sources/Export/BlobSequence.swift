internal import BlobStorage

/// The blobs of one response, one for each section, written one behind the other.
final class BlobSequence {
  private let uploads: [BlobUpload]
  private let window: StagingWindow
  private var draft: BlobDraft?
  /// The blobs of the sections that had rows and have ended.
  private(set) var sealed: [SealedBlob?]

  init(_ uploads: [BlobUpload], _ window: StagingWindow) {
    self.uploads = uploads
    self.window = window
    sealed = Array(repeating: nil, count: uploads.count)
  }

  /// Takes the next bytes in: a blob begins with the first of its section and is sealed by the last.
  func write(_ stored: PieceCompressor.Stored) async throws(PartError) {
    if draft == nil {
      guard sealed[stored.section] == nil else {
        throw PartError(.failed, "a blob was begun twice, which is a fault of this program; nothing was committed")
      }
      draft = try BlobDraft(uploads[stored.section])
    }
    try await draft?.write(stored.bytes, window)
    guard stored.isLast else { return }
    sealed[stored.section] = try await draft?.seal(stagesAll: uploads.count > 1, window)
    draft = nil
  }
}
