internal import Compression
internal import Parquet
internal import RowEncoding

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How fast a response that lies in memory is encoded, on one core.
struct EncodeMeasurement {
  var options: EncodingOptions
  /// What follows the encoder: nothing, or a compressor.
  var compression: Compressor.Method?
  /// How the pages are compressed where the rows become Parquet, in place of a text.
  var parquet: PageCompressor.Codec?
  /// The best of so many runs counts.
  var repetitions: Int

  /// Bytes of a chunk, as the HTTP client hands them out.
  private static let chunkSize = 256 << 10
  /// The year of the responses that are made for it.
  private static let sections = RowSections(ranges: [17_356_896_000_000_000..<17_672_256_000_000_000])

  /// Prints one line of JSON: bytes and rows of the response, and seconds of processor time.
  func run(_ path: String, output: String?) throws {
    let response = try read(path)
    let chunks = stride(from: 0, to: response.count, by: Self.chunkSize).map {
      Array(response[$0..<min($0 + Self.chunkSize, response.count)])
    }
    var best = Double.infinity
    var rows = 0
    for _ in 0..<repetitions {
      let start = Self.processorSeconds()
      rows = try encode(chunks) { _ in }
      best = min(best, Self.processorSeconds() - start)
    }
    if let output {
      guard let file = fopen(output, "w") else { throw failure(output) }
      defer { fclose(file) }
      _ = try encode(chunks) { fwrite($0.baseAddress, 1, $0.count, file) }
    }
    print(#"{"name": "logexport", "bytes": \#(response.count), "rows": \#(rows), "seconds": \#(best)}"#)
  }

  /// Encodes all chunks, and returns the number of rows.
  private func encode(_ chunks: [[UInt8]], _ take: (UnsafeRawBufferPointer) -> Void) throws -> Int {
    var encoder =
      try parquet.map { (codec) throws in
        RowEncoder(sink: try ParquetSink(ParquetOptions(codec: codec)), sections: Self.sections)
      } ?? RowEncoder(options, sections: Self.sections)
    var compressor = try compression.map { (method) throws in try Compressor(method) }
    var stored: [UInt8] = []
    func pass() throws {
      guard compressor != nil else { return encoder.withOutput(take) }
      stored.removeAll(keepingCapacity: true)
      try encoder.withOutput { try compressor?.compress($0, into: &stored) }
      stored.withUnsafeBytes(take)
    }
    for chunk in chunks {
      encoder.feed(chunk)
      while try encoder.next() != .needsInput { try pass() }
      try pass()
    }
    let rows = try encoder.finish().rows
    try pass()
    stored.removeAll(keepingCapacity: true)
    try compressor?.finish(into: &stored)
    stored.withUnsafeBytes(take)
    return rows
  }

  private func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw failure(path) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { $1 = fread($0.baseAddress, 1, size, file) }
  }

  private func failure(_ path: String) -> BenchError {
    BenchError(description: "\(path): \(String(cString: strerror(errno)))")
  }

  /// Others may use the machine: the thread's own time counts.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
