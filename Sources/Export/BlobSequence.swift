internal import BlobStorage
internal import Compression
internal import RowEncoding

/// The blobs of one response, one for each section, written one behind the other.
final class BlobSequence {
  private let uploads: [BlobUpload]
  private let method: Compressor.Method
  private let window: StagingWindow
  private var draft: BlobDraft?
  /// The blobs of the sections that had rows and have ended.
  private(set) var sealed: [SealedBlob?]

  init(_ uploads: [BlobUpload], _ method: Compressor.Method, _ window: StagingWindow) {
    self.uploads = uploads
    self.method = method
    self.window = window
    sealed = Array(repeating: nil, count: uploads.count)
  }

  /// Takes the next piece in: its blob begins with the first of its section and is sealed by the last.
  func take(_ piece: EncodedResponse.Piece) async throws(PartError) {
    if draft == nil { draft = try BlobDraft(uploads[piece.section], method) }
    try piece.bytes.withBytes { (bytes) throws(PartError) in try draft?.write(bytes) }
    if piece.isLast {
      sealed[piece.section] = try await draft?.seal(stagesAll: uploads.count > 1, window)
      draft = nil
    } else {
      try await draft?.stageFull(window)
    }
  }
}
