internal import RowEncoding

/// The documents that a response is encoded to, piece by piece as it comes.
struct EncodedResponse {
  let stream: any ResponseStream
  private var encoder: RowEncoder
  private var needsInput = true
  /// Rows of the pieces so far.
  private(set) var rows = 0
  /// Bytes of the response so far.
  private(set) var bytes = 0
  /// What the whole response was; nil before its end.
  private(set) var summary: ResponseSummary?

  /// Bytes of one document that follow each other.
  struct Piece: Sendable {
    /// Valid until the call of `next` behind the following one.
    var bytes: ByteBuffer
    var section: Int
    /// Whether the document ends here.
    var isLast: Bool
  }

  init(_ stream: any ResponseStream, _ encoder: RowEncoder) {
    self.stream = stream
    self.encoder = encoder
  }

  /// The next piece; nil behind the last, when there is a summary.
  ///
  /// May run while the piece before is still being read, and none before that.
  mutating func next() async throws(PartError) -> Piece? {
    while summary == nil {
      let isLast = try await step()
      rows = encoder.rows
      guard let section = encoder.outputSection else { continue }
      return Piece(bytes: encoder.takeOutput(), section: section, isLast: isLast)
    }
    return nil
  }

  /// Encodes up to the end of a chunk, of a section or of the response; true where a document ended by it.
  private mutating func step() async throws(PartError) -> Bool {
    var chunk: [UInt8]?
    if needsInput {
      do throws(SourceError) { chunk = try await stream.next() } catch { throw PartError(error) }
    }
    do throws(RowEncodingError) {
      if let chunk {
        bytes += chunk.count
        encoder.feed(chunk)
      } else if needsInput {
        summary = try encoder.finish()
        return true
      }
      let step = try encoder.next()
      needsInput = step == .needsInput
      // What does not fit into one output goes on in the next: that ends no document.
      if case .sectionEnded = step { return true }
      return false
    } catch {
      var failure = PartError(.malformed, error.description)
      failure.unfit = error.unfit
      throw failure
    }
  }
}
