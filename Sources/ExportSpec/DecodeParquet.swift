internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// How a table's blobs are compressed: as it says, as the destination says, or as suits its format.
  mutating func compression(
    _ own: Field?, _ format: OutputFormat, _ target: Target, _ place: SourceRange
  ) -> CompressionKind {
    let usual: CompressionKind = format == .parquet ? .zstd : .gzip
    let kind = own.map { choice($0, or: usual) } ?? target.compression ?? usual
    if kind == .snappy, format != .parquet {
      report(
        "snappy compresses the pages of Parquet, and no \(format.rawValue)", at: own?.range ?? place,
        remedy: "use compression: gzip, zstd or none, or format: parquet")
    }
    return kind
  }

  /// The sizes of a row group: one page of each of a few columns, and what a reader still holds in memory.
  private static let rowGroups = 1_000_000...1_000_000_000

  /// `parquet` of the destination, or over that of one table: each key on its own.
  mutating func parquet(_ field: Field, _ outer: ParquetForm, of format: OutputFormat? = nil) -> ParquetForm {
    var form = outer
    guard !field.node.isNull, let section = section(field.node, .parquet) else { return form }
    if let format, format != .parquet { reportText(field, format) }
    if let size = section["rowGroup"].flatMap({ size($0, Self.rowGroups) }) { form.rowGroup = size }
    if let field = section["datetime"] { form.datetime = choice(field, or: form.datetime) }
    if let field = section["guid"] { form.guid = choice(field, or: form.guid) }
    return form
  }

  /// Reports a key that is for Parquet, at a table of another format.
  private mutating func reportText(_ field: Field, _ format: OutputFormat) {
    report(
      "\(field.key) is for Parquet, and the table's format is \(format.rawValue)", at: field.keyRange,
      remedy: "remove the key, or use format: parquet")
  }

  /// `types`: columns by their names, and what Parquet is to have them as.
  mutating func types(_ field: Field, _ format: OutputFormat) -> [String: ColumnType] {
    guard !field.node.isNull else { return [:] }
    guard let mapping = field.node.mapping else {
      report(
        "types is a mapping of columns, not \(field.node.kind)", at: field.range,
        remedy: "write types: { Amount: decimal(4) }")
      return [:]
    }
    if format != .parquet { reportText(field, format) }
    var types: [String: ColumnType] = [:]
    for pair in mapping.pairs {
      guard isIdentifier(pair.key) else {
        report(
          "\"\(pair.key)\" is no column's name", at: pair.keyRange,
          remedy: "names are letters, digits and _, not beginning with a digit")
        continue
      }
      let entry = Field(key: "the type of \(pair.key)", keyRange: pair.keyRange, node: pair.value)
      guard let value = text(entry) else { continue }
      guard let type = ColumnType(value.text) else {
        report(
          "\(value.shown) is no type of a column", at: value.range,
          remedy: "known are decimal(0) to decimal(38), string and microseconds")
        continue
      }
      types[pair.key] = type
    }
    return types
  }
}

extension SpecDecoder {
  /// The columns that `types` names, and where.
  func typed(_ field: Field?) -> [(name: String, place: SourceRange)] {
    field?.node.mapping?.pairs.map { ($0.key, $0.keyRange) } ?? []
  }

  /// Reports columns that `types` names, and that are not among those that are kept.
  mutating func checkKept(_ typed: [(name: String, place: SourceRange)], among kept: [String]) {
    for (column, place) in typed where isIdentifier(column) && !kept.contains(column) {
      report(
        "types names a column \(column), and columns does not keep it", at: place,
        remedy: "add it to columns, or remove it from types")
    }
  }

  /// Reports columns of a file that its readers would take from a folder of its path instead.
  mutating func checkPartitions(_ path: Template, _ columns: [(name: String, place: SourceRange)]) {
    for (column, place) in columns {
      guard let folder = PathTemplate(text: path.text).partition(hiding: column) else { continue }
      report(
        "a column \(column) would be hidden by a folder \(folder)=", at: place,
        detail: "DuckDB, polars and Spark read what the folder says in its place, pyarrow reads nothing",
        remedy: "give the table a path of other folders, such as path: \(PathTemplate.unlikely)")
    }
  }
}

extension PathTemplate {
  /// One whose folders hardly a column is named like.
  package static let unlikely = "year={yyyy}/month={MM}/day={dd}/{table}_{start}_{end}.{ext}"
}

extension ColumnType {
  /// Reads `decimal(4)`, `string` or `microseconds`.
  fileprivate init?(_ text: String) {
    switch text {
    case "string": self = .string
    case "microseconds": self = .microseconds
    default:
      guard let scale = (0...38).first(where: { text == "decimal(\($0))" }) else { return nil }
      self = .decimal(scale: scale)
    }
  }
}
