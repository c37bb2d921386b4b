internal import CZstd

/// A zstd frame by `ZSTD_compressStream2`, level 1, with the content's checksum.
final class ZstdEncoder {
  private let context: OpaquePointer
  /// Where one call of the library puts its bytes.
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 1)

  init() throws(CompressionError) {
    guard let context = ZSTD_createCCtx() else {
      throw CompressionError(function: "ZSTD_createCCtx", message: "out of memory")
    }
    self.context = context
    try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1), "ZSTD_CCtx_setParameter")
    try Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1), "ZSTD_CCtx_setParameter")
  }

  deinit {
    ZSTD_freeCCtx(context)
    room.deallocate()
  }

  /// Compresses `input`; `last` ends the frame.
  func write(_ input: [UInt8], last: Bool, into output: inout [UInt8]) throws(CompressionError) {
    let mode = last ? ZSTD_e_end : ZSTD_e_continue
    var result = 0
    var done = false
    input.withUnsafeBytes { source in
      var inBuffer = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      repeat {
        var outBuffer = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        result = ZSTD_compressStream2(context, &outBuffer, &inBuffer, mode)
        output.append(contentsOf: room.prefix(outBuffer.pos))
        if ZSTD_isError(result) != 0 { return }
        done = last ? result == 0 : inBuffer.pos == inBuffer.size
      } while !done
    }
    try Self.check(result, "ZSTD_compressStream2")
  }

  private static func check(_ code: Int, _ function: String) throws(CompressionError) {
    guard ZSTD_isError(code) != 0 else { return }
    throw CompressionError(function: function, message: String(cString: ZSTD_getErrorName(code)))
  }
}
