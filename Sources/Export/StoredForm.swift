internal import Compression
internal import ExportSpec
internal import Parquet
internal import RowEncoding

extension TableSpec {
  /// Writes the rows of a response, each section as a document of its own.
  ///
  /// Columns that are `unfit` are text in Parquet, whose own `metadata` comes for each section.
  func encoder(
    _ sections: RowSections, unfit: Set<String>, creator: String, metadata: [[(key: String, value: String)]]
  ) throws(ColumnSinkError) -> RowEncoder {
    guard let format = format.encoded else {
      var options = ParquetOptions(codec: compression.codec, types: types.mapValues(\.choice), creator: creator)
      options.ofType = parquet.choices
      options.groupBytes = parquet.rowGroup
      options.unfit = unfit
      options.dynamicIsJSON = dynamic == .nested
      options.sections = metadata
      return RowEncoder(sink: try ParquetSink(options), sections: sections)
    }
    let options = EncodingOptions(
      format: format, dynamic: dynamic == .nested ? .nested : .string, nulls: nulls == .keep ? .keep : .omit)
    return RowEncoder(options, sections: sections)
  }

  /// How a whole blob is compressed: Parquet does that itself.
  var streamCompression: Compressor.Method { format == .parquet ? .none : compression.method }
}

extension ParquetForm {
  fileprivate var choices: [String: ParquetOptions.ColumnChoice] {
    var choices: [String: ParquetOptions.ColumnChoice] = [:]
    switch datetime {
    case .nanoseconds: break
    case .microseconds: choices["datetime"] = .microseconds
    case .string: choices["datetime"] = .string
    }
    switch guid {
    case .uuid: break
    case .string: choices["guid"] = .string
    }
    return choices
  }
}

extension ColumnType {
  fileprivate var choice: ParquetOptions.ColumnChoice {
    switch self {
    case .decimal(let scale): .decimal(scale: scale)
    case .string: .string
    case .microseconds: .microseconds
    }
  }
}

extension CompressionKind {
  /// The compressor of a whole document; pages are none.
  var method: Compressor.Method {
    switch self {
    case .none, .snappy: .none
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }

  /// The same for pages.
  var codec: PageCompressor.Codec {
    switch self {
    case .none: .none
    case .gzip: .gzip
    case .zstd: .zstd
    case .snappy: .snappy
    }
  }
}

extension OutputFormat {
  /// The same to the encoder; nil for Parquet, which is no text.
  var encoded: EncodingOptions.Format? {
    switch self {
    case .parquet: nil
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
    // https://www.iana.org/assignments/media-types/application/vnd.apache.parquet
    case .parquet: "application/vnd.apache.parquet"
    }
  }
}
