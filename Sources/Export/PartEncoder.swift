internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import RowEncoding
internal import Timeline

/// Response bytes in, stored bytes out: row encoder, compressor and hashes in one.
///
/// Holds no more than one chunk of each stage, and what the caller has not taken.
struct PartEncoder {
  private var encoder: RowEncoder
  private var compressor: Compressor
  private let sha256: Digest
  private let md5: Digest
  /// Stored bytes that were not taken yet.
  private(set) var pending: [UInt8] = []
  /// Stored bytes so far.
  private(set) var size = 0

  /// Encodes the rows of `range`.
  init(_ spec: TableSpec, _ range: TimeRange) throws(PartError) {
    encoder = RowEncoder(
      spec.encoding,
      sections: RowSections(
        ranges: [range.start.rawValue..<range.end.rawValue],
        dropsColumn: spec.columns?.contains("TimeGenerated") == false))
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
    encoder.feed(chunk)
    var step = RowEncoder.Step.sectionEnded(0)
    repeat {
      do throws(RowEncodingError) { step = try encoder.next() } catch {
        throw PartError(.malformed, error.description)
      }
      try store()
    } while step != .needsInput
  }

  /// Ends the response: throws unless it was whole.
  mutating func finish() throws(PartError) -> ResponseSummary {
    let summary: ResponseSummary
    do throws(RowEncodingError) { summary = try encoder.finish() } catch {
      throw PartError(.malformed, error.description)
    }
    try store(last: true)
    return summary
  }

  /// Rows that were encoded so far.
  var rows: Int { encoder.rows }

  /// Compresses and hashes what the encoder wrote.
  private mutating func store(last: Bool = false) throws(PartError) {
    let before = pending.count
    do throws(CompressionError) {
      try encoder.withOutput { encoded throws(CompressionError) in
        try compressor.compress(encoded, into: &pending)
        if last { try compressor.finish(into: &pending) }
      }
    } catch {
      throw PartError(.failed, "\(error)")
    }
    pending[before...].withUnsafeBytes { stored in
      sha256.update(stored)
      md5.update(stored)
    }
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
