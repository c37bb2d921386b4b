package import BlobStorage
package import ExportSpec
internal import Manifest
package import Timeline

/// Where the parts of a table's slices lie.
package struct BlobNaming: Sendable {
  private let table: String
  private let container: String
  private let path: PathTemplate
  private let grid: SliceGrid
  private let fileExtension: String
  /// Whether the path itself holds a part's whole range.
  private let holdsRange: Bool

  package init(_ spec: TableSpec) {
    table = spec.name
    container = spec.container
    path = spec.path
    holdsRange = path.contains(.start) && path.contains(.end)
    grid = spec.grid
    fileExtension = Self.fileExtension(spec.format, spec.compression)
  }

  /// `ndjson.gz`, `json`, `csv.zst`; `parquet` however its pages are compressed.
  package static func fileExtension(_ format: OutputFormat, _ compression: CompressionKind) -> String {
    if format == .parquet { return format.rawValue }
    return switch compression {
    case .none, .snappy: format.rawValue
    case .gzip: "\(format.rawValue).gz"
    case .zstd: "\(format.rawValue).zst"
    }
  }

  /// The address of one part, unique among all slices, parts and generations.
  ///
  /// The template's own `{start}` and `{end}` are those of the part. A template
  /// without both gets the part's range behind its name where that is no tile of
  /// the grid: a part of several, a gap between slices of another width, or such
  /// a slice itself. Buckets of a tick and later generations are always marked.
  package func address(of part: Part, in slice: TimeRange, generation: Int) -> BlobAddress {
    var suffix = ""
    let isTile = part.range == slice && grid.slice(holding: slice.start) == slice
    if !isTile, !holdsRange {
      suffix += "_\(part.range.start.basicISO8601)-\(part.range.end.basicISO8601)"
    }
    if let shard = part.shard { suffix += "_h\(shard.description)" }
    if generation > 1 { suffix += "_g\(generation)" }
    return BlobAddress(
      container: container,
      name: path.render(table: table, range: part.range, extension: fileExtension, suffix: suffix))
  }
}
