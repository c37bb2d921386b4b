import Compression
import TestSupport
import Testing

@Suite struct DecompressorTests {
  @Test(arguments: Compressor.Method.allCases, CompressorTests.contents.indices)
  func `what was compressed comes back`(method: Compressor.Method, index: Int) throws {
    let bytes = CompressorTests.contents[index].bytes
    #expect(try decompress([compress([bytes], method)], method) == bytes, "\(CompressorTests.contents[index].name)")
  }

  @Test(arguments: Compressor.Method.allCases, [1, 7, 1000, 65536])
  func `a stream may come in chunks of any size`(method: Compressor.Method, size: Int) throws {
    let bytes = Array(CompressorTests.contents[3].bytes.prefix(300_000))
    let stored = try compress([bytes], method)
    let chunks = stride(from: 0, to: stored.count, by: size).map { Array(stored[$0..<min($0 + size, stored.count)]) }
    #expect(try decompress(chunks.flatMap { [$0, []] }, method) == bytes)
  }

  @Test(arguments: [Compressor.Method.gzip, .zstd], [1, 100, 1 << 20])
  func `streams one behind the other are read as one`(method: Compressor.Method, size: Int) throws {
    let stored = try compress([Array("one\n".utf8)], method) + compress([Array("two\n".utf8)], method)
    let chunks = stride(from: 0, to: stored.count, by: size).map { Array(stored[$0..<min($0 + size, stored.count)]) }
    #expect(String(decoding: try decompress(chunks, method), as: UTF8.self) == "one\ntwo\n")
  }

  @Test(arguments: [Compressor.Method.gzip, .zstd])
  func `a stream that is cut off anywhere is an error`(method: Compressor.Method) throws {
    let stored = try compress([Array("some text, and some text again".utf8)], method)
    for length in stored.indices {
      #expect(throws: CompressionError.self, "\(length)") {
        _ = try decompress([Array(stored.prefix(length))], method)
      }
    }
  }

  @Test(arguments: [Compressor.Method.gzip, .zstd])
  func `what follows a stream and is none is named so`(method: Compressor.Method) throws {
    let stored = try compress([Array("text".utf8)], method)
    for rest in ["g", "garbage", String(repeating: "\0", count: 512)] {
      for chunks in [[stored + Array(rest.utf8)], [stored, Array(rest.utf8)]] {
        let error = #expect(throws: CompressionError.self) { _ = try decompress(chunks, method) }
        #expect(error?.message == "the stream has ended, and other bytes follow it")
      }
    }
  }

  @Test(arguments: [Compressor.Method.gzip, .zstd], 0..<20)
  func `a flipped bit is an error, or changes nothing`(method: Compressor.Method, round: Int) throws {
    let seed = UInt64(round) &* 7919 &+ 1
    var random = SplitMix64(seed: seed)
    let bytes = Array(CompressorTests.contents[3].bytes.prefix(20_000))
    var stored = try compress([bytes], method)
    let bit = Int(random.next() % UInt64(stored.count * 8))
    stored[bit / 8] ^= 1 << UInt8(bit % 8)
    do {
      // Bits of a header may mean nothing.
      #expect(try decompress([stored], method) == bytes, "seed \(seed), bit \(bit)")
    } catch is CompressionError {}
  }

  @Test func `the first bytes tell how a stream is compressed`() throws {
    for method in Compressor.Method.allCases {
      #expect(Compressor.Method(startingWith: try compress([Array("x".utf8)], method)) == method)
    }
    #expect(Compressor.Method(startingWith: []) == .none)
  }

  private func decompress(_ chunks: [[UInt8]], _ method: Compressor.Method) throws -> [UInt8] {
    var decompressor = try Decompressor(method)
    var output: [UInt8] = []
    for chunk in chunks {
      try chunk.withUnsafeBytes { try decompressor.decompress($0) { output.append(contentsOf: $0) } }
    }
    try decompressor.finish()
    return output
  }
}

private func compress(_ chunks: [[UInt8]], _ method: Compressor.Method) throws -> [UInt8] {
  var compressor = try Compressor(method)
  var output: [UInt8] = []
  for chunk in chunks { try chunk.withUnsafeBytes { try compressor.compress($0, into: &output) } }
  try compressor.finish(into: &output)
  return output
}
