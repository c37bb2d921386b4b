internal import CISAL
internal import CSnappy
internal import CZstd

/// Compresses pages, each by itself: a block of the codec, or a stream of its own.
package final class PageCompressor {
  private let codec: Codec
  private let context: OpaquePointer?
  /// Where one call of a library puts its bytes.
  private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  /// How a page is compressed.
  package enum Codec: Sendable, CaseIterable {
    case none, snappy, gzip, zstd
  }

  /// zstd's level, that of whole blobs as well.
  private static let zstdLevel: Int32 = 1

  /// Throws where the library has no memory for its state.
  package init(_ codec: Codec) throws(CompressionError) {
    self.codec = codec
    guard codec == .zstd else {
      context = nil
      return
    }
    context = ZSTD_createCCtx()
    guard let context else { throw CompressionError(function: "ZSTD_createCCtx", message: "out of memory") }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.zstdLevel)
  }

  deinit {
    ZSTD_freeCCtx(context)
    room.deallocate()
  }

  /// Appends the compressed form of `page` to `output`.
  package func compress(_ page: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(CompressionError) {
    switch codec {
    case .none: output.append(contentsOf: page)
    case .gzip: try GzipEncoder().write(page, last: true, into: &output)
    case .snappy:
      var size = snappy_max_compressed_length(page.count)
      reserve(size)
      let status = snappy_compress(
        page.baseAddress?.assumingMemoryBound(to: CChar.self), page.count,
        room.baseAddress?.assumingMemoryBound(to: CChar.self), &size)
      guard status == SNAPPY_OK else {
        throw CompressionError(function: "snappy_compress", message: "code \(status.rawValue)")
      }
      output.append(contentsOf: room.prefix(size))
    case .zstd:
      reserve(ZSTD_compressBound(page.count))
      let size = ZSTD_compress2(context, room.baseAddress, room.count, page.baseAddress, page.count)
      guard ZSTD_isError(size) == 0 else {
        throw CompressionError(function: "ZSTD_compress2", message: String(cString: ZSTD_getErrorName(size)))
      }
      output.append(contentsOf: room.prefix(size))
    }
  }

  private func reserve(_ size: Int) {
    guard room.count < size else { return }
    room.deallocate()
    room = .allocate(byteCount: size, alignment: 16)
  }
}

/// The checksum of gzip and of Parquet's pages, by ISA-L's `crc32_gzip_refl`.
package struct CRC32: Sendable, Equatable {
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Takes the next bytes in.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    value = crc32_gzip_refl(value, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }
}
