internal import Compression
internal import ExportSpec
internal import RowEncoding

extension TableSpec {
  /// How the rows of the table are written.
  var encoding: EncodingOptions {
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
  var method: Compressor.Method {
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
