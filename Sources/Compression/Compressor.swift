/// A streaming compressor: gzip, zstd, or none at all.
package struct Compressor {
  private let encoder: Encoder

  private enum Encoder {
    case none
    case gzip(GzipEncoder)
    case zstd(ZstdEncoder)
  }

  /// How stored bytes are compressed.
  package enum Method: Sendable, CaseIterable {
    case none, gzip, zstd
  }

  /// Throws where the library has no memory for its state.
  package init(_ method: Method) throws(CompressionError) {
    switch method {
    case .none: encoder = .none
    case .gzip: encoder = .gzip(try GzipEncoder())
    case .zstd: encoder = .zstd(try ZstdEncoder())
    }
  }

  /// Compresses `input`; what the library gives out by then is appended to `output`.
  package mutating func compress(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(CompressionError) {
    switch encoder {
    case .none: output.append(contentsOf: input)
    case .gzip(let gzip): try gzip.write(input, last: false, into: &output)
    case .zstd(let zstd): try zstd.write(input, last: false, into: &output)
    }
  }

  /// Ends the stream. Nothing may be compressed after it.
  package mutating func finish(into output: inout [UInt8]) throws(CompressionError) {
    switch encoder {
    case .none: break
    case .gzip(let gzip): try gzip.write(UnsafeRawBufferPointer(start: nil, count: 0), last: true, into: &output)
    case .zstd(let zstd): try zstd.write(UnsafeRawBufferPointer(start: nil, count: 0), last: true, into: &output)
    }
  }
}
