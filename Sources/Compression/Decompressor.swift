/// A streaming decompressor: gzip, zstd, or none at all.
///
/// What it gives out lies in a room of a fixed size, whatever the stream expands to.
package struct Decompressor {
  private let decoder: Decoder

  private enum Decoder {
    case none
    case gzip(GzipDecoder)
    case zstd(ZstdDecoder)
  }

  /// Throws where the library has no memory for its state.
  package init(_ method: Compressor.Method) throws(CompressionError) {
    switch method {
    case .none: decoder = .none
    case .gzip: decoder = .gzip(GzipDecoder())
    case .zstd: decoder = .zstd(try ZstdDecoder())
    }
  }

  /// Decompresses `input`; `body` is called with what comes out, which lasts no longer than the call.
  ///
  /// Throws where the stream is damaged, its checksum is another, or something else follows it.
  package mutating func decompress(
    _ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CompressionError) {
    switch decoder {
    case .none: if !input.isEmpty { body(input) }
    case .gzip(let gzip): try gzip.read(input, body)
    case .zstd(let zstd): try zstd.read(input, body)
    }
  }

  /// Throws unless the input ended where a stream does.
  package func finish() throws(CompressionError) {
    switch decoder {
    case .none: break
    case .gzip(let gzip): try gzip.finish()
    case .zstd(let zstd): try zstd.finish()
    }
  }
}

extension Compressor.Method {
  /// How a stream is compressed, by the first bytes of RFC 1952 or RFC 8878; `none` where they are neither's.
  package init(startingWith bytes: some Collection<UInt8>) {
    if bytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else {
      self = .none
    }
  }
}
