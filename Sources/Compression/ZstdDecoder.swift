internal import CZstd

/// Zstd frames read by `ZSTD_decompressStream`, which checks the checksum of a frame that has one.
final class ZstdDecoder {
  private let context: OpaquePointer
  /// Where one call of the library puts its bytes.
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 1)
  /// What the library still expects of the current frame; 0 where it has ended.
  private var expected = 1

  init() throws(CompressionError) {
    guard let context = ZSTD_createDCtx() else {
      throw CompressionError(function: "ZSTD_createDCtx", message: "out of memory")
    }
    self.context = context
  }

  deinit {
    ZSTD_freeDCtx(context)
    room.deallocate()
  }

  /// Decompresses `input`, of one frame or of several one behind the other.
  func read(
    _ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CompressionError) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var isFull = false
    while source.pos < source.size || isFull {
      if expected == 0, !Self.begins(input[source.pos]) { throw .followed("ZSTD_decompressStream") }
      var written = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
      let result = ZSTD_decompressStream(context, &written, &source)
      if written.pos > 0 { body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<written.pos])) }
      guard ZSTD_isError(result) == 0 else {
        throw CompressionError(
          function: "ZSTD_decompressStream", message: String(cString: ZSTD_getErrorName(result)))
      }
      expected = result
      // A room that was filled may not have held all that the library has.
      isFull = expected != 0 && written.pos == written.size
    }
  }

  /// Whether a frame may begin with a byte (RFC 8878): one of data, or one to be skipped.
  private static func begins(_ byte: UInt8) -> Bool { byte == 0x28 || (0x50...0x5F).contains(byte) }

  func finish() throws(CompressionError) {
    guard expected == 0 else {
      throw CompressionError(function: "ZSTD_decompressStream", message: "the stream is cut off")
    }
  }
}
