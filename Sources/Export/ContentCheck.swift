internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import Parquet
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
    let format = OutputFormat(rawValue: row.format)
    var counter = RecordCounter(format?.encoded)
    var decompressor: Decompressor?
    var walk: PageWalk?
    var isParquet = format == .parquet
    while true {
      try Task.checkCancellation()
      let chunk = try await store.read(address, range: check.bytes..<check.bytes + chunk)
      if chunk.isEmpty { break }
      if check.bytes == 0 {
        // What another tool archived says itself what it is.
        isParquet = isParquet || format == nil && chunk.starts(with: FileMetadata.magic)
        if isParquet { walk = try await check.footer(address, size: row.bytes, in: store) }
      }
      check.bytes += chunk.count
      chunk.withUnsafeBytes {
        sha256.update($0)
        md5.update($0)
        if isParquet {
          check.walk($0, &walk)
        } else {
          check.decode($0, &decompressor, &counter, method: method(row, chunk))
        }
      }
      progress(chunk.count)
      if chunk.count < Self.chunk { break }
    }
    if isParquet { check.finish(walk) } else { check.finish(decompressor, &counter) }
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

// MARK: - Parquet

extension ContentCheck {
  /// Reads the footer of a file of `size` bytes, which says how many rows there are, and begins to follow its pages.
  private mutating func footer(_ address: BlobAddress, size: Int, in store: any BlobStore) async throws -> PageWalk? {
    do {
      guard size >= FileMetadata.tailSize else { throw ParquetError.endsEarly }
      let tail = try await store.read(address, range: size - FileMetadata.tailSize..<size)
      let end = size - FileMetadata.tailSize
      let footer = try FileMetadata.footerSize(tail: tail)
      guard footer <= end else { throw ParquetError.damaged("the footer is larger than the file") }
      let file = try FileMetadata(
        footer: try await store.read(address, range: end - footer..<end), fileSize: size)
      rows = file.rows
      return PageWalk(file, fileSize: size)
    } catch let error as ParquetError {
      damage = error.description
      return nil
    }
  }

  private mutating func walk(_ bytes: UnsafeRawBufferPointer, _ walk: inout PageWalk?) {
    if damage != nil { return }
    do throws(ParquetError) { try walk?.read(bytes) } catch { damage = error.description }
  }

  private mutating func finish(_ walk: PageWalk?) {
    if damage != nil { return }
    do throws(ParquetError) {
      guard let walk else { throw .endsEarly }
      try walk.finish()
    } catch { damage = error.description }
  }
}
