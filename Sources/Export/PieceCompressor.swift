internal import Compression
internal import RowEncoding

/// Compresses the documents of a response, one behind the other.
final class PieceCompressor {
  private let method: Compressor.Method
  /// Of the document under way.
  private var current: Compressor?
  /// Stored bytes of the last piece, about as many as the next will have.
  private var size = 0

  init(_ method: Compressor.Method) {
    self.method = method
  }

  /// The bytes that are stored of a piece.
  struct Stored: Sendable {
    var bytes: [UInt8]
    var section: Int
    /// Whether the document ends here.
    var isLast: Bool
  }

  /// Compresses the next piece.
  func compress(_ piece: EncodedResponse.Piece) throws(PartError) -> Stored {
    var stored = Stored(bytes: [], section: piece.section, isLast: piece.isLast)
    stored.bytes.reserveCapacity(size)
    do throws(CompressionError) {
      var compressor: Compressor
      if let current { compressor = current } else { compressor = try Compressor(method) }
      try piece.bytes.withBytes { (bytes) throws(CompressionError) in
        try compressor.compress(bytes, into: &stored.bytes)
      }
      if piece.isLast { try compressor.finish(into: &stored.bytes) }
      current = piece.isLast ? nil : compressor
    } catch { throw PartError(.failed, error.description) }
    size = stored.bytes.count
    return stored
  }
}
