internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import RowEncoding

/// Response bytes in, stored bytes out: row encoder, compressor and hashes in one.
///
/// Holds no more than one chunk of each stage, and what the caller has not taken.
struct PartEncoder {
  private var encoder: RowEncoder
  private var compressor: Compressor
  private let sha256: Digest
  private let md5: Digest
  private var encoded: [UInt8] = []
  /// Stored bytes that were not taken yet.
  private(set) var pending: [UInt8] = []
  /// Stored bytes so far.
  private(set) var size = 0

  init(_ spec: TableSpec) throws(PartError) {
    encoder = RowEncoder(spec.encoding)
    do throws(CompressionError) { compressor = try Compressor(spec.compression.method) } catch {
      throw PartError(.failed, error.description)
    }
    guard let sha256 = Digest(.sha256), let md5 = Digest(.md5) else {
      throw PartError(.failed, "libcrypto offers no SHA-256 or no MD5 on this machine")
    }
    self.sha256 = sha256
    self.md5 = md5
  }

  /// Encodes the next chunk of the response.
  mutating func feed(_ chunk: [UInt8]) throws(PartError) {
    encoded.removeAll(keepingCapacity: true)
    do throws(RowEncodingError) { try encoder.feed(chunk, into: &encoded) } catch {
      throw PartError(.malformed, error.description)
    }
    try store { compressor, input, output throws(CompressionError) in try compressor.compress(input, into: &output) }
  }

  /// Ends the response: throws unless it was whole.
  mutating func finish() throws(PartError) -> ResponseSummary {
    encoded.removeAll(keepingCapacity: true)
    let summary: ResponseSummary
    do throws(RowEncodingError) { summary = try encoder.finish(into: &encoded) } catch {
      throw PartError(.malformed, error.description)
    }
    try store { compressor, input, output throws(CompressionError) in
      try compressor.compress(input, into: &output)
      try compressor.finish(into: &output)
    }
    return summary
  }

  /// Rows that were encoded so far.
  var rows: Int { encoder.rows }

  private mutating func store(
    _ step: (inout Compressor, [UInt8], inout [UInt8]) throws(CompressionError) -> Void
  ) throws(PartError) {
    let before = pending.count
    do throws(CompressionError) { try step(&compressor, encoded, &pending) } catch {
      throw PartError(.failed, "\(error)")
    }
    sha256.update(pending[before...])
    md5.update(pending[before...])
    size += pending.count - before
  }

  /// Takes the first `count` stored bytes out.
  mutating func take(_ count: Int) -> [UInt8] {
    let block = Array(pending.prefix(count))
    pending.removeFirst(block.count)
    return block
  }

  /// Hashes of all stored bytes; after `finish` only.
  mutating func digests() -> (sha256: String, md5: [UInt8]) {
    (hexadecimal(sha256.finish()), md5.finish())
  }
}

extension TableSpec {
  fileprivate var encoding: EncodingOptions {
    let format: EncodingOptions.Format =
      switch self.format {
      case .ndjson: .ndjson
      case .json: .json
      case .csv: .csv
      }
    return EncodingOptions(
      format: format, dynamic: dynamic == .nested ? .nested : .string, nulls: nulls == .keep ? .keep : .omit)
  }
}

extension CompressionKind {
  fileprivate var method: Compressor.Method {
    switch self {
    case .none: .none
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }
}

extension OutputFormat {
  /// The media type that a blob of this format is stored with.
  var contentType: String {
    switch self {
    case .ndjson: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}
