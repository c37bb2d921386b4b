internal import Compression

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Compresses a file as blobs are compressed, in chunks as they come, and throws the result away.
struct GzipMeasurement {
  var path: String

  /// Bytes that are compressed at once.
  private static let chunkSize = 256 << 10

  /// Returns the bytes that came out.
  func run() throws -> Int {
    guard let file = fopen(path, "r") else {
      throw BenchError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var compressor = try Compressor(.gzip)
    var (input, output, size) = ([UInt8](), [UInt8](), 0)
    while true {
      input = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
        count = fread(buffer.baseAddress, 1, buffer.count, file)
      }
      if input.isEmpty { break }
      try input.withUnsafeBytes { try compressor.compress($0, into: &output) }
      size += output.count
      output.removeAll(keepingCapacity: true)
    }
    guard ferror(file) == 0 else { throw BenchError(description: "\(path) cannot be read") }
    try compressor.finish(into: &output)
    return size + output.count
  }
}
