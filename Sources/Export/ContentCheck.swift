internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import RowEncoding

/// What reading a blob from its first byte to its last came to.
struct ContentCheck: Sendable {
  /// Stored bytes that were read.
  private(set) var bytes = 0
  /// Rows that are well formed, as far as the document is.
  private(set) var rows = 0
  private(set) var sha256 = ""
  private(set) var md5: [UInt8] = []
  /// Why the stream or a row of it is damaged.
  private(set) var damage: String?

  /// Bytes of one request.
  private static let chunk = 4 << 20
}

extension ContentCheck {
  /// Reads a blob of `size` bytes, chunk by chunk; no more than one of them is held, whatever it expands to.
  ///
  /// `progress` is told of the bytes of each chunk. Throws what the store says, such as `archived`.
  static func read(
    _ address: BlobAddress, of row: ManifestRow, in store: any BlobStore, progress: (Int) -> Void
  ) async throws -> ContentCheck {
    guard let sha256 = Digest(.sha256), let md5 = Digest(.md5) else {
      throw StoreError(
        .local, operation: "read \(address)", message: "libcrypto offers no SHA-256 or no MD5 on this machine")
    }
    var check = ContentCheck()
    var counter = RecordCounter(OutputFormat(rawValue: row.format)?.encoded)
    var decompressor: Decompressor?
    while true {
      try Task.checkCancellation()
      let chunk = try await store.read(address, range: check.bytes..<check.bytes + chunk)
      if chunk.isEmpty { break }
      check.bytes += chunk.count
      chunk.withUnsafeBytes {
        sha256.update($0)
        md5.update($0)
        check.decode($0, &decompressor, &counter, method: method(row, chunk))
      }
      progress(chunk.count)
      if chunk.count < Self.chunk { break }
    }
    check.finish(decompressor, &counter)
    (check.sha256, check.md5) = (hexadecimal(sha256.finish()), md5.finish())
    return check
  }

  private static func method(_ row: ManifestRow, _ chunk: [UInt8]) -> Compressor.Method {
    // What another tool archived says itself how.
    CompressionKind(rawValue: row.compression)?.method ?? Compressor.Method(startingWith: chunk)
  }

  /// Decodes a chunk, unless the stream is known to be damaged.
  private mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ decompressor: inout Decompressor?, _ counter: inout RecordCounter,
    method: @autoclosure () -> Compressor.Method
  ) {
    if damage != nil { return }
    var problem: RecordError?
    do throws(CompressionError) {
      var stream = if let decompressor { decompressor } else { try Decompressor(method()) }
      try stream.decompress(bytes) { text in
        if problem != nil { return }
        do throws(RecordError) { try counter.read(text) } catch { problem = error }
      }
      decompressor = stream
    } catch {
      damage = error.description
    }
    if let problem { damage = problem.description }
    rows = counter.rows
  }

  private mutating func finish(_ decompressor: Decompressor?, _ counter: inout RecordCounter) {
    if damage != nil { return }
    do {
      try decompressor?.finish()
      try counter.finish()
    } catch {
      damage = "\(error)"
    }
    rows = counter.rows
  }
}
