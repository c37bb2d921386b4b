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
  func write(_ input: UnsafeRawBufferPointer, last: Bool, into output: inout [UInt8]) throws(CompressionError) {
    let mode = last ? ZSTD_e_end : ZSTD_e_continue
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var done = false
    repeat {
      var written = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
      let result = ZSTD_compressStream2(context, &written, &source, mode)
      output.append(contentsOf: room.prefix(written.pos))
      try Self.check(result, "ZSTD_compressStream2")
      done = last ? result == 0 : source.pos == source.size
    } while !done
  }

  private static func check(_ code: Int, _ function: String) throws(CompressionError) {
    guard ZSTD_isError(code) != 0 else { return }
    throw CompressionError(function: function, message: String(cString: ZSTD_getErrorName(code)))
  }
}
