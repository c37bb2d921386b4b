internal import Compression
internal import ExportSpec
internal import RowEncoding

extension TableSpec {
  /// How the rows of the table are written.
  var encoding: EncodingOptions {
    EncodingOptions(
      format: format.encoded, dynamic: dynamic == .nested ? .nested : .string, nulls: nulls == .keep ? .keep : .omit)
  }
}

extension CompressionKind {
  var method: Compressor.Method {
    switch self {
    case .none: .none
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }
}

extension OutputFormat {
  /// The same to the encoder.
  var encoded: EncodingOptions.Format {
    switch self {
    case .ndjson: .ndjson
    case .json: .json
    case .csv: .csv
    }
  }

  /// The media type that a blob of this format is stored with.
  var contentType: String {
    switch self {
    case .ndjson: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}
