import Compression
import TestSupport
import Testing

@Suite struct CompressorTests {
  /// Contents that break compressors: none at all, one byte, a run, text, noise, sizes about the buffers' own.
  static let contents: [(name: String, bytes: [UInt8])] = [
    ("nothing", []), ("one byte", [0]), ("a run", [UInt8](repeating: 0x61, count: 2_000_000)),
    ("text", (0..<40_000).flatMap { Array("{\"TimeGenerated\":\"2024-01-01\",\"EventID\":\($0)}\n".utf8) }),
    ("noise", noise(1_000_000)), ("noise of 65535", noise(65535)), ("noise of 65536", noise(65536)),
    ("noise of 65537", noise(65537)), ("noise of 131072", noise(131072)),
  ]

  @Test(arguments: Compressor.Method.allCases, contents.indices)
  func `other programs read back what was compressed`(method: Compressor.Method, index: Int) throws {
    guard method != .gzip || Reader.hasPython else { return print("skipped: python3 is absent") }
    guard method != .zstd || Reader.hasZstd else { return print("skipped: zstd is absent") }
    let bytes = Self.contents[index].bytes
    let stored = try compress([bytes], method)
    #expect(Reader.digest(of: stored, method) == sha256(bytes), "\(Self.contents[index].name)")
  }

  @Test(arguments: Compressor.Method.allCases, [1, 7, 4096, 65536, 1 << 20])
  func `chunks of any size give one stream`(method: Compressor.Method, size: Int) throws {
    guard method != .gzip || Reader.hasPython else { return print("skipped: python3 is absent") }
    guard method != .zstd || Reader.hasZstd else { return print("skipped: zstd is absent") }
    let bytes = Array(Self.contents[3].bytes.prefix(size < 100 ? 20_000 : 1_000_000)) + noise(1000)
    let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    let stored = try compress(chunks.flatMap { [$0, []] }, method)
    #expect(Reader.digest(of: stored, method) == sha256(bytes))
  }

  @Test(arguments: Compressor.Method.allCases)
  func `equal bytes give equal stored bytes, at any time`(method: Compressor.Method) throws {
    let bytes = Self.contents[3].bytes
    #expect(try compress([bytes], method) == compress([bytes], method))
  }

  @Test func `a gzip header holds neither name nor time`() throws {
    let stored = try compress([Array("x".utf8)], .gzip)
    #expect(stored.prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
  }

  @Test func `a gzip trailer holds the checksum and the size`() throws {
    let stored = try compress([Array("123456789".utf8)], .gzip)
    #expect(stored.suffix(8) == [0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0])
  }

  @Test func `a zstd frame carries the checksum of its content`() throws {
    let stored = try compress([Array("123456789".utf8)], .zstd)
    #expect(stored.prefix(4) == [0x28, 0xB5, 0x2F, 0xFD])
    #expect(stored[4] & 0x04 != 0)
  }

  @Test func `a damaged stream is noticed by its reader`() throws {
    guard Reader.hasPython, Reader.hasZstd else { return print("skipped: python3 or zstd is absent") }
    for method in [Compressor.Method.gzip, .zstd] {
      let stored = try compress([Self.contents[3].bytes], method)
      var damaged = stored
      damaged[stored.count - (method == .gzip ? 6 : 2)] ^= 1
      #expect(Reader.digest(of: damaged, method) == nil)
      #expect(Reader.digest(of: Array(stored.dropLast()), method) == nil)
    }
  }

  @Test(arguments: [Compressor.Method.gzip, .zstd])
  func `text shrinks, and noise hardly grows`(method: Compressor.Method) throws {
    let text = Self.contents[3].bytes
    #expect(try compress([text], method).count * 4 < text.count)
    let noise = Self.contents[4].bytes
    #expect(try compress([noise], method).count < noise.count + noise.count / 1000 + 100)
  }

  @Test(arguments: Compressor.Method.allCases)
  func `output is appended to what lies there`(method: Compressor.Method) throws {
    var compressor = try Compressor(method)
    var output: [UInt8] = [1, 2, 3]
    let input: [UInt8] = [0x61]
    try input.withUnsafeBytes { try compressor.compress($0, into: &output) }
    try compressor.finish(into: &output)
    #expect(try output == [1, 2, 3] + compress([[0x61]], method))
  }

  private func compress(_ chunks: [[UInt8]], _ method: Compressor.Method) throws -> [UInt8] {
    var compressor = try Compressor(method)
    var output: [UInt8] = []
    for chunk in chunks {
      try chunk.withUnsafeBytes { try compressor.compress($0, into: &output) }
    }
    try compressor.finish(into: &output)
    return output
  }

  private func sha256(_ bytes: [UInt8]) -> String? {
    let digest = Digest(.sha256)
    bytes.withUnsafeBytes { digest?.update($0) }
    return digest.map { hexadecimal($0.finish()) }
  }

  /// Bytes that no compressor shrinks.
  private static func noise(_ count: Int) -> [UInt8] {
    var random = SplitMix64(seed: 7)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private func noise(_ count: Int) -> [UInt8] { Self.noise(count) }
}
